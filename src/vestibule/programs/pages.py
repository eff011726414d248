"""The pages of an organization's API keys: all of them, a new one, its secret, revoke one."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery

from vestibule.accounts.guards import Browser, Desk
from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import (
    GIVEABLE,
    GIVEABLE_IN_APPS,
    MOST_NAME,
    ApiKey,
    ApiKeyBeyondReach,
    Expiry,
    InvalidApiKeyExpiry,
    Made,
)
from vestibule.apps.model import App
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel import http
from vestibule.kernel.boxes import is_ticked
from vestibule.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import ApiKeyId, AppId, encode, new_id
from vestibule.organizations import actions as organizations
from vestibule.organizations import studio
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Permission, Role
from vestibule.organizations.role_model import WORDS, label
from vestibule.programs import steps
from vestibule.programs.steps import Wanted
from vestibule.users.model import SignedIn
from vestibule.web import forms, pages
from vestibule.web.forms import UNSENT, Refused
from vestibule.web.injected import Injected
from vestibule.web.listing import Part, read_part

ORGANIZATION = "/organizations/{org:str}"
KEYS = f"{ORGANIZATION}/api-keys"
ONE = f"{KEYS}/{{api_key:str}}"
NEW = f"{ORGANIZATION}/new-api-key"
CURRENT = "/api-keys"
CHOICES = tuple(str(one) for one in GIVEABLE)
FIELDS = ("form", "name", "app", "expires_in_days", *CHOICES)
MOST_DIGITS = 3

DONE = {
    "revoked": mark("The API key is revoked. Programs that have it are refused from now on."),
    "made": mark("The API key was made before. Its secret was shown once, and is not kept."),
}


@get(
    KEYS,
    include_in_schema=False,
    dependencies={"part": Provide(read_part, sync_to_thread=False)},
)
async def show_keys(
    org: FromPath[str],
    desk: Injected[Desk],
    *,
    visitor: Injected[SignedIn],
    part: Injected[Part],
    done: FromQuery[str] = "",
) -> pages.Answer:
    """Show every key, what it may, and when it was used last."""
    return await _keys_page(desk, visitor, org, part, notice=DONE.get(done))


@get(NEW, include_in_schema=False)
async def show_making(
    org: FromPath[str], desk: Injected[Desk], *, visitor: Injected[SignedIn]
) -> pages.Answer:
    """Show the form of a new key."""
    seat, apps = await steps.get_for_making(desk, visitor, org)
    return _making_page(seat, visitor, apps, UNSENT)


@post(NEW, include_in_schema=False)
async def make_key(
    org: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Make the key, and show its secret on this very answer. The same form again shows nothing."""
    form = await browser.form(*FIELDS)
    try:
        seat, made = await steps.make(desk, visitor, org, _wanted(form))
    except (Invalid, Forbidden, NotFound, Conflict) as problem:
        seat, apps = await steps.get_for_making(desk, visitor, org)
        return _making_page(seat, visitor, apps, Refused(problem, form))
    if made is None:
        return pages.see_other(f"{studio.home(seat)}{CURRENT}?done=made")
    return await _secret_page(desk, visitor, seat, made)


