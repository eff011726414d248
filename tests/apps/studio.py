"""An app of *Analytical*, *Planner*, as its pages in the studio find it."""

from dataclasses import dataclass, field

from tests.client import Client
from tests.world import Person, World, calling
from vestibule.apps import actions as apps
from vestibule.apps import drafting, making
from vestibule.apps.model import App, NewApp
from vestibule.definitions.actions import read
from vestibule.kernel.database import Database
from vestibule.memberships import publishing
from vestibule.organizations import actions as organizations
from vestibule.users import actions as users
from vestibule.users.model import SignedIn

APPS = "/organizations/analytical/apps"
PLANNER = f"{APPS}/planner"
SOURCE = """\
name: Planner
security:
  default:
    role: Manager
  roles:
    Manager:
      description: Plans the shifts
      inherits: [Employee]
      canInvite: true
      canManage: true
    Employee:
      description: Works the shifts
"""
RENAMED = SOURCE.replace("Employee", "Worker")


@dataclass(frozen=True, slots=True)
class Studio:
    """The app, with what was committed about it. Ada makes and publishes it."""

    database: Database = field(repr=False)
    world: World

    async def make(self, name: str = "Planner", *, slug: str = "planner") -> App:
        ada = self.world.ada
        async with self.database.transaction() as tx:
            seat = await organizations.lock_for_managing_apps(
                tx, await calling(tx, ada.id), "analytical"
            )
            return await making.make(tx, seat, NewApp(name=name, slug=slug), by=ada.actor)

    async def save(self, source: str = SOURCE) -> None:
        """Save a draft."""
        ada = self.world.ada
        async with self.database.transaction() as tx:
            seat = await apps.lock_for_managing(tx, await self._user(ada), "planner")
            definition = read(source, is_json=False)
            await drafting.save(tx, seat, definition, source=source, by=ada.actor)

    async def publish(self, source: str = SOURCE, **roles: str) -> None:
        """Save it, and publish it."""
        await self.save(source)
        ada = self.world.ada
        async with self.database.transaction() as tx:
            user = await self._user(ada)
            seat = await apps.lock_for_managing(tx, user, "planner")
            await publishing.publish(tx, seat, roles, user=user.user, by=ada.actor)

    async def find(self, slug: str = "planner") -> App:
        async with self.database.reader() as reader:
            return (await apps.get_by_reference(reader, slug)).app

    async def draft(self) -> str:
        async with self.database.reader() as reader:
            app = (await apps.get_by_reference(reader, "planner")).app
            return (await drafting.get_draft(reader, app.id)).source

    async def _user(self, person: Person) -> SignedIn:
        async with self.database.reader() as reader:
            user = await users.get(reader, person.id)
        return SignedIn(user=user, session_id=person.session_id)


async def page(client: Client, path: str) -> str:
    """Give a page that must be there."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text
