"""The mails about access that ends: that an end was set, and that it comes within a week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.apps.entrance import PAGES
from vestibule.apps.model import App, AppMember
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId
from vestibule.memberships import notices
from vestibule.memberships.notices import Notice
from vestibule.messages import actions as messages
from vestibule.messages.model import Addressee, Mail, Outbox, Parameter
from vestibule.organizations.model import Member


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who may prolong a membership; `path` is where they do."""

    addressee: Addressee
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
    def _account_id(self) -> AccountId:
        return self.member.id if isinstance(self.member, AppMember) else self.member.user_id

    @property
    def _of_organization(self) -> Member:
        if isinstance(self.member, AppMember):
            raise TypeError("a member of an app ends without their app")
        return self.member

    def notice(self, template: str, *, path: str) -> Notice:
        """Give one of the two mails about it, and where it leads."""
        said: dict[str, Parameter] = {
            "place_name": self.place_name,
            "kind": "app" if self.app else "organization",
            "email": self.member.email,
            "member_name": self.member.name,
            "roles": ", ".join(self.roles),
            "ends_at": self.ends_at.isoformat(),
        }
        place_id = self.app.id if self.app else self._of_organization.organization_id
        return Notice(
            template=template,
            place_id=place_id,
            parameters=said,
            not_after=self.ends_at,
            named_id=self._account_id,
            path=path,
            about=self.member.id,
        )


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
    told = Notice(
        template="memberships/end_changed",
        place_id=app.id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={
            "place_name": app.name,
            "by_name": by.name,
            "email": member.email,
            "ends_at": _iso(member.member_until),
        },
        path=_way_in(app),
    )
    for addressee in await notices.addressees(tx, member):
        await messages.queue_news(tx, notices.write(told, addressee), outbox=outbox)


async def tell_of_ending(
    tx: Transaction, ending: Ending, keepers: Iterable[Keeper], *, outbox: Outbox
) -> None:
    """Tell the member, and those who may prolong it, that it ends. Past the end nobody is told."""
    told = ending.notice("memberships/ending", path=ending.home)
    for addressee in await _whose(tx, ending.member):
        await messages.queue(tx, notices.write(told, addressee), outbox=outbox)
    for keeper in keepers:
        told = ending.notice("memberships/member_ending", path=keeper.path)
        await messages.queue(tx, notices.write(told, keeper.addressee), outbox=outbox)


async def _changed(tx: Transaction, member: Member, *, by: Actor) -> Mail:
    told = Notice(
        template="memberships/end_changed",
        place_id=member.organization_id,
        not_after=await notices.time_limit(tx),
        named_id=by.id,
        parameters={
            "place_name": member.organization_name,
            "by_name": by.name,
            "ends_at": _iso(member.member_until),
        },
        path=_home(member),
    )
    return notices.write(told, await notices.addressee(tx, member.user_id))


async def _whose(tx: Transaction, member: Member | AppMember) -> Sequence[Addressee]:
    if isinstance(member, AppMember):
        return await notices.addressees(tx, member)
    return [await notices.addressee(tx, member.user_id)]


def _home(member: Member) -> str:
    return f"/organizations/{member.organization_slug}"


def _way_in(app: App) -> str:
    return app.path + PAGES.sign_in


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
