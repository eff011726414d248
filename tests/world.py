"""The cast of the tests, made at once by SQL.

Ada owns *Analytical*, Bo is an admin there, Cy a manager, Di a viewer. Eve belongs nowhere near:
she owns *Elsewhere*. Flo has an account and no organization. All have the same password.

*Analytical* has the app *Shifts*, where Bea is Boss, Mia is Manager and Emil is Employee; they are
no users. *Elsewhere* has the app *Rota*, of the same roles, where Rob is Manager.
"""
# long: one cast, who they are and how they are made

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vestibule.accounts.realms import PLATFORM
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import (
    AccountId,
    AppId,
    AppMemberId,
    OrganizationId,
    SessionId,
    UserId,
    encode,
)
from vestibule.kernel.secrets import digest
from vestibule.users import actions as users
from vestibule.users.model import ActedFor

PASSWORD = "a quiet lamp by the stairs"
# Of that password, by today's parameters: hashing takes 16 ms, and there is a world in every test.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$HmGY7S4MpXSwOs1qmnpxVQ"
    "$ExJGQgbp3ezLw9eCEuFMnMIKD1bhGp8pghLjCTc/rQw"
)
_MAKE = """
WITH the_account AS (
    INSERT INTO accounts
        (id, realm_id, address, address_canonical, password_hash, password_changed_at)
    VALUES ($1, $2, $3, $3, $4, clock_timestamp())
), the_user AS (
    INSERT INTO users (id, first_name, last_name) VALUES ($1, $5, $6)
)
INSERT INTO sessions (id, realm_id, account_id, token_hash, expires_at)
VALUES ($7, $2, $1, $8, clock_timestamp() + interval '30 days')
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, signed in."""

    id: UserId
    first_name: str
    last_name: str
    email: str
    session_id: SessionId
    token: str
    password: str = PASSWORD

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def public_id(self) -> str:
        return encode("user", self.id)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookies(self) -> dict[str, str]:
        return {"session": self.token}

    @property
    def actor(self) -> Actor:
        return Actor(kind=ActorKind.USER, id=self.id, name=self.name)


@dataclass(frozen=True, slots=True)
class Place:
    """An organization."""

    id: OrganizationId
    name: str
    slug: str

    @property
    def public_id(self) -> str:
        return encode("org", self.id)


@dataclass(frozen=True, slots=True)
class AppPlace:
    """An app of an organization, published."""

    id: AppId
    organization: Place
    name: str
    slug: str

    @property
    def public_id(self) -> str:
        return encode("app", self.id)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an app, signed in there. They are no user."""

    id: AppMemberId
    app: AppPlace
    name: str
    role: str
    email: str
    session_id: SessionId
    token: str
    password: str = field(default=PASSWORD)

    @property
    def public_id(self) -> str:
        return encode("apm", self.id)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookies(self) -> dict[str, str]:
        return {f"session_apps_{self.app.slug}": self.token}

    @property
    def actor(self) -> Actor:
        return Actor(kind=ActorKind.APP_MEMBER, id=self.id, name=self.name)


@dataclass(frozen=True, slots=True)
class Operator:
    """A program of the operator's, or one that says so. It is nobody on any page."""

    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookies(self) -> dict[str, str]:
        return {}


OPERATOR = Operator("what-the-programs-of-the-operator-show")


def _person(number: int, first_name: str, last_name: str) -> Person:
    return Person(
        id=UserId(_id(1, number)),  # type: ignore[arg-type]
        first_name=first_name,
        last_name=last_name,
        email=f"{first_name.lower()}@cast.example.com",
        session_id=SessionId(_id(2, number)),
        token=f"{first_name.lower()}-has-this-token-in-the-tests-alone-0000000000"[:43],
    )


def crew_member(number: int, app: AppPlace, name: str, role: str) -> Member:
    """Make up somebody in an app; `add_app_member` gives them an account."""
    return Member(
        id=AppMemberId(AccountId(_id(4, number))),
        app=app,
        name=name,
        role=role,
        email=f"{name.lower()}@crew.example.com",
        session_id=SessionId(_id(5, number)),
        token=f"{name.lower()}-has-this-token-in-the-tests-alone-0000000000"[:43],
    )


def _id(kind: int, number: int) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{kind:04d}{number:08d}")


ADA = _person(1, "Ada", "Abel")
BO = _person(2, "Bo", "Berg")
CY = _person(3, "Cy", "Cole")
DI = _person(4, "Di", "Dahl")
EVE = _person(5, "Eve", "Eden")
FLO = _person(6, "Flo", "Fern")
ANALYTICAL = Place(OrganizationId(_id(3, 1)), "Analytical", "analytical")
ELSEWHERE = Place(OrganizationId(_id(3, 2)), "Elsewhere", "elsewhere")
SHIFTS = AppPlace(AppId(_id(6, 1)), ANALYTICAL, "Shifts", "shifts")
ROTA = AppPlace(AppId(_id(6, 2)), ELSEWHERE, "Rota", "rota")
BEA = crew_member(1, SHIFTS, "Bea", "Boss")
MIA = crew_member(2, SHIFTS, "Mia", "Manager")
EMIL = crew_member(3, SHIFTS, "Emil", "Employee")
ROB = crew_member(4, ROTA, "Rob", "Manager")


