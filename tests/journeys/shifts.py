"""The app of the second seed in a town: its definition, who develops it, and who comes in.

Roles Manager (the default) and Employee, and registration closed: the seed's preconditions.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from tests.journeys.town import Citizen, Town, key_in

SEED = """\
name: Shift planner
security:
  enableSelfRegistration: false
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
OPEN = SEED.replace("enableSelfRegistration: false", "enableSelfRegistration: true").replace(
    "role: Manager", "role: Employee"
)
# Not what people have on the platform: each realm has passwords of its own.
APP_PASSWORD = "umbrella over seven shifts"


@dataclass(frozen=True, slots=True)
class Shifts:
    """A published app of Ada's organization. She has her member there, without a password."""

    town: Town
    ada: Citizen
    acme: dict[str, Any]
    app: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.app["name"])

    @property
    def home(self) -> str:
        """The path of the app's own pages."""
        return f"/apps/{self.app['slug']}"

    @property
    def studio(self) -> str:
        """The path of its pages in the studio."""
        return f"/organizations/{self.acme['slug']}/apps/{self.app['slug']}"

    async def invite(
        self, email: str, *, role: str = "Employee", by: Citizen | None = None
    ) -> tuple[dict[str, Any], str]:
        """Invite somebody. Gives the invitation, and the link in their mail."""
        return await self.town.invite(by or self.ada, self.app, email, role=role)

    async def join(self, email: str, *, role: str = "Employee", name: str = "") -> Citizen:
        """Have somebody invited, and accept by the API. Gives the member, signed in."""
        _, link = await self.invite(email, role=role)
        account = {"password": APP_PASSWORD, **({"name": name} if name else {})}
        body = {"key": key_in(link), "account": account}
        accepted = await self.town.expect(200, "POST", "/invitations/accept", body)
        return Citizen(email, name or email, "", accepted["session"]["token"], APP_PASSWORD)

    async def members(self) -> dict[str, dict[str, Any]]:
        """The members, by address."""
        path = f"/apps/{self.app['id']}/members"
        found = await self.town.expect(200, "GET", path, by=self.ada)
        return {each["email"]: each for each in found["data"]}

    async def change(self, invitation: dict[str, Any], verb: str) -> None:
        """Revoke or resend an invitation."""
        path = f"/apps/{self.app['id']}/invitations/{invitation['id']}/{verb}"
        await self.town.expect(200, "POST", path, by=self.ada)

    async def put_definition(self, source: str) -> None:
        """Keep this as the draft."""
        await self.town.write(self.app, source, by=self.ada)

    async def publish(self, source: str) -> None:
        """Make this count."""
        await self.put_definition(source)
        await self.town.expect(200, "POST", f"/apps/{self.app['id']}/publish", {}, by=self.ada)

    async def set(self, **settings: object) -> None:
        """Change what is set about the app."""
        await self.town.expect(200, "PATCH", f"/apps/{self.app['id']}", settings, by=self.ada)


async def open_shop(town: Town, *, definition: str = SEED, name: str = "Ada Abel") -> Shifts:
    """Have a developer sign up, found an organization, make the app and publish it."""
    ada = await town.sign_up(name)
    acme = await town.found(ada)
    return await open_another(town, ada, acme, definition=definition)


async def open_another(
    town: Town, ada: Citizen, acme: dict[str, Any], *, definition: str = SEED
) -> Shifts:
    """Make an app in the organization, and publish it."""
    name = yaml.safe_load(definition)["name"]
    path = f"/organizations/{acme['id']}/apps"
    app = await town.expect(201, "POST", path, {"name": name}, by=ada)
    shop = Shifts(town, ada, acme, app)
    await shop.publish(definition)
    return shop


async def count_users(town: Town) -> int:
    """Count the users, by SQL: nobody in an app need be one."""
    return int(await town.database.fetchval("SELECT count(*) FROM users"))


async def user_of(town: Town, email: str) -> object:
    """Give the id of the user of this address, if there is one, by SQL."""
    return await town.database.fetchval(
        "SELECT users.id FROM users JOIN accounts USING (id) WHERE accounts.address_canonical = $1",
        email,
    )
