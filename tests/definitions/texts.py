"""Definitions to begin from: one that is sound, and what a text is told to be wrong."""

from typing import Any

import pytest

from vestibule.definitions.actions import read
from vestibule.definitions.model import DefinitionFault, InvalidDefinition

SOUND = """\
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
      canManage: [Employee]
    Employee:
      description: Works the shifts
"""


def with_roles(roles: str, *, default: str = "{role: A}", registration: str = "false") -> str:
    """A definition of these roles; each begins on its own line, the first on line 6."""
    indented = "".join(f"    {line}\n" for line in roles.splitlines())
    return (
        "name: App\nsecurity:\n"
        f"  enableSelfRegistration: {registration}\n"
        f"  default: {default}\n"
        f"  roles:\n{indented}"
    )


def document(**security: Any) -> dict[str, Any]:  # noqa: ANN401
    """The same as JSON, with some of `security` in other words."""
    return {
        "name": "App",
        "security": {"default": {"role": "A"}, "roles": {"A": {}}} | security,
    }


def faults(text: str | bytes, *, is_json: bool = False) -> tuple[DefinitionFault, ...]:
    """All that is wrong with a text."""
    with pytest.raises(InvalidDefinition) as caught:
        read(text, is_json=is_json)
    return caught.value.faults


def found(text: str | bytes, *, is_json: bool = False) -> list[tuple[str, str, int | None]]:
    """Where, what and on which line, for each fault."""
    return [(each.path, each.code, each.line) for each in faults(text, is_json=is_json)]
