"""The mails about access that ends: that an end was set, and that it comes within a week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vestibule.accounts import queries as accounts
from vestibule.apps.entrance import PAGES
from vestibule.apps.model import App, AppMember
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId
from vestibule.memberships.app_mails import Addressee, addressees
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail, Outbox, Parameter
from vestibule.organizations.queries import Member
from vestibule.users import actions as users


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Somebody who may prolong a membership; `path` is where they do."""

    account_id: AccountId
    email: str
    locale: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What ends, and when. `app` None: a membership of an organization."""

    member: Member | AppMember
    roles: tuple[str, ...]
    ends_at: datetime
    app: App | None = None

    @property
    def place_name(self) -> str:
        """Give what the place is called."""
        return self.app.name if self.app else self._of_organization.organization_name

    @property
    def home(self) -> str:
        """Give where the member goes."""
        return _way_in(self.app) if self.app else _home(self._of_organization)

    @property
    def _of_organization(self) -> Member:
        if isinstance(self.member, AppMember):
            raise TypeError("a member of an app ends without their app")
        return self.member

    def about(self) -> dict[str, Parameter]:
        """Give what both mails say."""
        return {
            "place_name": self.place_name,
            "kind": "app" if self.app else "organization",
            "email": self.member.email,
            "roles": ", ".join(self.roles),
            "ends_at": self.ends_at.isoformat(),
        }


async def tell_member_of_change(
    tx: Transaction, member: Member, *, by: Actor, outbox: Outbox
) -> None:
    """Tell a member of an organization until when they are one now."""
    await messages.queue_news(tx, await _changed(tx, member, by=by), outbox=outbox)


async def withdraw_change(tx: Transaction, member: Member, *, by: Actor) -> None:
    """Take back what they were to be told of an end that they no longer have, if it is unsent."""
    await messages.withdraw_news(tx, await _changed(tx, member, by=by))


async def tell_app_member_of_change(
    tx: Transaction, app: App, *, member: AppMember, by: Actor, outbox: Outbox
) -> None:
    """Tell a member of an app until when they are one now."""
    not_after = await accounts.read_clock(tx) + NEWS_FOR
    for addressee in await addressees(tx, member):
        mail = Mail(
            template="memberships/end_changed",
            recipient=addressee.email,
            locale=addressee.locale,
            parameters={
                "place_name": app.name,
                "by_name": by.name,
                "email": member.email,
                "ends_at": _iso(member.member_until),
            },
            not_after=not_after,
            link_path=_way_in(app),
            place_id=app.id,
            account_id=addressee.account_id,
        )
        await messages.queue_news(tx, mail, outbox=outbox)


async def tell_of_ending(
    tx: Transaction, ending: Ending, keepers: Iterable[Keeper], *, outbox: Outbox
) -> None:
    """Tell the member, and those who may prolong it, that it ends. Past the end nobody is told."""
    for addressee in await _whose(tx, ending.member):
        await _queue(
            tx,
            ending,
            Keeper(
                account_id=addressee.account_id,
                email=addressee.email,
                locale=addressee.locale,
                path=ending.home,
            ),
            template="memberships/ending",
            outbox=outbox,
        )
    for keeper in keepers:
        await _queue(tx, ending, keeper, template="memberships/member_ending", outbox=outbox)


async def _changed(tx: Transaction, member: Member, *, by: Actor) -> Mail:
    user = await users.get(tx, member.user_id)
    return Mail(
        template="memberships/end_changed",
        recipient=user.email,
        locale=user.locale,
        parameters={
            "place_name": member.organization_name,
            "by_name": by.name,
            "email": user.email,
            "ends_at": _iso(member.member_until),
        },
        not_after=await accounts.read_clock(tx) + NEWS_FOR,
        link_path=_home(member),
        place_id=member.organization_id,
        account_id=user.id,
    )


async def _queue(
    tx: Transaction, ending: Ending, to: Keeper, *, template: str, outbox: Outbox
) -> None:
    mail = Mail(
        template=template,
        recipient=to.email,
        locale=to.locale,
        parameters=ending.about() | {"member_name": ending.member.name},
        not_after=ending.ends_at,
        link_path=to.path,
        about=ending.member.id,
        place_id=ending.app.id if ending.app else ending.member.organization_id,
        account_id=to.account_id,
    )
    await messages.queue(tx, mail, outbox=outbox)


async def _whose(tx: Transaction, member: Member | AppMember) -> Iterable[Addressee]:
    if isinstance(member, AppMember):
        return await addressees(tx, member)
    user = await users.get(tx, member.user_id)
    return [Addressee(user.id, user.email, user.locale)]


def _home(member: Member) -> str:
    return f"/organizations/{member.organization_slug}"


def _way_in(app: App) -> str:
    return app.path + PAGES.sign_in


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
