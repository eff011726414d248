"""What all mails have in common that tell of a change of a membership, or the end of a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vestibule.accounts import queries as accounts
from vestibule.apps.model import AppMember
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import UserId
from vestibule.messages.model import NEWS_FOR, Addressee, Mail, Parameter
from vestibule.users import actions as users


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told of which place, while it is news. `place_id` None: there is none any more.

    `path` is where the link leads, None: nothing is left to see. `named_id`, `about`: of `Mail`.
    """

    template: str
    place_id: UUID | None
    parameters: Mapping[str, Parameter]
    not_after: datetime
    named_id: UUID | None
    path: str | None = None
    about: UUID | None = None


async def time_limit(reader: Reader) -> datetime:
    """Give until when it is news that something has changed just now."""
    return await accounts.read_clock(reader) + NEWS_FOR


def write(notice: Notice, to: Addressee) -> Mail:
    """Write it to somebody, in their language, with their address as `email` if none is named."""
    return Mail(
        template=notice.template,
        recipient=to.email,
        locale=to.locale,
        parameters={"email": to.email, **notice.parameters},
        not_after=notice.not_after,
        link_path=notice.path,
        about=notice.about,
        place_id=notice.place_id,
        account_id=to.account_id,
        named_id=notice.named_id,
    )


async def addressee(reader: Reader, user_id: UserId) -> Addressee:
    """Give a user."""
    user = await users.get(reader, user_id)
    return Addressee(user.id, user.email, user.locale)


async def addressees(reader: Reader, member: AppMember) -> Sequence[Addressee]:
    """Give a member of an app, and the user who continues as them, if that one reads elsewhere."""
    found = {member.address.canonical: Addressee(member.id, member.email, member.locale)}
    if member.user_id is not None:
        user = await users.get(reader, member.user_id)
        found.setdefault(user.address.canonical, Addressee(user.id, user.email, user.locale))
    return list(found.values())
