"""Telling people, once, that a membership ends within a week: whose it is, and who may prolong it.

Who invited them is told, if they may still change them; else whoever looks after the place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.apps import actions as apps
from vestibule.apps import ends as app_ends
from vestibule.apps import queries as app_queries
from vestibule.apps.end_queries import EndingRole
from vestibule.apps.model import App, AppMember
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppMemberId, encode
from vestibule.memberships import end_mails as mails
from vestibule.memberships import end_queries as queries
from vestibule.memberships.end_mails import Ending, Keeper
from vestibule.messages.model import Addressee, Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import ends as organization_ends
from vestibule.organizations import members
from vestibule.organizations.model import Member
from vestibule.users import actions as users
from vestibule.users.model import User

BATCH = 100


@dataclass(frozen=True, slots=True)
class _Part:
    """Roles of a member of an app that end at the same time."""

    member: AppMember
    app: App
    roles: Sequence[EndingRole]


async def tell_some(tx: Transaction, *, outbox: Outbox) -> int:
    """Tell of memberships of organizations. Gives the number of those claimed: 0 when all is told.

    Of two who do so at once, each takes others.
    """
    ending = await organization_ends.claim_ending(tx, at_most=BATCH)
    for member in ending:
        if member.member_until is not None:
            what = Ending(member=member, roles=(member.role.name,), ends_at=member.member_until)
            await mails.tell_of_ending(tx, what, await _keepers(tx, member), outbox=outbox)
    return len(ending)


async def tell_some_in_apps(tx: Transaction, *, outbox: Outbox) -> int:
    """Tell of roles in apps, as `tell_some`; what ends at the same time in one mail."""
    ending = await app_ends.claim_ending(tx, at_most=BATCH)
    for part in await _parts(tx, ending):
        what = Ending(
            member=part.member,
            roles=tuple(each.role for each in part.roles),
            ends_at=part.roles[0].member_until,
            app=part.app,
        )
        await mails.tell_of_ending(tx, what, await _keepers_in_app(tx, part), outbox=outbox)
    return len(ending)


async def _keepers(reader: Reader, member: Member) -> Sequence[Keeper]:
    """Give the inviter, if they may still change the member; else the owners."""
    path = f"/organizations/{member.organization_slug}/members/{encode('user', member.user_id)}"
    answering = await queries.find_answering(reader, membership_id=member.id)
    if answering and answering.user_id:
        inviter = await members.find(reader, member.organization_id, answering.user_id)
        if inviter and organizations.may_change(inviter.role, member.role):
            return [_keeper(await users.get(reader, inviter.user_id), path)]
    owners = await organizations.list_owners(reader, member.organization_id)
    return [Keeper(each.addressee, path) for each in owners]


async def _parts(reader: Reader, ending: Iterable[EndingRole]) -> Sequence[_Part]:
    together: dict[tuple[AppMemberId, datetime], list[EndingRole]] = {}
    for role in sorted(ending, key=lambda each: (each.app_member_id, each.role)):
        together.setdefault((role.app_member_id, role.member_until), []).append(role)
    parts = []
    for (member_id, _), roles in together.items():
        member = await apps.find_member(reader, roles[0].app_id, member_id)
        if member is not None:
            parts.append(_Part(member, await apps.get_made(reader, member.app_id), roles))
    return parts


async def _keepers_in_app(reader: Reader, part: _Part) -> Sequence[Keeper]:
    """Give who invited, if they may still change the member; else who manages the apps."""
    path = f"/members/{encode('apm', part.member.id)}"
    in_studio = part.app.studio_path + path
    for role in part.roles:
        answering = await queries.find_answering(reader, invitation_id=role.invitation_id)
        if answering and answering.app_member_id:
            inviter = await apps.find_member(reader, part.app.id, answering.app_member_id)
            if inviter and await _may_manage(reader, inviter, part.member):
                return [_keeper(inviter, part.app.path + path)]
        if answering and answering.user_id:
            user = await members.find(reader, part.app.organization_id, answering.user_id)
            if user and organizations.may_manage_apps(user.role):
                return [_keeper(await users.get(reader, user.user_id), in_studio)]
    managers = await queries.list_app_managers(reader, part.app.organization_id)
    return [Keeper(each, in_studio) for each in managers]


async def _may_manage(reader: Reader, inviter: AppMember, member: AppMember) -> bool:
    definition = await app_queries.find_definition(reader, member.app_id)
    if definition is None or inviter.id == member.id:
        return False
    return set(member.roles) <= definition.manageable_by(inviter.roles)


def _keeper(person: User | AppMember, path: str) -> Keeper:
    return Keeper(Addressee(person.id, person.email, person.locale), path)
