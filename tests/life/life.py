"""What every rule has at hand: the ground, the model, and a way to try something and compare."""

from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.life.ground import NOBODY, Ground
from tests.life.model import Code, Facts, Model
from tests.world import PASSWORD_HASH
from vestibule.apps.model import AppMember, SignedInMember
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import (
    AccountId,
    AppId,
    AppMemberId,
    OrganizationId,
    SessionId,
    UserId,
    encode,
)
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, SignedIn, User

T = TypeVar("T")
# Most are of one domain, which an organization may ask for.
NAMES = ("ada", "bo", "cy", "di", "eve", "flo", "gus")
ADDRESSES = [f"{name}@{'else' if name in {'cy', 'gus'} else 'life'}.example.com" for name in NAMES]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

# Small numbers, which stand for the first, the second … of what there is at that moment. What can
# be done something with comes first, and is chosen more often.
NUMBER = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11])


class Life(RuleBasedStateMachine):
    """One life: what people do, one after the other, and what must be so after each step."""

    ground: ClassVar[Ground]
    settled: ClassVar[Model | None] = None
    # What was refused so far, in all lives together.
    refused: ClassVar[set[str]] = set()
    model: Model

    def __init__(self) -> None:
        super().__init__()
        settled = type(self).settled
        if settled is not None:
            self.ground.put_back()
            self.model = deepcopy(settled)
            return
        self.model = Model()
        self.settle()
        self.ground.put_aside()
        type(self).settled = deepcopy(self.model)

    def settle(self) -> None:
        """Make the world in which every life begins; once, for that is what takes time."""
        for address in ADDRESSES[:4]:
            self.sign_up(address)

    @invariant()
    def the_database_is_as_it_should_be(self) -> None:
        """Nothing that must hold is broken, and all there is is what the model says."""
        seen, said = self.ground.look(), self.model.seen()
        assert seen == said, f"there: {sorted(seen - said, key=str)} not: {said - seen}"

    def sign_up(self, address: str) -> UUID:
        """Let somebody have an account of the platform."""
        name = address.partition("@")[0].title()
        new = NewUser(
            address=Address(typed=address, canonical=address),
            profile=Profile(first_name=name, last_name="Life"),
            password_hash=PASSWORD_HASH,
            locale="en",
        )
        user = self.must(lambda tx: users.make(tx, new, by=NOBODY))
        self.model.let_in(user.id, realm=None, address=address)
        return user.id

    def attempt(self, expected: Code, work: Callable[[], Awaitable[T]]) -> T | None:
        """Do something of the product's, which must end as expected. Gives None if it refuses."""

        async def tried() -> tuple[str | None, T | None]:
            try:
                return None, await work()
            except Problem as problem:
                return problem.code(), None

        code, result = self.ground.run(tried())
        assert code == expected, f"{code or 'done'}; expected: {expected or 'done'}"
        if code is not None:
            self.refused.add(code)
        return result

    def attempt_in(self, expected: Code, work: Callable[[Transaction], Awaitable[T]]) -> T | None:
        """Do it in a transaction of its own."""

        async def within() -> T:
            async with self.ground.database.transaction() as tx:
                return await work(tx)

        return self.attempt(expected, within)

    def must(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do something that nothing speaks against."""
        result = self.attempt_in(None, work)
        assert result is not None
        return result

    def people(self, place: UUID) -> list[UUID]:
        """Everybody who has an account: who may most in the place first."""
        model = self.model

        def power(one: UUID) -> tuple[int, bool]:
            organization = model.organization_of(place)
            allowed = model.permissions(organization, model.role_of(organization, one))
            is_inside = place in model.apps and one in model.apps[place]["members"]
            return len(model.grantable(place, one)) + len(allowed), is_inside

        return sorted(model.people, key=power, reverse=True)

    def invitations(self) -> list[UUID]:
        """All invitations: those that are open first, the newest before the others."""
        known = self.model.invitations
        newest = list(reversed(known))
        return sorted(newest, key=lambda one: known[one]["state"] != "pending")

    def addresses(self, place: UUID) -> list[str]:
        """All addresses: those first that nobody has who is in the place already."""
        realm = place if place in self.model.apps else None

        def is_inside(address: str) -> bool:
            one = self.model.account_of(realm, address)
            return (realm is not None and one is not None) or one in self.model.members(place)

        return sorted(ADDRESSES, key=is_inside)

    def user(self, one: UUID) -> User:
        """The user as they are now."""
        facts = self.model.accounts[one]
        return User(
            id=UserId(AccountId(one)),
            address=Address(typed=facts["address"], canonical=facts["address"]),
            first_name="Some",
            last_name="Body",
            phone=None,
            locale="en",
            default_organization_id=None,
            created_at=BEGAN,
        )

    def member(self, one: UUID) -> AppMember:
        """The app member as they are now."""
        facts = self.model.accounts[one]
        app = self.model.apps[facts["realm"]]
        return AppMember(
            id=AppMemberId(AccountId(one)),
            app_id=AppId(facts["realm"]),
            organization_id=OrganizationId(app["organization"]),
            address=Address(typed=facts["address"], canonical=facts["address"]),
            given_name=None,
            locale="en",
            roles=tuple(sorted(app["members"][one])),
            ends={},
            properties={},
            user_id=None,
            created_at=BEGAN,
        )

    def caller(self, one: UUID) -> SignedIn | SignedInMember:
        """The person, signed in."""
        facts: Facts = self.model.accounts[one]
        session = SessionId(min(facts["sessions"], default=one))
        if facts["realm"] is None:
            return SignedIn(user=self.user(one), session_id=session)
        return SignedInMember(member=self.member(one), session_id=session)

    def signed_in(self, one: UUID) -> SignedIn:
        """The user, signed in."""
        caller = self.caller(one)
        assert isinstance(caller, SignedIn)
        return caller

    def at(self, hours: float | None) -> datetime | None:
        """The time that an hour of the life is, by the clock of this moment."""
        if hours is None:
            return None
        return datetime.now(UTC) + timedelta(hours=hours - self.model.now)

    def reference(self, place: UUID) -> str:
        """How the place is named in a path."""
        return encode("app" if place in self.model.apps else "org", place)


def pick(things: Sequence[T], number: int) -> T:
    """Give the one that the number stands for."""
    return things[number % len(things)]