@get(ONE, include_in_schema=False)
async def show_key(
    org: FromPath[str],
    api_key: FromPath[str],
    *,
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Show one key: what it may, who answers for it, and that it can be revoked."""
    return await _key_page(desk, visitor, org, steps.read_id(api_key))


@post(f"{ONE}/revoke", include_in_schema=False)
async def revoke_key(
    org: FromPath[str],
    api_key: FromPath[str],
    *,
    browser: Injected[Browser],
    desk: Injected[Desk],
    visitor: Injected[SignedIn],
) -> pages.Answer:
    """Revoke the key."""
    form, key_id = await browser.form("keep"), steps.read_id(api_key)
    sent = SentInvitations.KEEP if is_ticked(form, "keep") else SentInvitations.REVOKE
    try:
        await steps.revoke(desk, visitor, org, key_id, sent)
    except ApiKeyBeyondReach as problem:
        return await _key_page(desk, visitor, org, key_id, problem=problem)
    return pages.see_other(f"/organizations/{org}{CURRENT}?done=revoked")


async def _keys_page(
    desk: Desk, visitor: SignedIn, org: str, part: Part, *, notice: str | None
) -> pages.Answer:
    seat, page = await steps.list_keys(desk, visitor, org, part)
    names = await steps.name_apps(desk, page.items)
    return pages.render(
        "programs/api_keys.html",
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        keys=page.map(lambda key: _described(key, seat, names, visitor=visitor)),
        notice={"kind": "good", "text": gettext(notice)} if notice else None,
    )


def _making_page(
    seat: Seat, visitor: SignedIn, apps: Sequence[App], refused: Refused
) -> pages.Answer:
    return pages.render(
        "programs/new_api_key.html",
        status=refused.status,
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        form_id=encode(steps.FORM, new_id()),
        most_name=MOST_NAME,
        apps=[(encode("app", app.id), app.name) for app in apps],
        **_choices(api_keys.giveable(seat), has_apps=bool(apps)),
        grants=[_needed(role) for role in _givable_roles(seat)],
        form=refused.form,
        errors=_errors(refused),
    )


async def _key_page(
    desk: Desk,
    visitor: SignedIn,
    org: str,
    key_id: ApiKeyId,
    *,
    problem: ApiKeyBeyondReach | None = None,
) -> pages.Answer:
    seat, key = await steps.get_key(desk, visitor, org, key_id)
    names = await steps.name_apps(desk, [key])
    return pages.render(
        "programs/api_key.html",
        status=http.status_of(problem) if problem else 200,
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        key=_described(key, seat, names, visitor=visitor),
        grants=[label(role.name) for role in _granted(key, seat)],
        sent=await steps.count_sent(desk, key),
        errors=forms.errors(problem) if problem else {},
    )


async def _secret_page(desk: Desk, visitor: SignedIn, seat: Seat, made: Made) -> pages.Answer:
    names = await steps.name_apps(desk, [made.key])
    return pages.render(
        "programs/api_key_secret.html",
        **studio.frame(seat, visitor.user, current=CURRENT),
        organization={"name": seat.organization.name},
        home=studio.home(seat),
        key=_described(made.key, seat, names, visitor=visitor),
        secret=made.secret,
    )


def _described(
    key: ApiKey, seat: Seat, names: Mapping[AppId, str], *, visitor: SignedIn
) -> dict[str, Any]:
    """Give a key as the pages show it; what it may grant is at most what whoever looks may."""
    return {
        "id": encode("key", key.id),
        "name": key.name,
        "hint": key.hint,
        "app": names.get(key.app_id) if key.app_id else None,
        "words": [gettext(WORDS[one]) for one in GIVEABLE if one in key.permissions],
        "made_by": key.maker_name,
        "is_mine": key.maker_id == visitor.user.id,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "is_expired": key.is_expired,
        "may_revoke": api_keys.may_revoke(seat, key, user_id=visitor.user.id),
    }


def _choices(permissions: Sequence[Permission], *, has_apps: bool) -> dict[str, Any]:
    """Give the boxes of what a key may do, and apart what is nothing for a key for one app."""
    boxes = {
        one: {"name": str(one), "label": gettext(WORDS[one]), "ticked": False}
        for one in permissions
    }
    wide = [one for one in permissions if has_apps and one not in GIVEABLE_IN_APPS]
    return {
        "choices": [box for one, box in boxes.items() if one not in wide],
        "wide_choices": [boxes[one] for one in wide],
    }


def _givable_roles(seat: Seat) -> list[Role]:
    """Give the roles that a key of this maker can invite to: what none can have, none grants."""
    return [
        role for role in organizations.grantable(seat) if role.permissions <= frozenset(GIVEABLE)
    ]


def _granted(key: ApiKey, seat: Seat) -> list[Role]:
    """Give the roles that the key can invite to, as long as its maker may grant them."""
    as_role = Role(key.name, key.permissions)
    every = seat.organization.roles if key.app_id is None else ()
    return [role for role in every if organizations.may_grant(as_role, role)]


def _needed(role: Role) -> dict[str, Any]:
    """Say what a key needs to invite somebody as this."""
    needed = role.permissions | {Permission.INVITATIONS_MANAGE}
    return {
        "label": label(role.name),
        "words": [gettext(WORDS[one]) for one in GIVEABLE if one in needed],
    }


def _wanted(form: Mapping[str, str]) -> Wanted:
    """Read the form. Raises InvalidApiKeyExpiry, InvalidRequest for a form that is not of ours."""
    return Wanted(
        name=form["name"],
        permissions=[name for name in CHOICES if is_ticked(form, name)],
        app=form["app"] or None,
        expiry=_expiry(form["expires_in_days"]),
        form=steps.read_form(form["form"]),
    )


def _expiry(days: str) -> Expiry:
    if not days.isascii() or not days.isdigit() or len(days) > MOST_DIGITS:
        raise InvalidApiKeyExpiry(path="expires_in_days")
    return Expiry.in_days(int(days))


def _errors(refused: Refused) -> dict[str, str]:
    """Give each sentence under the field that it stands at; many boxes are one."""
    found = refused.errors
    if any(path.startswith("permissions.") for path in found):
        choices = "; ".join(gettext(WORDS[one]) for one in GIVEABLE_IN_APPS)
        sentence = gettext("A key for one app can do this alone: {choices}. Untick the rest.")
        return {"permissions": sentence.format(choices=choices)}
    return found


handlers = (show_keys, show_making, make_key, show_key, revoke_key)
