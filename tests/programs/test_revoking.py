"""API keys end: revoked, with their maker, or long expired; and what they sent ends with them."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.memberships.hall import ANALYTICAL, Hall
from tests.world import ADA, BO, CY, EVE, SHIFTS, Person, calling
from vestibule.api_keys import actions as api_keys
from vestibule.api_keys.model import ApiKeyBeyondReach, ApiKeyNotFound
from vestibule.invitations import actions as invitations
from vestibule.invitations import consequences
from vestibule.invitations import host_destinations as hosts
from vestibule.invitations.actions import Means
from vestibule.invitations.consequences_queries import count_pending_by_key, count_pending_of
from vestibule.invitations.departure_model import SentInvitations
from vestibule.invitations.destination_model import OfApp, OfOrganization, Whither
from vestibule.invitations.offer_model import UNHURRIED, Offer
from vestibule.kernel import addresses
from vestibule.kernel.errors import NotAuthenticated
from vestibule.kernel.ids import InvitationId
from vestibule.organizations import actions as organizations
from vestibule.organizations.caller_model import Program
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import find_role
from vestibule.programs import revoking

BOT = Bot(1, maker=BO)
ONE, TWO = "one@example.com", "two@example.com"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a program invited to, before its key ends."""

    program: Program
    here: InvitationId
    to_app: InvitationId


async def program_of(hall: Hall, bot: Bot) -> Program:
    found = await api_keys.find_calling(hall.tx, bot.token)
    assert found
    return found.program


async def invite_to(hall: Hall, whither: Whither, email: str, *, by: Person) -> InvitationId:
    host = await hosts.lock(hall.tx, whither, await hall.signed_in(by))
    offer = Offer(email=addresses.parse(email), role="viewer", locale="en")
    means = Means(outbox=hall.outbox, pace=UNHURRIED)
    return (await invitations.invite(hall.tx, host, offer, by=by.actor, means=means)).invitation.id


async def invite(
    hall: Hall, program: Program, whither: Whither, email: str, role: str
) -> InvitationId:
    host = await hosts.lock(hall.tx, whither, program)
    offer = Offer(email=addresses.parse(email), role=role, locale="en")
    means = Means(outbox=hall.outbox, pace=UNHURRIED)
    by = program.actor(ADA.actor)
    return (await invitations.invite(hall.tx, host, offer, by=by, means=means)).invitation.id


@pytest.fixture
async def sent(hall: Hall) -> Sent:
    """Bo's program has invited somebody as admin, and to an app."""
    await add_key(hall.tx, BOT)
    program = await program_of(hall, BOT)
    return Sent(
        program,
        await invite(hall, program, OfOrganization(ANALYTICAL), ONE, "viewer"),
        await invite(hall, program, OfApp("shifts"), TWO, "Manager"),
    )


async def revoke(hall: Hall, bot: Bot, by: Person, *, keep: bool = False) -> None:
    seat = await organizations.lock_for_leaving(hall.tx, await calling(hall.tx, by.id), ANALYTICAL)
    key = await api_keys.get_for_revoking(hall.tx, seat, bot.id, user_id=by.id)
    kept = SentInvitations.KEEP if keep else SentInvitations.REVOKE
    await revoking.revoke(hall.tx, seat, key, kept, by=by.actor)


async def count_keys(hall: Hall) -> int:
    return int(await hall.value("SELECT count(*) FROM api_keys"))


async def test_a_revoked_key_takes_what_it_invited_to_along(hall: Hall, sent: Sent) -> None:
    await revoke(hall, BOT, ADA)

    assert await hall.state(sent.here) == "revoked by Deploy bot"
    assert await hall.state(sent.to_app) == "revoked by Deploy bot"
    assert await api_keys.find_calling(hall.tx, BOT.token) is None
    (entry,) = await hall.entries("api_key.revoked")
    assert (entry["actor_id"], entry["subject_id"]) == (ADA.id, BOT.id)
    assert (entry["subject_name"], entry["details"]["user"]) == ("Deploy bot", str(BO.id))


