"""One address invited many times at once: one invitation that is alive, with one key."""

from tests.races.arena import ROUNDS, Arena, newcomers
from tests.races.lines import Call
from tests.races.places import Kind
from vestibule.kernel.ids import decode

AT_ONCE = 20


async def test_of_twenty_at_once_one_makes_the_invitation_and_the_others_renew_it(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)

    for place, email in zip(places, newcomers(ROUNDS), strict=True):
        body = {"email": email, "role": destination.low}
        call = Call(path=f"{place.path}/invitations", body=body, by=inviter)
        answers = await arena.at_once(*[call] * AT_ONCE)
        assert sorted(answer.word for answer in answers) == ["200"] * (AT_ONCE - 1) + ["201"]
        [invitation] = {answer.body["id"] for answer in answers}
        assert await _live_keys(arena, invitation) == 1
        assert await _unsent_mails(arena, invitation) == 1


async def test_inviting_against_revoking_leaves_at_most_one_alive(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    for one in invited:
        body = {"email": one.email, "role": destination.low}
        again = Call(path=f"{one.place.path}/invitations", body=body, by=inviter)
        revoke = Call(path=f"{one.path}/revoke", by=inviter)
        *made, revoked = await arena.at_once(again, again, again, revoke)
        assert revoked.word == "200"
        assert {answer.word for answer in made} <= {"200", "201"}
        assert [answer.word for answer in made].count("201") <= 1


async def test_of_many_resends_at_once_the_newest_link_alone_works(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(destination, owner, inviter)
    invited = await arena.invite(places, newcomers(ROUNDS), by=inviter, role=destination.low)

    for one in invited:
        resend = Call(path=f"{one.path}/resend", by=inviter)
        answers = await arena.at_once(*[resend] * 4)
        assert {answer.word for answer in answers} == {"200"}
        old = await arena.one(Call(path="/invitations/lookup", body={"key": one.key}))
        assert old.word == "invitation_superseded"
        newest = {"key": await arena.key_about(one.id)}
        assert (await arena.one(Call(path="/invitations/lookup", body=newest))).word == "200"


async def _live_keys(arena: Arena, invitation: str) -> int:
    sql = "SELECT count(*) FROM keys WHERE subject = $1 AND superseded_at IS NULL"
    return int(await arena.value(sql, str(decode("inv", invitation))))


async def _unsent_mails(arena: Arena, invitation: str) -> int:
    sql = "SELECT count(*) FROM messages WHERE about = $1 AND state = 'not_configured'"
    return int(await arena.value(sql, decode("inv", invitation)))
