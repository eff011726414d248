"""A role of an organization's own goes or changes at the moment in which somebody is given it.

Nobody ever has, or is invited to, a role that is no more, or one that their inviter may not grant.
`RACE_ROUNDS` runs more rounds than the suite has time for.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from tests.races.arena import HEAD_STARTS, Arena, Invited, in_lanes, newcomers
from tests.races.lines import Call
from tests.races.places import Organizations, Place, tell
from tests.world import PASSWORD, Person

ROUNDS = int(os.environ.get("RACE_ROUNDS", "15"))
ORPHANS = """
    SELECT count(*) FROM organizations o,
           LATERAL (SELECT role FROM members WHERE organization_id = o.id
                     UNION ALL
                    SELECT role FROM invitations
                     WHERE organization_id = o.id AND app_id IS NULL AND state = 'pending'
                     UNION ALL
                    SELECT o.default_role) AS one
     WHERE o.id = $1 AND one.role NOT IN ('owner', 'admin', 'manager', 'viewer')
       AND NOT o.custom_roles ? one.role
"""
BEYOND = """
    SELECT count(*) FROM invitations i JOIN organizations o ON o.id = i.organization_id
      JOIN members m ON m.organization_id = o.id AND m.user_id = i.inviter_id
     WHERE o.id = $1 AND i.state = 'pending' AND i.role = 'Clerk'
       AND o.custom_roles -> i.role ? 'organization:delete' AND m.role <> 'owner'
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """An organization with a role `Clerk`, its owner, an admin, a viewer, somebody invited."""

    place: Place
    owner: Person
    admin: Person
    member: Person
    invited: Invited

    @property
    def path(self) -> str:
        return f"{self.place.path}/roles/Clerk"

    def delete(self, to: str = "", *, by: Person | None = None) -> Call:
        path = f"{self.path}?to={to}" if to else self.path
        return Call(path=path, by=by or self.owner, method="DELETE")

    def shape(self, *permissions: str, **more: Sequence[str]) -> Call:
        body = {"permissions": permissions, **more}
        return Call(path=self.path, body=body, by=self.owner, method="PATCH")

    def make(self, name: str) -> Call:
        body = {"name": name, "permissions": ["members:read"]}
        return Call(path=f"{self.place.path}/roles", body=body, by=self.owner)

    def invite(self, email: str, role: str = "Clerk") -> Call:
        body = {"email": email, "role": role}
        return Call(path=f"{self.place.path}/invitations", body=body, by=self.admin)

    def give(self, role: str = "Clerk") -> Call:
        path = f"{self.place.path}/members/{self.member.public_id}"
        return Call(path=path, body={"role": role}, by=self.owner, method="PATCH")

    def edit(self, role: str) -> Call:
        return Call(path=self.invited.path, body={"role": role}, by=self.admin, method="PATCH")

    def default(self) -> Call:
        body = {"default_role": "Clerk"}
        return Call(path=self.place.path, body=body, by=self.owner, method="PATCH")

    def accept(self) -> Call:
        account = {"first_name": "Ana", "last_name": "Ahn", "password": PASSWORD}
        return self.invited.accept(account=account)


_ROLES = {"Clerk": ["members:read"], "Other": ["members:read"]}
_PREPARE = """
    WITH kept AS (UPDATE organizations SET custom_roles = $2 WHERE id = $1)
    INSERT INTO members (id, organization_id, user_id, role)
    VALUES (gen_random_uuid(), $1, $3, 'viewer')
"""
Calls = Callable[[Scene], Sequence[Call]]
OK = {"200", "201", "204"}


async def race(arena: Arena, calls: Calls, *, told: set[str], role: str = "viewer") -> None:
    """Run the rounds: one at least succeeds, the other is told why not, and no role is missing."""

    async def one_round(number: int, scene: Scene) -> None:
        starts = HEAD_STARTS[number % len(HEAD_STARTS)]
        both = zip(calls(scene), starts, strict=True)
        answers = await arena.at_once(*(replace(call, after=after) for call, after in both))
        words = [answer.word for answer in answers]
        assert OK & set(words), words
        assert set(words) - OK <= told, words
        assert await arena.value(ORPHANS, scene.place.id) == 0, words
        assert await arena.value(BEYOND, scene.place.id) == 0, words

    await in_lanes(one_round, await _scenes(arena, role))


