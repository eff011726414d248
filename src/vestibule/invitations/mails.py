"""The mails that tell of invitations: what each says, to whom, until when."""

from datetime import timedelta

from vestibule.accounts.model import Account
from vestibule.invitations import destinations
from vestibule.invitations.destination_model import Askable, Place
from vestibule.invitations.model import Invitation
from vestibule.kernel.database import Transaction
from vestibule.keys import actions as keys
from vestibule.keys.actions import NewKey
from vestibule.messages import actions as messages
from vestibule.messages.model import NEWS_FOR, Mail, Outbox

# The invitation's own expiry decides; its key outlives that and the retention, to say why it is
# dead.
KEY_LIFETIME = timedelta(days=400)


async def send_invitation(
    tx: Transaction, invitation: Invitation, *, place_name: str, outbox: Outbox
) -> None:
    """Mail it with a new key; links mailed before are superseded, unsent mails withdrawn."""
    purpose = destinations.facts(invitation.destination).purpose
    if invitation.send_count > 1:
        await messages.withdraw(tx, invitation.id)
    await keys.send(
        tx,
        NewKey(
            realm_id=destinations.realm_id(invitation.destination),
            purpose=purpose,
            subject=str(invitation.id),
            lifetime=KEY_LIFETIME,
        ),
        Mail(
            template="invitations/invitation",
            recipient=invitation.email.typed,
            locale=invitation.locale,
            parameters={
                "inviter_name": invitation.inviter.name,
                "place_name": place_name,
                "kind": destinations.facts(invitation.destination).kind,
                "role": invitation.destination.role,
                "email": invitation.email.typed,
                "expires_at": invitation.expires_at.isoformat(),
                **_end(invitation),
            },
            not_after=invitation.expires_at,
            link_path=destinations.facts(invitation.destination).link,
            about=invitation.id,
            place_id=destinations.place_id(invitation.destination),
            named_id=invitation.inviter.id,
        ),
        outbox=outbox,
    )


async def tell_joined(
    tx: Transaction,
    invitation: Invitation,
    *,
    place: Place,
    account: Account,
    outbox: Outbox,
) -> None:
    """Tell the owner of the account that it joined by the link alone, without signing in."""
    await messages.queue(
        tx,
        Mail(
            template="invitations/joined",
            recipient=invitation.email.typed,
            locale=account.locale,
            parameters={
                "inviter_name": invitation.inviter.name,
                "place_name": place.name,
                "kind": destinations.facts(invitation.destination).kind,
                "role": invitation.destination.role,
                "email": invitation.email.typed,
            },
            not_after=invitation.read_at + NEWS_FOR,
            link_path=place.path,
            place_id=destinations.place_id(invitation.destination),
            account_id=account.id,
            named_id=invitation.inviter.id,
        ),
        outbox=outbox,
    )


async def ask_for_new(
    tx: Transaction,
    invitation: Invitation,
    *,
    place: Place,
    host: Askable,
    outbox: Outbox,
) -> None:
    """Tell somebody who may invite that the person asks for a new invitation."""
    await messages.queue(
        tx,
        Mail(
            template="invitations/asked_again",
            recipient=host.addressee.email,
            locale=host.addressee.locale,
            parameters={
                "email": invitation.email.typed,
                "place_name": place.name,
                "kind": destinations.facts(invitation.destination).kind,
                "role": invitation.destination.role,
            },
            not_after=invitation.read_at + NEWS_FOR,
            link_path=f"{host.path}/invitations",
            place_id=destinations.place_id(invitation.destination),
            account_id=host.addressee.account_id,
        ),
        outbox=outbox,
    )


def _end(invitation: Invitation) -> dict[str, str]:
    """Give when the access ends that is offered, if it does."""
    until = invitation.member_until
    return {"ends_at": until.isoformat()} if until else {}
