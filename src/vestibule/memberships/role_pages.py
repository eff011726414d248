"""The pages of an organization's roles: what each may, a new one, change one, delete one."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.kernel.boxes import is_ticked
from vestibule.kernel.errors import Conflict, Forbidden, Invalid
from vestibule.kernel.i18n import gettext, mark
from vestibule.memberships import role_changes
from vestibule.memberships import role_steps as steps
from vestibule.memberships.model import RoleDeletion, RoleInUse, RoleShape
from vestibule.memberships.role_steps import Listed, Used
from vestibule.organizations import custom_roles, studio
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import CHOOSABLE, Role
from vestibule.organizations.role_model import (
    WORDS,
    RoleNameTaken,
    is_built_in,
    label,
    words_of,
)
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.forms import UNSENT, Refused
from vestibule.web.injected import Injected

ORGANIZATION = "/organizations/{org:str}"
ROLES = f"{ORGANIZATION}/roles"
ONE = f"{ROLES}/{{role:str}}"
NEW = f"{ORGANIZATION}/new-role"
CHOICES = tuple(str(one) for one in CHOOSABLE)
CURRENT = "/settings"

DONE = {
    "made": mark("The role is made. Members can be given it from now on."),
    "changed": mark("The role is saved. It counts at once for everybody who has it."),
    "deleted": mark("The role is deleted."),
}


@get(ROLES, include_in_schema=False)
async def show_roles(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    done: FromQuery[str] = "",
) -> pages.Answer:
    """Show every role, what it may and how many have it."""
    listed = await steps.list_roles(desk, visitor, org)
    seat = listed.seat
    return pages.render(
        "memberships/roles.html",
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        may_make=custom_roles.may_make(seat),
        roles=[_listed(role, listed) for role in listed.roles],
        notice={"kind": "good", "text": gettext(DONE[done])} if done in DONE else None,
    )


@get(NEW, include_in_schema=False)
async def show_making(
    org: FromPath[str], desk: Injected[Desk], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show the form of a new role."""
    seat = await steps.get_for_making(desk, visitor, org)
    return _making_page(seat, visitor, UNSENT)


@post(NEW, include_in_schema=False)
async def make_role(
    org: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Make the role, and show all."""
    form = await browser.form("name", *CHOICES)
    try:
        made = await steps.make(desk, visitor, org, name=form["name"], permissions=_ticked(form))
    except (Conflict, Forbidden, Invalid) as problem:
        seat = await steps.get_for_making(desk, visitor, org)
        return _making_page(seat, visitor, Refused(problem, form))
    return pages.see_other(f"{studio.home(made.seat)}/roles?done=made")


@get(ONE, include_in_schema=False)
async def show_role(
    org: FromPath[str], role: FromPath[str], *, desk: Injected[Desk], visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show what one role allows, to be changed."""
    used = await steps.get_for_changing(desk, visitor, org, role)
    return _role_page(used, visitor, UNSENT)


@post(ONE, include_in_schema=False)
async def change_role(
    org: FromPath[str],
    role: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Save what the role allows; if it allows something else by now than was shown, show that."""
    form = await browser.form("expected", *CHOICES)
    wanted = RoleShape(role=role, permissions=_ticked(form), expected=form["expected"].split())
    try:
        changed = await steps.change(desk, visitor, org, wanted)
    except Invalid as problem:
        used = await steps.get_for_changing(desk, visitor, org, role)
        return _role_page(used, visitor, Refused(problem, form))
    except (Conflict, Forbidden) as problem:
        used = await steps.get_for_changing(desk, visitor, org, role)
        return _role_page(used, visitor, Refused(problem))
    return pages.see_other(f"{studio.home(changed.seat)}/roles?done=changed")


@post(f"{ONE}/delete", include_in_schema=False)
async def delete_role(
    org: FromPath[str],
    role: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Delete the role; who has it becomes what was chosen."""
    form = await browser.form("to")
    try:
        await steps.delete(desk, visitor, org, RoleDeletion(role=role, to=form["to"] or None))
    except (Conflict, Forbidden, Invalid) as problem:
        used = await steps.get_for_changing(desk, visitor, org, role)
        return _role_page(used, visitor, Refused(problem))
    return pages.see_other(f"/organizations/{org}/roles?done=deleted")


def _making_page(seat: Seat, visitor: SignedIn, refused: Refused) -> pages.Answer:
    return pages.render(
        "memberships/new_role.html",
        status=refused.status,
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        choices=_choices(seat, ()),
        form=refused.form,
        errors=_errors(refused),
    )


def _role_page(used: Used, visitor: SignedIn, refused: Refused) -> pages.Answer:
    seat, role, use = used.seat, used.role, used.use
    heirs = role_changes.heirs(seat, role)
    return pages.render(
        "memberships/role.html",
        status=refused.status,
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        here=f"{studio.home(seat)}/roles/{quote(role.name, safe='')}",
        role={"name": role.name, "words": sorted(role.permissions)},
        choices=_choices(seat, role.permissions),
        use=use.explain() if use.is_any else "",
        heirs=[(one.name, label(one.name)) for one in heirs],
        form=refused.form,
        errors=_errors(refused),
    )


def _listed(role: Role, listed: Listed) -> dict[str, Any]:
    seat, use = listed.seat, listed.uses[role.name]
    return {
        "name": role.name,
        "path": quote(role.name, safe=""),
        "built_in": is_built_in(role.name),
        "is_mine": role.name == seat.role.name,
        "words": words_of(role),
        "members": use.members,
        "invitations": use.invitations,
        "is_default": use.is_default,
        "may_change": custom_roles.may_change(seat, role),
    }


def _choices(seat: Seat, ticked: Collection[str]) -> list[dict[str, Any]]:
    """Give what the visitor may have a role allow: what they may themselves."""
    return [
        {"name": str(one), "label": gettext(WORDS[one]), "ticked": one in ticked}
        for one in CHOOSABLE
        if one in seat.role.permissions
    ]


def _ticked(form: Mapping[str, str]) -> list[str]:
    return [name for name in CHOICES if is_ticked(form, name)]


def _field(path: str) -> str:
    """Give where on the page a fault stands: what a role allows is many boxes."""
    return "permissions" if path.startswith("permissions") else path


def _errors(refused: Refused) -> dict[str, str]:
    """Give each sentence under the field that it stands at."""
    match refused.problem:
        case RoleNameTaken():
            return {"name": refused.problem.explain()}
        case RoleInUse():
            return {"to": refused.problem.explain()}
        case _:
            return {_field(path): sentence for path, sentence in refused.errors.items()}


handlers = (show_roles, show_making, make_role, show_role, change_role, delete_role)
