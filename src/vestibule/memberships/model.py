"""What changes of memberships refuse, and what they have moved. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.apps.model import App
from vestibule.apps.tie_model import Tie
from vestibule.invitations.departure_model import SentInvitations
from vestibule.kernel.errors import Conflict
from vestibule.kernel.i18n import gettext, mark, ngettext
from vestibule.kernel.ids import AppMemberId, UserId
from vestibule.organizations.model import NotPermitted, RoleNotAllowed, Seat

MOST_TOLD = 5


class NobodyChangesThemselves(NotPermitted):
    """Somebody would change or remove themselves. Is `not_permitted`."""

    sentence = mark("You cannot change yourself: leave, or ask somebody else who may.")

    @classmethod
    def code(cls) -> str:
        """Give the code of what a role does not allow."""
        return NotPermitted.code()


class OwnersHandOver(NobodyChangesThemselves):
    """The same, of an owner: there is a way to be less."""

    sentence = mark("You cannot change yourself: leave, or hand over.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUse:
    """How many have a role: members, and pending invitations, expired ones too.

    `is_default`: who is invited without a word about their role gets it.
    """

    role: str
    members: int
    invitations: int
    is_default: bool = False

    @property
    def is_any(self) -> bool:
        """Tell whether something must become of it before the role can go."""
        return bool(self.members or self.invitations or self.is_default)

    def explain(self) -> str:
        """Say it: "2 members and 1 open invitation have the role Employee."."""
        said = [self._count()] if self.members or self.invitations else []
        if self.is_default:
            sentence = gettext("{role} is what people are invited as by default.")
            said.append(sentence.format(role=self.role))
        return " ".join(said)

    def _count(self) -> str:
        members = ngettext("{count} member", "{count} members", self.members)
        invitations = ngettext(
            "{count} open invitation", "{count} open invitations", self.invitations
        )
        facts = {
            "members": members.format(count=self.members),
            "invitations": invitations.format(count=self.invitations),
            "role": self.role,
        }
        return self._sentence().format(**facts)

    def _sentence(self) -> str:
        if self.members and self.invitations:
            return gettext("{members} and {invitations} have the role {role}.")
        if self.members:
            return ngettext(
                "{members} has the role {role}.", "{members} have the role {role}.", self.members
            )
        return ngettext(
            "{invitations} has the role {role}.",
            "{invitations} have the role {role}.",
            self.invitations,
        )


class RoleInUse(Conflict):
    """A role would go that members or pending invitations have, and it is not said for what.

    A publish drops it, or an organization deletes it. `uses` are the roles that nothing was said
    of, or all of those that would go and are in use.
    """

    sentence = mark("Somebody has a role that would go. Say what becomes of them.")

    def __init__(self, uses: Sequence[RoleUse] = ()) -> None:
        super().__init__()
        self.uses = tuple(uses)

    def explain(self) -> str:
        """Give the numbers of each role, and what to do, in the reader's language."""
        if not self.uses:
            return super().explain()
        said = [use.explain() for use in self.uses[:MOST_TOLD]]
        rest = len(self.uses) - len(said)
        if rest:
            more = ngettext("And {count} more role.", "And {count} more roles.", rest)
            said.append(more.format(count=rest))
        return " ".join([*said, gettext("Say what becomes of them.")])


class RoleBeyondReach(RoleNotAllowed):
    """Somebody would give or take a role that is not theirs to manage. Is `role_not_allowed`."""

    sentence = mark("The role {role} is not yours to give or to take away. Ask somebody who may.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every role that one may not grant."""
        return RoleNotAllowed.code()


class MemberBeyondReach(RoleNotAllowed):
    """Somebody would change or remove a member of their own rank. Is `role_not_allowed`."""

    sentence = mark("Your role does not let you change or remove this member. Ask an owner.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every role that one may not give or take."""
        return RoleNotAllowed.code()


class RoleChanged(Conflict):
    """A member has another role than the one that was looked at before changing it."""

    sentence = mark("Somebody else changed this role meanwhile: it is {role} now. Look again.")


class PermissionsChanged(RoleChanged):
    """A role allows something else than when it was looked at. Is `role_changed`."""

    sentence = mark("Somebody else changed this role meanwhile. Look again.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every role that is not what somebody saw."""
        return RoleChanged.code()


class LastOwner(Conflict):
    """The only owner would go, or be less: an organization always has one."""

    sentence = mark(
        "An organization needs an owner, and there is no other. Hand it over to a member first."
    )


class OnlyOwnerOf(LastOwner):
    """Somebody would delete their account who alone owns organizations. Is `last_owner`."""

    sentence = mark("You are the only owner of {names}. Hand over or delete what you own first.")

    @classmethod
    def code(cls) -> str:
        """Give the code of every last owner."""
        return LastOwner.code()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRole:
    """Which role a member of an organization shall have, by name.

    `expected`: what they were when people looked; `found`: when the request came.
    """

    user_id: UserId
    role: str
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleShape:
    """What a role of an organization's own shall allow. `expected`: what it did when seen."""

    role: str
    permissions: Sequence[str]
    expected: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeletion:
    """Which role of an organization shall go, and which one comes in its place, if any."""

    role: str
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Who shall be removed from an organization, and what becomes of what they sent.

    `expected`: what they were when seen.
    """

    user_id: UserId
    sent: SentInvitations = SentInvitations.REVOKE
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who hands the organization over to whom, and whether they leave with that."""

    giver: UserId
    heir: UserId
    leaves: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What deleting an account takes along, and what stands in its way: what nobody else owns.

    `apps`: where they are somebody as well. Who has a password of their own there stays.
    """

    left: Sequence[Seat]
    in_the_way: Sequence[Seat]
    pending_invitations: int
    apps: Sequence[Tie]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """Which roles a member shall have: all. `found`: what they had when the request came."""

    member_id: AppMemberId
    roles: Sequence[str]
    found: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class NewEnd:
    """Until when somebody shall be a member of an organization; None: for good."""

    user_id: UserId
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What shall be different about a member of an organization. None: as it is."""

    user_id: UserId
    role: NewRole | None = None
    end: NewEnd | None = None


@dataclass(frozen=True, slots=True)
class NewAppEnd:
    """Until when a member of an app shall have their roles; None: for good."""

    member_id: AppMemberId
    until: datetime | None


@dataclass(frozen=True, slots=True)
class AppMemberChange:
    """What shall be different about a member of an app. None: as it is."""

    member_id: AppMemberId
    roles: RoleChange | None = None
    end: NewAppEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A role that is no more, the one that came for it, and how many that concerned."""

    role: str
    to: str
    members: int
    invitations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An app as it is after a publish. Not new: the draft was what counts already."""

    app: App
    is_new: bool
    moves: tuple[Move, ...] = ()