async def test_what_a_revoked_key_sent_can_be_kept_by_who_revokes(hall: Hall, sent: Sent) -> None:
    await revoke(hall, BOT, ADA, keep=True)

    assert await hall.state(sent.here) == "pending by Ada Abel"
    assert await hall.state(sent.to_app) == "pending by Ada Abel"
    entries = await hall.entries("invitation.edited")
    assert [entry["details"]["before"]["inviter"] for entry in entries] == [str(BOT.id)] * 2


async def test_who_keeps_what_a_key_sent_must_be_able_to_grant_it(hall: Hall, sent: Sent) -> None:
    await hall.make(BO, "viewer")
    await revoke(hall, BOT, BO, keep=True)
    assert await hall.state(sent.here) == "revoked by Deploy bot"


async def test_a_maker_may_always_revoke_and_others_only_within_their_own_right(hall: Hall) -> None:
    await add_key(hall.tx, replace(BOT, maker=ADA))
    for person in (BO, CY):
        with pytest.raises(ApiKeyBeyondReach if person is BO else NotPermitted):
            await revoke(hall, BOT, person)
    await hall.make(ADA, "viewer")
    await revoke(hall, BOT, ADA)
    with pytest.raises(ApiKeyNotFound):
        await revoke(hall, BOT, BO)


async def test_the_keys_of_who_is_removed_end(hall: Hall, sent: Sent) -> None:
    await add_key(hall.tx, replace(BOT, number=2, app=SHIFTS, permissions=ALL_IN_APPS))
    await hall.remove(BO, by=ADA)

    assert await count_keys(hall) == 0
    assert await hall.state(sent.here) == "revoked by Deploy bot"
    assert await hall.state(sent.to_app) == "revoked by Deploy bot"
    assert len(await hall.entries("api_key.revoked")) == 2


async def test_what_the_keys_of_who_is_removed_sent_can_be_kept(hall: Hall, sent: Sent) -> None:
    await hall.remove(BO, by=ADA, keep=True)
    assert await hall.state(sent.here) == "pending by Ada Abel"
    assert await hall.state(sent.to_app) == "pending by Ada Abel"
    assert await count_keys(hall) == 0


async def test_the_keys_of_who_leaves_end(hall: Hall, sent: Sent) -> None:
    await hall.leave(BO)
    assert await count_keys(hall) == 0
    assert await hall.state(sent.here) == "revoked by Deploy bot"


async def test_nothing_names_who_deleted_their_account_not_even_by_a_key(
    hall: Hall, sent: Sent
) -> None:
    gone = await add_key(hall.tx, replace(BOT, number=2, name="Old bot"))
    old = await invite(
        hall, await program_of(hall, gone), OfOrganization(ANALYTICAL), "old@example.com", "viewer"
    )
    await revoke(hall, gone, ADA)
    await hall.delete(BO)

    assert await count_keys(hall) == 0
    assert await hall.state(old) == "revoked by Old bot"
    assert await hall.places_of(BO.name) == []
    assert await hall.places_of(BO.id) == []


async def test_who_hands_over_and_leaves_takes_their_keys_along(hall: Hall) -> None:
    await add_key(hall.tx, replace(BOT, maker=ADA))
    await hall.hand_over(BO, by=ADA, leave=True)
    assert await count_keys(hall) == 0


async def test_who_becomes_less_keeps_keys_but_not_what_they_sent_beyond_that(
    hall: Hall, sent: Sent
) -> None:
    await hall.change(BO, "manager", by=ADA)
    assert await count_keys(hall) == 1
    assert await hall.state(sent.here) == "revoked by Deploy bot (Bo Berg)"
    assert await hall.state(sent.to_app) == "revoked by Deploy bot (Bo Berg)"
    with pytest.raises(NotPermitted):
        await hosts.lock(hall.tx, OfOrganization(ANALYTICAL), sent.program)


