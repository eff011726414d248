"""How an app is entered: its realm, mounted under `/apps/{slug}`, made anew for each request."""

from dataclasses import dataclass
from functools import partial

from vestibule.accounts.realms import Entrance, PageNames, Realm, RealmKind
from vestibule.apps import actions as apps
from vestibule.apps import codes
from vestibule.apps.code_model import Return
from vestibule.apps.look import look_of
from vestibule.apps.model import App, SelfRegistrationDisabled, SignedInMember
from vestibule.apps.presentation import AppMemberBody, present_member
from vestibule.definitions.model import Definition
from vestibule.kernel import links
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, AppMemberId, SessionId

PAGES = PageNames(
    home="/profile",
    sign_in="/login",
    sign_up="/register",
    activation="/activation",
    registration="/activation/registration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An app's door as one request finds it: who stands in it, and where the app wants them."""

    app: App
    definition: Definition
    member: SignedInMember | None = None
    asked: Return | None = None
    carried: str = ""


def entrance_of(door: Door, *, shows_mailbox: bool) -> Entrance:
    """Give the entrance of the app: its name and look, and where signing in leads from here."""
    app, asked = door.app, door.asked
    onward = (asked.redirect_url if asked else None, app.home_url)
    is_open = door.definition.enable_self_registration
    return Entrance(
        realm=realm_of(app),
        name=app.name,
        path=app.path,
        pages=PAGES,
        describe=partial(_describe, app),
        landing=partial(_land, door),
        navigation=_navigation(door.definition, door.member.member.roles) if door.member else (),
        look=look_of(app),
        carried=door.carried,
        may_leave_to=tuple(dict.fromkeys(links.origin_of(url) for url in onward if url)),
        sign_ups_closed=None if is_open else SelfRegistrationDisabled,
        shows_mailbox=shows_mailbox,
    )


def realm_of(app: App) -> Realm:
    """Give the realm of the app's accounts: it is one."""
    return Realm(app.realm_id, RealmKind.APP)


async def _describe(app: App, reader: Reader, account_id: AccountId) -> AppMemberBody:
    return present_member(app, await apps.get_member(reader, app.id, AppMemberId(account_id)))


async def _land(door: Door, tx: Transaction, account_id: AccountId, session_id: SessionId) -> str:
    """Give where signing in leads: back to where the app lives, with a code, if that is asked."""
    if door.asked is None:
        return door.app.path + PAGES.profile
    member = await apps.get_member(tx, door.app.id, AppMemberId(account_id))
    return await codes.issue(tx, member, door.asked, issued_in=session_id)


def _navigation(definition: Definition, roles: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Give the pages that somebody with these roles may see: paths behind the app's, and names."""
    pages = [("/profile", mark("Profile"))]
    may_invite = definition.may_invite(roles)
    may_manage = definition.may_manage(roles)
    if may_invite or may_manage:
        pages.append(("/members", mark("Members")))
    if may_invite:
        pages.append(("/invitations", mark("Invitations")))
    return tuple(pages)
