"""A security definition to begin with: what a new app's page shows before anything is written."""

import json

from vestibule.kernel.i18n import gettext

_EXAMPLE = """\
name: {name}
security:
  enableSelfRegistration: false
  default:
    role: {manager}
  roles:
    {manager}:
      description: {manages}
      inherits: [{member}]
      canInvite: true
      canManage: true
    {member}:
      description: {belongs}
"""


def example_for(name: str) -> str:
    """Write it for an app of this name, in YAML."""
    return _EXAMPLE.format(
        name=_quoted(name),
        manager=gettext("Manager"),
        manages=_quoted(gettext("Invites people, and looks after the members")),
        member=gettext("Member"),
        belongs=_quoted(gettext("Uses the app")),
    )


def _quoted(text: str) -> str:
    """Write a text as YAML reads it, whatever is in it: JSON's quotes are YAML's too."""
    return json.dumps(text, ensure_ascii=False)