async def test_a_role_that_still_may_leaves_what_a_key_sent(hall: Hall, sent: Sent) -> None:
    await hall.change(BO, "owner", by=ADA)
    await hall.change(BO, "admin", by=ADA)
    assert await hall.state(sent.here) == "pending by Deploy bot (Bo Berg)"


async def test_a_program_invites_nobody_with_a_key_that_ended_meanwhile(
    hall: Hall, sent: Sent
) -> None:
    await revoke(hall, BOT, BO)
    for whither in (OfOrganization(ANALYTICAL), OfApp("shifts")):
        with pytest.raises(NotAuthenticated):
            await hosts.lock(hall.tx, whither, sent.program)


async def test_an_expired_key_is_forgotten_after_a_month(hall: Hall) -> None:
    for number, days in enumerate((-32, -30, 1), 1):
        await add_key(hall.tx, replace(BOT, number=number, expires_in=timedelta(days=days)))
    (old,) = await revoking.list_forgettable(hall.tx)
    assert await revoking.forget(hall.tx, old.organization_id, old.id)
    assert not await revoking.forget(hall.tx, old.organization_id, old.id)

    assert await count_keys(hall) == 2
    (entry,) = await hall.entries("api_key.expired")
    assert (entry["actor_kind"], entry["subject_id"]) == ("server", BOT.id)


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("whose", [BO, EVE], ids=["a colleague", "another tenant"])
async def test_a_key_that_had_the_id_of_a_person_would_take_nothing_of_theirs_over(
    hall: Hall, whose: Person, keep: bool
) -> None:
    here = await hall.invited(ONE, "viewer", by=BO)
    elsewhere = await invite_to(hall, OfOrganization("elsewhere"), TWO, by=EVE)
    bot = await add_key(hall.tx, replace(BOT, maker=CY))
    await hall.tx.execute("UPDATE api_keys SET id = $1", whose.id)

    seat = await organizations.lock_for_leaving(hall.tx, await hall.signed_in(ADA), ANALYTICAL)
    (key,) = await api_keys.list_made_by(hall.tx, bot.place.id, CY.id)
    assert await count_pending_by_key(hall.tx, bot.place.id, key.id) == 0
    assert await count_pending_of(hall.tx, CY.id) == 0
    await hall.change(CY, "viewer", by=ADA)
    kept = SentInvitations.KEEP if keep else SentInvitations.REVOKE
    await revoking.revoke(hall.tx, seat, key, kept, by=ADA.actor)
    assert await hall.state(here) == "pending by Bo Berg"
    assert await hall.state(elsewhere) == "pending by Eve Eden"


async def test_a_person_stands_for_themselves_beside_a_key_that_has_their_id(hall: Hall) -> None:
    here = await hall.invited(ONE, "viewer", by=BO)
    await add_key(hall.tx, replace(BOT, maker=CY, permissions=("audit:read",)))
    await hall.tx.execute("UPDATE api_keys SET id = $1", BO.id)

    organization = await organizations.get_by_reference(hall.tx, ANALYTICAL)
    for role in (find_role({}, "viewer"), find_role({}, "admin")):
        assert role
        await consequences.revoke_unentitled(hall.tx, organization.id, role, by=ADA.actor)
    await hall.remove(CY, by=ADA)
    assert await hall.state(here) == "pending by Bo Berg"


async def test_many_keys_end_in_as_many_statements_as_one(hall: Hall) -> None:
    counted = []
    for person, number in ((BO, 1), (CY, 40)):
        for each in range(number):
            await add_key(hall.tx, replace(BOT, number=100 + each, maker=person))
        asked: list[object] = []
        hall.tx.connection.add_query_logger(asked.append)
        await hall.remove(person, by=ADA)
        hall.tx.connection.remove_query_logger(asked.append)
        counted.append(len(asked))
    assert len(await hall.entries("api_key.revoked")) == 41
    assert counted[0] == counted[1]
