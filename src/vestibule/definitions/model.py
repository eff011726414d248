"""What an app says of its roles and rules: its security definition, once it is known to be sound.

Pure. How a text becomes one stands in `actions`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestibule.kernel.errors import FieldError, InvalidField
from vestibule.kernel.i18n import gettext, mark

# Whom a role may invite, or manage: true is its own role and those that it inherits; else these.
Reach = bool | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role of an app, as it is written."""

    name: str
    description: str | None = None
    inherits: tuple[str, ...] = ()
    can_invite: Reach = False
    can_manage: Reach = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A sound security definition: every role that it names is there, and none inherits itself.

    `default_may_invite` and `default_may_manage` confirm that whoever registers by themselves may.
    """

    name: str
    description: str | None = None
    enable_self_registration: bool = False
    default_role: str
    default_may_invite: bool = False
    default_may_manage: bool = False
    roles: Mapping[str, Role]  # in the order written

    def held_by(self, roles: Iterable[str]) -> frozenset[str]:
        """Give these roles and all that they inherit. A role that no longer exists holds none."""
        held: set[str] = set()
        waiting = [name for name in roles if name in self.roles]
        while waiting:
            name = waiting.pop()
            if name not in held:
                held.add(name)
                waiting.extend(each for each in self.roles[name].inherits if each in self.roles)
        return frozenset(held)

    def invitable_by(self, roles: Iterable[str]) -> frozenset[str]:
        """Give the roles that somebody with these may invite to: an inherited right is a right."""
        held = self.held_by(roles)
        return self._reached((name, self.roles[name].can_invite) for name in held)

    def manageable_by(self, roles: Iterable[str]) -> frozenset[str]:
        """Give the roles that somebody with these may give and take, and whose members remove."""
        held = self.held_by(roles)
        return self._reached((name, self.roles[name].can_manage) for name in held)

    def may_invite(self, roles: Iterable[str]) -> bool:
        """Tell whether somebody with these roles may invite to any."""
        return bool(self.invitable_by(roles))

    def may_manage(self, roles: Iterable[str]) -> bool:
        """Tell whether somebody with these roles may manage the members of any."""
        return bool(self.manageable_by(roles))

    def to_json(self) -> dict[str, Any]:
        """Give the definition in the words of the text: what is kept, shown, and what `read` takes.

        The order of the roles means something: it is kept as `json`, for `jsonb` sorts keys.
        """
        default = {
            "role": self.default_role,
            **_if_true("mayInvite", self.default_may_invite),
            **_if_true("mayManage", self.default_may_manage),
        }
        return {
            "name": self.name,
            **_if_said("description", self.description),
            "security": {
                "enableSelfRegistration": self.enable_self_registration,
                "default": default,
                "roles": {name: _role_to_json(role) for name, role in self.roles.items()},
            },
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Definition":
        """Read what `to_json` gave. It was checked, and is not checked again."""
        security = kept["security"]
        default, roles = security["default"], security["roles"]
        return cls(
            name=kept["name"],
            description=kept.get("description"),
            enable_self_registration=security.get("enableSelfRegistration", False),
            default_role=default["role"],
            default_may_invite=default.get("mayInvite", False),
            default_may_manage=default.get("mayManage", False),
            roles={name: _role_from_json(name, role or {}) for name, role in roles.items()},
        )

    def _reached(self, reaches: Iterable[tuple[str, Reach]]) -> frozenset[str]:
        reached: set[str] = set()
        for name, reach in reaches:
            if isinstance(reach, tuple):
                reached.update(each for each in reach if each in self.roles)
            elif reach:
                reached |= self.held_by([name])
        return frozenset(reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionFault:
    """One thing to put right. `line` counts from 1; None where the text has no lines to name."""

    path: str  # dotted: `security.roles.Manager.inherits.0`; "" is the whole
    code: str
    message: str
    line: int | None = None


class InvalidDefinition(InvalidField):
    """The text is no sound security definition.

    Carries every fault, up to a limit; `count` is how many there are. Answers `invalid_request`.
    """

    sentence = mark("The definition has faults. Put right what is listed, and send it again.")
    long_sentence = mark(
        "The definition has {count} faults; the first {listed} are listed. "
        "Put them right, and send it again."
    )

    def __init__(self, faults: Sequence[DefinitionFault], *, count: int | None = None) -> None:
        self.faults = tuple(faults)
        self.count = len(self.faults) if count is None else count
        super().__init__(count=self.count, listed=len(self.faults))

    @property
    def errors(self) -> list[FieldError]:
        """List every fault, as an answer of the API shows it."""
        return [
            FieldError(path=each.path, code=each.code, message=each.message) for each in self.faults
        ]

    def explain(self) -> str:
        """Give the sentence in the reader's language; it says so when not all are listed."""
        if self.count > len(self.faults):
            return gettext(self.long_sentence).format(**self.facts)
        return super().explain()


def _role_to_json(role: Role) -> dict[str, Any]:
    return {
        **_if_said("description", role.description),
        **({"inherits": list(role.inherits)} if role.inherits else {}),
        **_reach_to_json("canInvite", role.can_invite),
        **_reach_to_json("canManage", role.can_manage),
    }


def _role_from_json(name: str, written: Mapping[str, Any]) -> Role:
    return Role(
        name=name,
        description=written.get("description"),
        inherits=tuple(written.get("inherits", ())),
        can_invite=_reach_from_json(written.get("canInvite", False)),
        can_manage=_reach_from_json(written.get("canManage", False)),
    )


def _reach_to_json(key: str, reach: Reach) -> dict[str, Any]:
    if not reach:
        return {}
    return {key: list(reach) if isinstance(reach, tuple) else True}


def _reach_from_json(written: bool | list[str]) -> Reach:  # noqa: FBT001
    return (tuple(written) or False) if isinstance(written, list) else written


def _if_said(key: str, text: str | None) -> dict[str, str]:
    return {key: text} if text else {}


def _if_true(key: str, fact: bool) -> dict[str, bool]:  # noqa: FBT001
    return {key: True} if fact else {}
