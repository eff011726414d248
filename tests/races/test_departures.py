"""People go while they find another way in: nobody without a password is left, nobody is let in.

*Nova* of each organization was published by its admin, who is a member of it without a password.
"""

from dataclasses import dataclass, replace

import pytest

from tests.races.arena import HEAD_STARTS, Arena, in_lanes
from tests.races.lines import Answer, Call
from tests.races.places import Organizations, Place
from tests.world import PASSWORD, Person, definition

ROUNDS = 12
FINE = {"200", "201", "202", "204"}
# Nobody is in an app without a password who is no user that manages it.
ORPHANS = """
    SELECT count(*) FROM app_members m JOIN accounts c ON c.id = m.id
     WHERE m.organization_id = $1 AND c.password_hash IS NULL
       AND NOT EXISTS (SELECT FROM members o
                        WHERE o.organization_id = m.organization_id AND o.user_id = m.user_id
                          AND o.role IN ('owner', 'admin'))
"""
WAITING = """
    SELECT count(*) FROM invitations
     WHERE organization_id = $1 AND address_canonical = $2 AND state = 'pending'
"""
IS_IN = "SELECT count(*) FROM members WHERE organization_id = $1 AND user_id = $2"


@dataclass(frozen=True, slots=True)
class Nova:
    """An organization of Ada's, where Bo is an admin who published an app."""

    arena: Arena
    place: Place
    ada: Person
    bo: Person
    app: str

    @property
    def at(self) -> str:
        return f"{self.place.path}/members/{self.bo.public_id}"

    async def one(
        self, path: str, body: object, *, by: Person | None, method: str = "POST"
    ) -> Answer:
        answer = await self.arena.one(Call(path=path, body=body, by=by, method=method))
        assert answer.word in FINE, answer
        return answer

    async def reset(self) -> Call:
        """Give the call that makes Bo's member of the app one with a password."""
        await self.one(f"{self.app}/password-resets", {"email": self.bo.email}, by=None)
        key = await self.arena.key_to(self.bo.email)
        body = {"key": key, "password": "another lamp by the stairs"}
        return Call(path=f"{self.app}/password-resets/complete", body=body)

    def ways_out(self) -> dict[str, Call]:
        return {
            "remove": Call(path=self.at, by=self.ada, method="DELETE"),
            "demote": Call(path=self.at, body={"role": "viewer"}, by=self.ada, method="PATCH"),
            "leave": Call(path=f"{self.place.path}/leave", by=self.bo),
            "delete": Call(path="/me/deletion", body={"password": PASSWORD}, by=self.bo),
        }


async def novas(arena: Arena) -> list[Nova]:
    made = []
    for _ in range(ROUNDS):
        ada, bo = await arena.people(2)
        [place] = await arena.places(Organizations(), ada, bo, number=1)
        app = f"/apps/nova-{place.id.hex[-12:]}"
        nova = Nova(arena, place, ada, bo, app)
        new = {"name": "Nova", "slug": app.removeprefix("/apps/")}
        await nova.one(f"{place.path}/apps", new, by=bo)
        await nova.one(f"{app}/definition", definition("Nova"), by=bo, method="PUT")
        await nova.one(f"{app}/publish", None, by=bo)
        made.append(nova)
    return made


@pytest.mark.parametrize("way", ["remove", "demote", "leave", "delete"])
async def test_who_goes_while_choosing_a_password_is_out_or_in_by_that(
    arena: Arena, way: str
) -> None:
    async def one_round(number: int, nova: Nova) -> None:
        calls = [nova.ways_out()[way], await nova.reset()]
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        both = [replace(call, after=after) for call, after in zip(calls, starts, strict=True)]
        out, chosen = [answer.word for answer in await arena.at_once(*both)]
        assert out in FINE, out
        assert chosen in FINE | {"key_not_found", "app_member_not_found"}, chosen
        assert await arena.value(ORPHANS, nova.place.id) == 0
        members = await arena.value(
            "SELECT count(*) FROM app_members WHERE organization_id = $1", nova.place.id
        )
        assert members == (1 if chosen in FINE else 0)

    await in_lanes(one_round, await novas(arena))
    await arena.ensure_sound()


async def test_of_two_who_remove_each_other_s_right_the_apps_follow(arena: Arena) -> None:
    """One removes the publisher, who deletes their account at that moment."""

    async def one_round(number: int, nova: Nova) -> None:
        ways = nova.ways_out()
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        calls = [
            replace(ways[way], after=after)
            for way, after in zip(("remove", "delete"), starts, strict=True)
        ]
        words = [answer.word for answer in await arena.at_once(*calls)]
        assert set(words) <= FINE | {"member_not_found"}, words
        assert await arena.value(ORPHANS, nova.place.id) == 0

    await in_lanes(one_round, await novas(arena))
    await arena.ensure_sound()


async def test_who_joins_by_both_of_two_links_is_in_once_and_not_invited(arena: Arena) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(Organizations(), owner, inviter, number=ROUNDS)
    guests = await arena.people(ROUNDS)
    own = await arena.invite(places, [each.email for each in guests], by=inviter, role="manager")
    others = [f"other-{number}@links.example.com" for number in range(ROUNDS)]
    linked = await arena.invite(places, others, by=inviter, role="viewer")

    async def one_round(number: int, guest: Person) -> None:
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        calls = [own[number].accept(by=guest), linked[number].accept(by=guest, **{"as": "me"})]
        both = [replace(call, after=after) for call, after in zip(calls, starts, strict=True)]
        words = [answer.word for answer in await arena.at_once(*both)]
        assert set(words) <= {"200", "already_member", "invitation_revoked"}, words
        assert words.count("200") == 1, words
        place = places[number]
        assert await arena.value(IS_IN, place.id, guest.id) == 1
        assert await arena.value(WAITING, place.id, guest.email) == 0

    await in_lanes(one_round, guests)
    await arena.ensure_sound()


async def test_who_joins_by_another_link_is_not_invited_at_that_moment(arena: Arena) -> None:
    owner, inviter = await arena.people(2)
    places = await arena.places(Organizations(), owner, inviter, number=ROUNDS)
    guests = await arena.people(ROUNDS)
    others = [f"another-{number}@links.example.com" for number in range(ROUNDS)]
    linked = await arena.invite(places, others, by=inviter, role="viewer")

    async def one_round(number: int, guest: Person) -> None:
        place = places[number]
        invite = {"email": guest.email, "role": "manager"}
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        calls = [
            linked[number].accept(by=guest, **{"as": "me"}),
            Call(path=f"{place.path}/invitations", body=invite, by=inviter),
        ]
        both = [replace(call, after=after) for call, after in zip(calls, starts, strict=True)]
        joined, invited = [answer.word for answer in await arena.at_once(*both)]
        assert joined == "200"
        assert invited in {"201", "already_member"}
        assert await arena.value(WAITING, place.id, guest.email) == 0

    await in_lanes(one_round, guests)
    await arena.ensure_sound()