def definition(name: str) -> dict[str, Any]:
    """What the apps of the cast say of their roles."""
    return {
        "name": name,
        "security": {
            "enableSelfRegistration": False,
            "default": {"role": "Manager"},
            "roles": {
                "Boss": {"inherits": ["Manager"], "canInvite": True, "canManage": True},
                "Manager": {"inherits": ["Employee"], "canInvite": True, "canManage": True},
                "Employee": {"description": "Works the shifts"},
            },
        },
    }


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is."""

    ada: Person = ADA
    bo: Person = BO
    cy: Person = CY
    di: Person = DI
    eve: Person = EVE
    flo: Person = FLO
    analytical: Place = ANALYTICAL
    elsewhere: Place = ELSEWHERE
    shifts: AppPlace = SHIFTS
    rota: AppPlace = ROTA
    bea: Member = BEA
    mia: Member = MIA
    emil: Member = EMIL
    rob: Member = ROB

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.ada, self.bo, self.cy, self.di, self.eve, self.flo)

    @property
    def roles(self) -> dict[str, Person]:
        """Who has which role in *Analytical*, by the role's word."""
        return {"owner": self.ada, "admin": self.bo, "manager": self.cy, "viewer": self.di}

    @property
    def crew(self) -> tuple[Member, ...]:
        return (self.bea, self.mia, self.emil, self.rob)


async def make(tx: Transaction) -> World:
    """Make the cast in this transaction."""
    world = World()
    for person in world.people:
        await add_person(tx, person)
    for place in (world.analytical, world.elsewhere):
        await tx.execute(
            "INSERT INTO organizations (id, name, slug) VALUES ($1, $2, $3)",
            place.id,
            place.name,
            place.slug,
        )
    for role, person in world.roles.items():
        await add_member(tx, world.analytical, person, role=role)
    await add_member(tx, world.elsewhere, world.eve, role="owner")
    for app in (world.shifts, world.rota):
        await add_app(tx, app)
    for member in world.crew:
        await add_app_member(tx, member)
    return world


async def calling(reader: Reader, user_id: UserId) -> ActedFor:
    """Give a user as somebody who calls by their own right."""
    return ActedFor(await users.get(reader, user_id))


async def add_app(tx: Transaction, app: AppPlace) -> None:
    """Make an app with a published definition, the draft of which is still there."""
    await tx.execute(
        """
        WITH the_realm AS (INSERT INTO realms (id, kind) VALUES ($1, 'app') RETURNING id),
             the_app AS (
            INSERT INTO apps (id, organization_id, name, slug, version)
            SELECT id, $2, $3, $4, 1 FROM the_realm RETURNING id, organization_id)
        INSERT INTO app_definitions
               (id, app_id, organization_id, version, source, definition, saved_by_kind,
                saved_by_name)
        SELECT overlay(gen_random_uuid()::text placing '01900000-0000-7000' from 1)::uuid, id,
               organization_id, version, $5, $6, 'operator', 'Operator'
          FROM the_app, (VALUES (NULL::integer), (1)) AS each (version)
        """,
        app.id,
        app.organization.id,
        app.name,
        app.slug,
        json.dumps(definition(app.name)),
        definition(app.name),
    )


async def add_app_member(tx: Transaction, member: Member) -> None:
    """Give somebody an account in their app, their role there, and a session."""
    await tx.execute(
        """
        WITH the_account AS (
            INSERT INTO accounts
                (id, realm_id, address, address_canonical, password_hash, password_changed_at)
            VALUES ($1, $2, $3, $3, $4, clock_timestamp())
        ), the_member AS (
            INSERT INTO app_members (id, app_id, organization_id, name) VALUES ($1, $2, $5, $6)
        ), the_role AS (
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            VALUES ($1, $7, $2, $5)
        )
        INSERT INTO sessions (id, realm_id, account_id, token_hash, expires_at)
        VALUES ($8, $2, $1, $9, clock_timestamp() + interval '30 days')
        """,
        member.id,
        member.app.id,
        member.email,
        PASSWORD_HASH,
        member.app.organization.id,
        member.name,
        member.role,
        member.session_id,
        digest("session", member.token),
    )


async def add_person(tx: Transaction, person: Person) -> None:
    """Give somebody an account, a user and a session."""
    await tx.execute(
        _MAKE,
        person.id,
        PLATFORM.id,
        person.email,
        PASSWORD_HASH,
        person.first_name,
        person.last_name,
        person.session_id,
        digest("session", person.token),
    )


async def add_member(tx: Transaction, place: Place, person: Person, *, role: str) -> None:
    """Let somebody into an organization, which becomes their default one."""
    await tx.execute(
        """
        INSERT INTO members (id, organization_id, user_id, role)
        VALUES (gen_random_uuid(), $1, $2, $3)
        """,
        place.id,
        person.id,
        role,
    )
    await tx.execute(
        "UPDATE users SET default_organization_id = $1 WHERE id = $2", place.id, person.id
    )


def stranger(number: int, first_name: str = "Pat") -> Person:
    """Make up one more person, for crowds; `add_person` gives them an account."""
    return _person(100 + number, f"{first_name}{number}", "Park")
