"""The page where an organization gets its name, and its rules of who comes in, how and as what."""

from typing import TypeAlias

from litestar import get, post
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.kernel import http
from vestibule.kernel.errors import Invalid
from vestibule.kernel.i18n import gettext
from vestibule.kernel.lines import Faults, faults_of
from vestibule.organizations import actions as organizations
from vestibule.organizations import changing, policy, role_model, studio
from vestibule.organizations.model import Organization, RoleNotAllowed, Seat, SlugTaken
from vestibule.organizations.permission_model import Permission
from vestibule.organizations.settings_form import FIELDS, LISTS, changes_of, shown
from vestibule.users.model import SignedIn
from vestibule.web import pages
from vestibule.web.injected import Injected

PAGE = "/organizations/{org:str}/settings"
# What the address says of the page that was saved: the rules let in fewer addresses than before.
STRICTER = "stricter"

Refusal: TypeAlias = Invalid | SlugTaken | RoleNotAllowed
_FIELD_OF = {SlugTaken: "slug", RoleNotAllowed: "default_role"}


@get(PAGE, include_in_schema=False)
async def show_settings(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    saved: FromQuery[str | None] = None,
) -> pages.Answer:
    """Show the settings."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_settings(reader, visitor, org)
    return _page(seat, visitor, saved=saved)


@post(PAGE, include_in_schema=False)
async def change_settings(
    org: FromPath[str],
    browser: Injected[Browser],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Save the settings, and show them again."""
    form = await browser.form(*FIELDS)
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_settings(reader, visitor, org)
    try:
        async with desk.database.transaction() as tx:
            held = await organizations.lock_for_settings(tx, visitor, org)
            changed = await changing.change(
                tx, held, changes_of(form, held.organization), by=visitor.actor(desk.origin)
            )
    except (Invalid, SlugTaken, RoleNotAllowed) as problem:
        return _page(seat, visitor, form=form, problem=problem)
    word = STRICTER if _is_stricter(changed, held.organization) else "1"
    return pages.see_other(f"/organizations/{changed.slug}/settings?saved={word}")


def _is_stricter(now: Organization, before: Organization) -> bool:
    """Tell whether an invitation that was good before may lead nowhere now."""
    if not now.allowed_domains:
        return False
    return not before.allowed_domains or not set(before.allowed_domains) <= set(now.allowed_domains)


def _page(
    seat: Seat,
    visitor: SignedIn,
    *,
    form: dict[str, str] | None = None,
    problem: Refusal | None = None,
    saved: str | None = None,
) -> pages.Answer:
    faults = _faults(problem, form or {})
    values = shown(seat.organization)
    return pages.render(
        "organizations/settings.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(seat, visitor.user, current="/settings"),
        organization={"name": seat.organization.name, "slug": seat.organization.slug},
        values=values,
        roles=_roles(seat),
        may_delete=policy.may(seat.role, Permission.ORGANIZATION_DELETE),
        form=form or {},
        errors=faults.fields,
        line_faults=faults.lines,
        notice=_notice(seat, saved),
    )


def _roles(seat: Seat) -> list[tuple[str, str]]:
    """List what may be the default role: what the visitor may grant, and what it is already."""
    organization = seat.organization
    grantable = {role.name for role in organizations.grantable(seat) if not role.owns}
    wanted = grantable | {organization.default_role}
    return [
        (role.name, role_model.label(role.name))
        for role in organization.roles
        if role.name in wanted
    ]


def _notice(seat: Seat, saved: str | None) -> dict[str, object] | None:
    if not saved:
        return None
    if saved != STRICTER:
        return {"kind": "good", "text": gettext("The settings are saved.")}
    return {
        "kind": "waiting",
        "text": gettext(
            "The settings are saved. Invitations that wait at other domains let nobody in now."
        ),
        "link": {
            "href": f"/organizations/{seat.organization.slug}/invitations",
            "label": gettext("See the invitations"),
        },
    }


def _faults(problem: Refusal | None, form: dict[str, str]) -> Faults:
    if problem is None:
        return Faults(fields={}, lines={})
    if isinstance(problem, Invalid):
        return faults_of(problem.errors, form, lists=LISTS)
    field = _FIELD_OF.get(type(problem), "")
    return Faults(fields={field: problem.explain()}, lines={})


handlers = (show_settings, change_settings)
