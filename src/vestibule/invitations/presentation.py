"""How invitations read in the API."""

from datetime import datetime

import msgspec

from vestibule.audit.model import ActorKind
from vestibule.invitations import destinations
from vestibule.invitations.bodies_model import (
    DeliveryBody,
    InvitationBody,
    InviterBody,
    LookUpBody,
    PublicInvitationBody,
    PublicInviterBody,
)
from vestibule.invitations.model import Delivery, Invitation, Inviter, State
from vestibule.invitations.offered_queries import Offered
from vestibule.invitations.queries import Shown
from vestibule.kernel.ids import encode
from vestibule.messages.model import DeliveryState

_PREFIXES = {ActorKind.USER: "user", ActorKind.APP_MEMBER: "apm", ActorKind.API_KEY: "key"}


def present_invitation(shown: Shown) -> InvitationBody:
    """Give the invitation as those who manage it see it."""
    invitation = shown.invitation
    return InvitationBody(
        object="invitation",
        id=encode("inv", invitation.id),
        destination=destinations.describe(
            invitation.destination, shown.destination_name, shown.organization_name
        ),
        email=invitation.email.typed,
        role=invitation.destination.role,
        state=invitation.shown_state,
        delivery=_delivery(shown.delivery),
        inviter=_inviter(invitation.inviter),
        send_count=invitation.send_count,
        locale=invitation.locale,
        created_at=invitation.created_at,
        last_sent_at=invitation.last_sent_at,
        expires_at=invitation.expires_at,
        member_until=invitation.member_until,
        accepted_at=_closed_at(invitation, State.ACCEPTED),
        declined_at=_closed_at(invitation, State.DECLINED),
        revoked_at=_closed_at(invitation, State.REVOKED),
        decline_reason=invitation.decline_reason,
        redirect_url=invitation.redirect_url,
        metadata=invitation.metadata,
    )


def present_public(
    invitation: Invitation, destination_name: str, organization_name: str
) -> PublicInvitationBody:
    """Give the invitation as the invited person sees it: no metadata, nothing of the mail."""
    return PublicInvitationBody(
        object="invitation",
        id=encode("inv", invitation.id),
        destination=destinations.describe(
            invitation.destination, destination_name, organization_name
        ),
        email=invitation.email.typed,
        role=invitation.destination.role,
        state=invitation.shown_state,
        inviter=PublicInviterBody(type=invitation.inviter.kind, name=invitation.inviter.name),
        locale=invitation.locale,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
        member_until=invitation.member_until,
        redirect_url=invitation.redirect_url,
    )


def present_offered(offered: Offered, next_step: str) -> LookUpBody:
    """Give what a key opens, and what to do next."""
    public = present_public(offered.invitation, offered.destination_name, offered.organization_name)
    return LookUpBody(**msgspec.structs.asdict(public), next=next_step)


def _inviter(inviter: Inviter) -> InviterBody:
    prefix = _PREFIXES.get(inviter.kind)
    identity = encode(prefix, inviter.id) if prefix and inviter.id else None
    return InviterBody(type=inviter.kind, id=identity, name=inviter.name)


def _delivery(delivery: Delivery | None) -> DeliveryBody:
    """Give what became of the mail. Kept for 90 days: what is no longer there had been sent."""
    known = delivery or Delivery(state=DeliveryState.SENT)
    return DeliveryBody(
        state=known.state,
        attempts=known.attempts,
        last_attempt_at=known.last_attempt_at,
        reason=known.reason,
    )


def _closed_at(invitation: Invitation, state: State) -> datetime | None:
    return invitation.closed_at if invitation.state is state else None
