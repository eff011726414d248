"""The operator's verbs about invitations; the audit trail says that it was the operator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from vestibule.audit.model import OPERATOR
from vestibule.invitations import actions, queries
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.actions import Means
from vestibule.invitations.bodies_model import InvitationBody
from vestibule.invitations.offer_model import UNHURRIED, Expiry, Offer
from vestibule.invitations.presentation import present_invitation
from vestibule.invitations.queries import Filter
from vestibule.kernel import addresses, lists
from vestibule.kernel.database import Database
from vestibule.kernel.i18n import DEFAULT_LOCALE
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the operator typed. `role` and `days` None: as the organization says."""

    address: str
    organization: str
    role: str | None = None
    days: float | None = None
    locale: str = DEFAULT_LOCALE


async def invite(database: Database, outbox: Outbox, wanted: Wanted) -> InvitationBody:
    """Invite an address to an organization, with any of its roles.

    The organization's rules bind the operator, too: who may lift them is there. Gives the
    invitation as the API does. Raises InvalidEmail, InvalidRequest for a role,
    OrganizationNotFound, DomainNotAllowed, AlreadyMember.
    """
    offer = Offer(
        email=addresses.parse(wanted.address),
        role=wanted.role,
        locale=wanted.locale,
        expiry=Expiry.in_days(wanted.days) if wanted.days is not None else None,
    )
    async with database.transaction() as tx:
        host = await hosts.lock_for_operator(tx, wanted.organization)
        means = Means(outbox=outbox, pace=UNHURRIED)
        invited = await actions.invite(tx, host, offer, by=OPERATOR, means=means)
        return present_invitation(await queries.get_shown(tx, host, invited.invitation.id))


async def list_all(
    database: Database, organization: str, asked: Filter
) -> AsyncIterator[InvitationBody]:
    """Give the invitations of an organization, newest first, a page at a time."""
    after = None
    while True:
        async with database.reader() as reader:
            found = await organizations.get_by_reference(reader, organization)
            window = lists.window(f"invitations/{found.id}", limit=lists.MOST, after=after)
            rows = await queries.list_shown(reader, found.id, asked, window)
        page = lists.page(window, rows, queries.id_of)
        for shown in page.items:
            yield present_invitation(shown)
        after = page.after
        if after is None:
            return