@pytest.mark.parametrize("to", ["", "manager"])
async def test_nobody_is_invited_to_a_role_that_goes(arena: Arena, to: str) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete(to), scene.invite(*newcomers(1))]

    await race(arena, calls, told={"role_in_use", "invalid_request"})


@pytest.mark.parametrize("to", ["", "manager"])
async def test_nobody_is_given_a_role_that_goes(arena: Arena, to: str) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete(to), scene.give()]

    await race(arena, calls, told={"role_in_use", "invalid_request"})


@pytest.mark.parametrize("to", ["", "manager"])
async def test_no_pending_invitation_gets_a_role_that_goes(arena: Arena, to: str) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete(to), scene.edit("Clerk")]

    await race(arena, calls, told={"role_in_use", "invalid_request"})


async def test_no_default_is_a_role_that_goes(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete(), scene.default()]

    await race(arena, calls, told={"role_in_use", "invalid_request"})


async def test_who_accepts_while_their_role_goes_gets_the_one_in_its_place(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete("manager"), scene.accept()]

    await race(arena, calls, told=set(), role="Clerk")


async def test_who_accepts_while_their_role_is_to_go_keeps_it(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.delete(), scene.accept()]

    await race(arena, calls, told={"role_in_use"}, role="Clerk")


async def test_a_role_goes_once_and_its_heir_does_not_go_meanwhile(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        other = replace(scene.delete("Clerk"), path=f"{scene.place.path}/roles/Other?to=Clerk")
        return [scene.delete("Other"), other]

    await race(arena, calls, told={"role_not_found", "invalid_request"}, role="Clerk")


async def test_no_invitation_carries_more_than_its_inviter_may_grant(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        return [scene.shape("organization:delete"), scene.invite(*newcomers(1))]

    await race(arena, calls, told={"role_not_allowed"})


async def test_nobody_comes_in_with_more_than_their_inviter_may_grant(arena: Arena) -> None:
    """Whose invitation was revoked, because the role is more now, is told so and not let in."""

    def calls(scene: Scene) -> list[Call]:
        return [scene.shape("organization:delete"), scene.accept()]

    await race(arena, calls, told={"invitation_revoked", "inviter_not_entitled"}, role="Clerk")


async def test_of_two_changes_that_saw_the_same_one_is_told(arena: Arena) -> None:
    def calls(scene: Scene) -> list[Call]:
        seen = {"expected_permissions": ["members:read"]}
        return [scene.shape("audit:read", **seen), scene.shape("apps:read", **seen)]

    async def one_round(number: int, scene: Scene) -> None:
        both = zip(calls(scene), HEAD_STARTS[number % len(HEAD_STARTS)], strict=True)
        answers = await arena.at_once(*(replace(call, after=after) for call, after in both))
        assert sorted(answer.word for answer in answers) == ["200", "role_changed"]

    await in_lanes(one_round, await _scenes(arena, "viewer"))


async def test_of_two_who_make_a_role_of_one_name_one_is_told(arena: Arena) -> None:
    async def one_round(number: int, scene: Scene) -> None:
        both = zip(
            [scene.make("Gardener"), scene.make("GARDENER")],
            HEAD_STARTS[number % len(HEAD_STARTS)],
            strict=True,
        )
        answers = await arena.at_once(*(replace(call, after=after) for call, after in both))
        assert sorted(answer.word for answer in answers) == ["201", "role_name_taken"]

    await in_lanes(one_round, await _scenes(arena, "viewer"))


async def _scenes(arena: Arena, role: str) -> list[Scene]:
    """Make a scene for each round, with somebody invited as this."""
    owner, admin, *members = await arena.people(2 + ROUNDS)
    places = await arena.places(Organizations(), owner, admin, number=ROUNDS)
    async with arena.database.transaction() as tx:
        for place, member in zip(places, members, strict=True):
            await tx.execute(_PREPARE, place.id, _ROLES, member.id)
            await tell(tx, "member.added", place.id, member.id, {"role": "viewer"})
    invited = await arena.invite(places, newcomers(ROUNDS), by=admin, role=role)
    return [
        Scene(place, owner, admin, member, one)
        for place, member, one in zip(places, members, invited, strict=True)
    ]
