"""A definition's text in JSON, as a tree. Its values have no lines; its faults of syntax do."""

import json
from typing import Any

from vestibule.definitions.findings_model import FaultCode, Findings
from vestibule.definitions.tree import Number, Tree, Unreadable, Value, too_deep
from vestibule.kernel.i18n import gettext as _


class _Pairs(list[tuple[str, Any]]):
    """An object with all its keys, doubled ones too."""


def read(text: str, findings: Findings) -> Value:
    """Give the tree of the text. Raises Unreadable; then the findings say why."""
    tree = Tree(findings)
    try:
        written = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_int=Number,
            parse_float=Number,
            parse_constant=Number,
        )
    except json.JSONDecodeError as fault:
        sentence = _("This cannot be read as JSON. Look at the commas, the quotes and the braces.")
        findings.add((), FaultCode.SYNTAX_ERROR, sentence, line=fault.lineno)
        raise Unreadable from fault
    except RecursionError as fault:
        findings.add((), FaultCode.TOO_DEEP, too_deep())
        raise Unreadable from fault
    _plant(written, tree)
    return tree.root


def _plant(value: Any, tree: Tree) -> None:  # noqa: ANN401
    """Hand the value to the tree, which raises before this goes too deep."""
    if isinstance(value, _Pairs):
        tree.open(is_map=True, line=None)
        for key, inner in value:
            tree.add_key(key, None)
            _plant(inner, tree)
        tree.close()
    elif isinstance(value, list):
        tree.open(is_map=False, line=None)
        for inner in value:
            _plant(inner, tree)
        tree.close()
    else:
        tree.add(value, None)
