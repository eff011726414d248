"""Folding the trail: who is a member of what, as the entries alone tell it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vestibule.kernel.database import Reader

ENTRIES = """
SELECT event, organization_id, subject_id, details FROM audit
 WHERE organization_id = ANY ($1) ORDER BY at, id
"""
MEMBERS = "SELECT organization_id, user_id, role FROM members WHERE organization_id = ANY ($1)"
APP_MEMBERS = """
SELECT app_id, app_member_id, array_agg(role) AS roles FROM app_member_roles
 WHERE organization_id = ANY ($1) GROUP BY app_id, app_member_id
"""
Entry = Mapping[str, Any]


@dataclass(slots=True)
class Memberships:
    """The role of each user by organization, and the roles of each app member by app."""

    organizations: dict[tuple[UUID, UUID], str] = field(default_factory=dict)
    apps: dict[tuple[UUID, UUID], frozenset[str]] = field(default_factory=dict)

    def tell(self, entry: Entry) -> None:
        """Take in what one more entry says."""
        details = entry["details"]
        if entry["event"] in {"organization.deleted", "app.deleted"}:
            self._close(entry)
        elif entry["event"].startswith("app_member.") or "app" in details:
            self._tell_of_app(entry, UUID(details["app"]), details)
        else:
            self._tell_of_organization(entry, entry["organization_id"], details)

    def _tell_of_organization(self, entry: Entry, where: UUID, details: Mapping[str, Any]) -> None:
        match entry["event"]:
            case "organization.founded":
                self.organizations[where, UUID(details["owner"])] = "owner"
            case "invitation.accepted":
                self.organizations[where, UUID(details["account"])] = details["role"]
            case "member.added":
                self.organizations[where, entry["subject_id"]] = details["role"]
            case "member.role_changed":
                assert self.organizations[where, entry["subject_id"]] == details["before"]
                self.organizations[where, entry["subject_id"]] = details["after"]
            case "member.left" | "member.removed" | "member.ended":
                assert self.organizations.pop((where, entry["subject_id"])) == details["role"]
            case _:
                pass

    def _tell_of_app(self, entry: Entry, where: UUID, details: Mapping[str, Any]) -> None:
        who = (where, entry["subject_id"])
        match entry["event"]:
            case "invitation.accepted":
                who = (where, UUID(details["account"]))
                self.apps[who] = self.apps.get(who, frozenset()) | {details["role"]}
            case "app_member.joined":
                self.apps[who] = self.apps.get(who, frozenset()) | {details["role"]}
            case "app_member.roles_changed":
                assert self.apps[who] == frozenset(details["before"])
                self.apps[who] = frozenset(details["after"])
            case "app_member.roles_moved":
                moved = details["roles"]
                self.apps[who] = frozenset(moved.get(role, role) for role in self.apps[who])
            case "app_member.left" | "app_member.removed" | "app_member.ended":
                assert self.apps.pop(who) == frozenset(details["roles"])
            case _:
                pass

    def _close(self, entry: Entry) -> None:
        """Let everybody go from an organization or app that is no more."""
        gone = entry["subject_id"]
        for place in (self.organizations, self.apps):
            for who in [who for who in place if who[0] == gone]:
                del place[who]


def fold(entries: Iterable[Entry]) -> Memberships:
    """Give the memberships that these entries, in order, lead to."""
    memberships = Memberships()
    for entry in entries:
        memberships.tell(entry)
    return memberships


async def told(reader: Reader, organization_ids: list[UUID]) -> Memberships:
    """Give what the trails of these organizations tell."""
    return fold(await reader.fetch_all(ENTRIES, organization_ids))


async def present(reader: Reader, organization_ids: list[UUID]) -> Memberships:
    """Give what there is."""
    members = await reader.fetch_all(MEMBERS, organization_ids)
    app_members = await reader.fetch_all(APP_MEMBERS, organization_ids)
    return Memberships(
        organizations={(row["organization_id"], row["user_id"]): row["role"] for row in members},
        apps={
            (row["app_id"], row["app_member_id"]): frozenset(row["roles"]) for row in app_members
        },
    )
