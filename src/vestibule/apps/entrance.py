"""How an app is entered: its realm, mounted under `/apps/{slug}`, made anew for each request."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from vestibule.accounts.realms import Entrance, Look, PageNames, Realm, RealmKind
from vestibule.apps import actions as apps
from vestibule.apps import codes
from vestibule.apps.definition_model import Definition
from vestibule.apps.model import App, Return, SelfRegistrationDisabled, SignedInMember
from vestibule.apps.presentation import AppMemberBody, present_member
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
LEAVE = "/profile/leave"
MEMBERS = "/members"
INVITATIONS = "/invitations"


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
    is_open = door.definition.enable_self_registration
    return Entrance(
        realm=Realm(app.realm_id, RealmKind.APP),
        name=app.name,
        path=app.path,
        pages=PAGES,
        describe=partial(_describe, app),
        landing=partial(_land, door),
        navigation=_navigation(door),
        look=Look(logo=app.logo_path, stylesheet=f"{app.path}/look.css" if app.colour else None),
        carried=door.carried,
        may_leave_to=(links.origin_of(asked.redirect_url),) if asked else (),
        sign_ups_closed=None if is_open else SelfRegistrationDisabled,
        shows_mailbox=shows_mailbox,
    )


def _navigation(door: Door) -> Sequence[tuple[str, str]]:
    """Give the pages that whoever is signed in may see."""
    if door.member is None:
        return ()
    roles = door.member.member.roles
    may_invite = door.definition.may_invite(roles)
    shown = [(PAGES.profile, mark("Profile"))]
    if may_invite or door.definition.may_manage(roles):
        shown.append((MEMBERS, mark("Members")))
    if may_invite:
        shown.append((INVITATIONS, mark("Invitations")))
    return shown


async def _describe(app: App, reader: Reader, account_id: AccountId) -> AppMemberBody:
    return present_member(app, await apps.get_member(reader, app.id, AppMemberId(account_id)))


async def _land(door: Door, tx: Transaction, account_id: AccountId, session_id: SessionId) -> str:
    """Give where signing in leads: back to where the app lives, with a code, if that is asked."""
    if door.asked is None:
        return door.app.path + PAGES.profile
    member = await apps.get_member(tx, door.app.id, AppMemberId(account_id))
    return await codes.issue(tx, member, door.asked)
