"""The boxes of forms: what is sent of one that is ticked, and of one that is not."""

from collections.abc import Mapping

# What a browser sends of a box that its page gives no value. Of one that is not ticked: nothing.
TICKED = "on"


def is_ticked(form: Mapping[str, str], name: str) -> bool:
    """Tell whether a box is ticked. What no page of ours sends (`0`, `false`) ticks none."""
    return form[name] == TICKED
