"""What there should be, in plain dictionaries, and who may what there. It knows no database.

Times are hours since the life began. An id is a person's in their realm: a user's (realm None), or
somebody's in one app.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.life.facts import DEFINITIONS, ROLES, RULES

Facts = dict[str, Any]
Code = str | None
WEEK = 7 * 24


@dataclass(slots=True)
class Model:
    """Everything. `accounts`, `organizations`, `apps` and `invitations` are by their ids."""

    now: float = 0.0
    accounts: dict[UUID, Facts] = field(default_factory=dict)
    organizations: dict[UUID, Facts] = field(default_factory=dict)
    apps: dict[UUID, Facts] = field(default_factory=dict)
    invitations: dict[UUID, Facts] = field(default_factory=dict)
    api_keys: dict[UUID, Facts] = field(default_factory=dict)
    keys: list[Facts] = field(default_factory=list)
    dead_links: list[tuple[str, Facts]] = field(default_factory=list)
    is_clearing: bool = False
    cleared_at: float = 0.0

    @property
    def users(self) -> list[UUID]:
        """Who has an account of the platform."""
        return [one for one, facts in self.accounts.items() if facts["realm"] is None]

    @property
    def people(self) -> list[UUID]:
        """Who has an account, but for those in apps whose time there is over."""
        return [one for one in self.accounts if self.is_present(one)]

    def is_present(self, one: UUID) -> bool:
        """Whether the account counts: in an app it does while a role is left."""
        realm = self.accounts[one]["realm"]
        return realm is None or one in self.apps[realm]["members"]

    def account_of(self, realm: UUID | None, address: str) -> UUID | None:
        """Whose account the address is, in the realm."""
        found = self.holder_of(realm, address)
        return found if found is not None and self.is_present(found) else None

    def holder_of(self, realm: UUID | None, address: str) -> UUID | None:
        """Whose account it is, or was until it is cleared away."""
        whose = (realm, address)
        known = self.accounts.items()
        return next((one for one, it in known if (it["realm"], it["address"]) == whose), None)

    def organization_of(self, place: UUID) -> UUID:
        """The organization that the place is, or whose app it is."""
        return self.apps[place]["organization"] if place in self.apps else place

    def permissions(self, organization: UUID, role: str | None) -> frozenset[str]:
        """What a role of the organization allows."""
        own: dict[str, frozenset[str]] = self.organizations[organization]["roles"]
        return (ROLES | own).get(role or "", frozenset())

    def role_of(self, organization: UUID, who: UUID) -> str | None:
        """What the person, or whoever made the API key, is in the organization."""
        key = self.api_keys.get(who)
        if key is not None and key["organization"] != organization:
            return None
        person = key["maker"] if key else who
        role: str | None = self.organizations[organization]["members"].get(person)
        return role

    def rank_of(self, organization: UUID, who: UUID) -> str | None:
        """What they are there, or were until that is cleared away."""
        key = self.api_keys.get(who)
        over: dict[UUID, str] = self.organizations[organization]["over"]
        return self.role_of(organization, who) or over.get(key["maker"] if key else who)

    def is_nobody(self, place: UUID, who: UUID) -> bool:
        """Whether somebody has nothing to do with a place; who was there till yesterday neither."""
        if who in self.api_keys and self.api_keys[who]["app"] not in {None, place}:
            return True
        realm = self.realm_of(who)
        is_outside = self.role_of(self.organization_of(place), who) is None
        return is_outside if realm is None else realm != place

    def allowed(self, organization: UUID, who: UUID) -> frozenset[str]:
        """What the person may in the organization; an API key within its permissions."""
        allowed = self.permissions(organization, self.role_of(organization, who))
        return allowed & self.api_keys[who]["permissions"] if who in self.api_keys else allowed

    def may(self, organization: UUID, who: UUID, permission: str) -> bool:
        """Whether they may that in the organization."""
        return permission in self.allowed(organization, who)

    def may_give(self, organization: UUID, allowed: frozenset[str], role: str) -> bool:
        """The one rule of granting: nothing that one may not do oneself."""
        return "invitations:manage" in allowed and self.permissions(organization, role) <= allowed

    def realm_of(self, who: UUID) -> UUID | None:
        """Which app the person is of; users, and their programs, are of none."""
        realm: UUID | None = self.accounts[who]["realm"] if who in self.accounts else None
        return realm

    def is_own(self, place: UUID, who: UUID | None, account: UUID | None) -> bool:
        """Whether the account is theirs, or whom they continue as; a program is its maker."""
        key = self.api_keys.get(who) if who else None
        person = key["maker"] if key else who
        linked = self.apps[place]["linked"].get(person) if place in self.apps else None
        return account is not None and account in {person, linked}

    def definition(self, app: UUID) -> Facts:
        """The published definition of the app."""
        return DEFINITIONS[self.apps[app]["definition"]]

    def roles_of(self, place: UUID) -> Sequence[str]:
        """Every role that there is in the place."""
        if place in self.apps:
            published = self.apps[place]["definition"]
            known: Sequence[str] = DEFINITIONS[published]["roles"] if published else ()
            return known
        return [*ROLES, *self.organizations[place]["roles"]]

    def reached(self, app: UUID, person: UUID, how: str) -> set[str]:
        """Which roles of the app the person may give, by `invites` or `manages`."""
        if self.apps[app]["definition"] is None:
            return set()
        if self.may(self.apps[app]["organization"], person, "apps:manage"):
            return set(self.roles_of(app))
        return self.reached_by(app, self.apps[app]["members"].get(person, ()), how)

    def reached_by(self, app: UUID, roles: Collection[str], how: str) -> set[str]:
        """Which roles of the app somebody with these roles may give."""
        reaches = self.definition(app)[how]
        return set().union(*(reaches.get(role, ()) for role in roles))

    def grantable(self, place: UUID, person: UUID) -> set[str]:
        """Which roles of the place the person may invite to."""
        if place in self.apps:
            return self.reached(place, person, "invites")
        allowed = self.allowed(place, person)
        return {role for role in self.roles_of(place) if self.may_give(place, allowed, role)}

    def members(self, place: UUID) -> Collection[UUID]:
        """Who is in the place."""
        known = self.apps if place in self.apps else self.organizations
        inside: Collection[UUID] = known[place]["members"]
        return inside

    def taken(self, organization: UUID) -> int:
        """How many seats members and the invited have."""
        invited = [self.invitations[one] for one in self.pending(place=organization)]
        return len(self.members(organization)) + sum(not self.is_expired(it) for it in invited)

    def default_role(self, place: UUID) -> str:
        """The role of an invitation that names none."""
        if place in self.apps:
            return str(self.definition(place)["default"]) if self.roles_of(place) else "viewer"
        return str(self.organizations[place]["rules"]["default"])

    def rules(self, place: UUID) -> Facts:
        """Who comes in: an organization's rules are its own, and not its apps'."""
        facts: Facts = RULES if place in self.apps else self.organizations[place]["rules"]
        return facts

    def takes(self, place: UUID, address: str) -> bool:
        """Whether the place takes addresses of that domain."""
        domains = self.rules(place)["domains"]
        return not domains or address.rpartition("@")[2] in domains

    def has(self, place: UUID, address: str, role: str) -> bool:
        """Whether whoever has the address is in the place, in an app with that very role."""
        if place in self.apps:
            member = self.account_of(place, address)
            return role in self.apps[place]["members"].get(member, ())
        return self.account_of(None, address) in self.organizations[place]["members"]

    def pending(self, **facts: object) -> Iterator[UUID]:
        """The pending invitations of which that is so, expired ones too."""
        for one, invitation in self.invitations.items():
            wanted = {"state": "pending", **facts}
            if all(invitation[name] == value for name, value in wanted.items()):
                yield one

    def let_in(self, one: UUID, *, realm: UUID | None, address: str, password: bool = True) -> None:
        """Write down an account that was made."""
        facts: Facts = {"realm": realm, "address": address, "password": password}
        self.accounts[one] = facts | {"sessions": set()}

    def forget(self, person: UUID, states: Collection[str]) -> None:
        """Take an account out, with its keys, what it came in by, and what names its address.

        Of the last, what was closed and is in these states.
        """
        gone = self.accounts.pop(person)
        realm, address = gone["realm"], gone["address"]
        self.forget_keys(realm, str(person), address)
        for one, facts in list(self.invitations.items()):
            app = facts["place"] if facts["place"] in self.apps else None
            is_naming = (app, facts["address"]) == (realm, address) and facts["state"] in states
            if is_naming:
                del self.invitations[one]
        # Some of these may have gone with it; nobody asks for the rest.
        self.dead_links = [one for one in self.dead_links if one[1]["address"] != address]
        self.forget_person(person)

    def forget_person(self, person: UUID) -> None:
        """Take out what somebody came in by who is gone, and their name off what they sent."""
        self.dead_links = [one for one in self.dead_links if one[1]["accepted_by"] != person]
        for one, facts in list(self.invitations.items()):
            if facts["accepted_by"] == person:
                del self.invitations[one]
            elif facts["by"][1] == person:
                facts["by"] = (facts["by"][0], None)

    def ending(self, at: float | None) -> Facts | None:
        """Write until when something lasts, and whether people know: of a week they do at once."""
        return None if at is None else {"at": at, "told": at <= self.now + WEEK}

    def is_over(self, end: Facts | None) -> bool:
        """Whether that is past."""
        return end is not None and end["at"] <= self.now

    def revoke(self, **facts: object) -> None:
        """Close the pending invitations of which that is so."""
        for one in list(self.pending(**facts)):
            self.close(self.invitations[one], "revoked")

    def forget_keys(self, realm: UUID | None, *subjects: str) -> None:
        """Take out the keys that were mailed for any of these in the realm."""
        for key in self.keys:
            if key["realm"] == realm and key["subject"] in subjects:
                key["state"] = "gone"

    def close(self, invitation: Facts, state: str) -> None:
        """Write down that it is over."""
        invitation |= {"state": state, "closed": self.now}

    def is_expired(self, invitation: Facts) -> bool:
        """Whether its time is over."""
        is_late: bool = invitation["expires"] <= self.now
        return invitation["state"] == "pending" and is_late

    def is_entitled(self, invitation: Facts) -> bool:
        """Whether whoever invited may grant the role now."""
        kind, sender = invitation["by"]
        if kind == "operator":
            return invitation["role"] in self.roles_of(invitation["place"])
        return invitation["role"] in self.grantable(invitation["place"], sender)

    def is_full(self, organization: UUID, *, taking: int = 1) -> bool:
        """Whether so many more would be too many."""
        facts = self.organizations[organization]
        if facts["limit"] is None:
            return False
        return self.taken(organization) + taking > int(facts["limit"])

    def seen(self) -> set[tuple[str, UUID | None, UUID | None, tuple[str | None, ...]]]:
        """All of it, in the words of the look at the database: without a fault."""
        found: set[Any] = set()
        for one, facts in self.organizations.items():
            found |= {("member", one, who, (role,)) for who, role in facts["members"].items()}
        for one, facts in self.apps.items():
            for who, roles in facts["members"].items():
                found |= {("role", one, who, (role,)) for role in roles}
        for one in self.people:
            facts = self.accounts[one]
            found.add(("account", one, facts["realm"], (facts["address"],)))
            if facts["sessions"]:
                found.add(("session", one, None, (str(len(facts["sessions"])),)))
        return found | {("pending", one, *self._told(one)) for one in self.pending()}

    def _told(self, one: UUID) -> tuple[UUID, tuple[str | None, ...]]:
        facts = self.invitations[one]
        kind, sender = facts["by"]
        is_open = "expired" if self.is_expired(facts) else "open"
        said = (facts["role"], facts["address"], kind, str(sender) if sender else None)
        return facts["place"], (*said, str(len(facts["keys"])), is_open)


def put(ends: dict[Any, Facts], what: UUID | str, end: Facts | None) -> None:
    """Write down an end, or that there is none."""
    ends.pop(what, None)
    if end is not None:
        ends[what] = end


def first(*cases: tuple[bool, str]) -> Code:
    """Give the code of the first of these that is so: what is asked first is told first."""
    return next((code for holds, code in cases if holds), None)
