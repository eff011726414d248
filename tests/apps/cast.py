"""Who calls on the apps of these tests, and the texts that they publish."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from typing import Any

from tests.world import Member, Person, World, calling
from vestibule.apps import actions as apps
from vestibule.apps import drafting, making
from vestibule.apps.code_model import Return
from vestibule.apps.model import App, AppMember, AppSeat, NewApp, SignedInMember
from vestibule.audit.model import Actor, ActorKind
from vestibule.definitions.actions import read
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppId
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Seat
from vestibule.users import actions as users
from vestibule.users.model import SignedIn

ORIGIN = Actor(kind=ActorKind.KEY_HOLDER, network="192.0.2.7", user_agent="Tests/1.0")
SOURCE = """\
name: Shift planner
security:
  default:
    role: Worker
  roles:
    Zeppelin:
      inherits: [Worker]
      canInvite: true
    Worker: {}
    Auditor: {}
"""
BACK = "https://shifts.example.com/back"
VERIFIER = "v" * 50
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = Return(redirect_url=BACK, state="xyz", challenge=CHALLENGE)


@dataclass(frozen=True, slots=True)
class Stage:
    """A transaction, the cast in it, and what they do with apps."""

    tx: Transaction
    world: World = field(repr=False)

    async def user(self, person: Person) -> SignedIn:
        user = await users.get(self.tx, person.id)
        return SignedIn(user=user, session_id=person.session_id)

    async def member(self, member: Member) -> SignedInMember:
        found = await apps.get_member(self.tx, member.app.id, member.id)
        return SignedInMember(member=found, session_id=member.session_id)

    async def caller(self, name: str) -> Any:  # noqa: ANN401  a user, or a member of an app
        """Somebody of the cast, signed in."""
        somebody = getattr(self.world, name)
        if isinstance(somebody, Member):
            return await self.member(somebody)
        return await self.user(somebody)

    async def place(self, person: Person | None = None) -> Seat:
        """*Analytical*, held to make an app in it."""
        who = person or self.world.ada
        return await organizations.lock_for_managing_apps(
            self.tx, await calling(self.tx, who.id), "analytical"
        )

    async def make(self, name: str = "Shift planner", slug: str | None = None) -> App:
        """An app of Ada's, which nobody has published."""
        new = NewApp(name=name, slug=slug)
        return await making.make(self.tx, await self.place(), new, by=self.world.ada.actor)

    async def seat(self, reference: str, person: Person | None = None) -> AppSeat:
        """The app, held to be changed."""
        caller = await self.user(person or self.world.ada)
        return await apps.lock_for_managing(self.tx, caller, reference)

    async def publish(
        self, app: App, source: str = SOURCE, *, by: Person | None = None
    ) -> tuple[App, AppMember | None]:
        """Save and publish; at first, let in who does. Gives the app, and the member made."""
        person = by or self.world.ada
        seat = await self.seat(app.slug, person)
        definition = read(source, is_json=False)
        draft = await drafting.save(self.tx, seat, definition, source=source, by=person.actor)
        published = await drafting.publish(self.tx, seat, draft, by=person.actor)
        if seat.app.version is not None:
            return published, None
        user = (await self.user(person)).user
        member = await drafting.let_publisher_in(
            self.tx, published, definition, user, by=person.actor
        )
        return published, member

    async def register_redirect(self, app_id: AppId, url: str = BACK) -> None:
        """Have the app name where people may be led back to."""
        await self.tx.execute(
            "UPDATE apps SET redirect_urls = array[$2] WHERE id = $1", app_id, url
        )

    async def open(self, app_id: AppId, *, is_open: bool = True) -> None:
        """Open the app to everybody, or close it, without a new version."""
        await self.tx.execute(
            """
            UPDATE app_definitions SET definition = jsonb_set(definition::jsonb,
                   '{security,enableSelfRegistration}', to_jsonb($2::boolean))::json
             WHERE app_id = $1
            """,
            app_id,
            is_open,
        )

    async def events(self) -> list[str]:
        """What the trail tells, oldest first."""
        rows = await self.tx.fetch_all("SELECT event FROM audit ORDER BY at, id")
        return [row["event"] for row in rows]

    async def count(self, table: str) -> int:
        return int(await self.tx.fetch_value(f"SELECT count(*) FROM {table}"))


def elsewhere(member: AppMember, **changes: Any) -> AppMember:  # noqa: ANN401
    """The same member, with something else about them."""
    return replace(member, **changes)
