"""A definition's text in YAML, as a tree: YAML 1.2's core meaning, without what makes it dangerous.

Reads events, so that nothing is ever built that was not asked for, and every value has its line.
"""

import re
from typing import Any

import yaml

from vestibule.definitions.findings_model import FaultCode, Findings
from vestibule.definitions.tree import Number, Tree, Unread, Unreadable, Value
from vestibule.kernel.i18n import gettext as _

# libyaml where the wheel has it: twenty times as fast. Both give the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MERGE = "<<"
_CONSTANTS: dict[str, Value] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}
_NUMBER = re.compile(
    r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
# Here the fault is where the thing began; its end may be the end of the text.
_TOLD_BY_ITS_BEGINNING = ("while scanning a quoted scalar", "while parsing a flow")


def read(text: str, findings: Findings) -> Value:
    """Give the tree of the text. Raises Unreadable; then the findings say why."""
    tree = Tree(findings)
    findings.lines[()] = 1
    documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                _ensure_only(documents, event, findings)
            else:
                _take(event, tree)
    except yaml.YAMLError as fault:
        _note(fault, text, findings)
        raise Unreadable from fault
    return tree.root


def _ensure_only(documents: int, event: Any, findings: Findings) -> None:  # noqa: ANN401
    if documents > 1:
        sentence = _("A second document begins here. Write one definition, without “---”.")
        findings.add((), FaultCode.SEVERAL_DOCUMENTS, sentence, line=_line(event))
        raise Unreadable


def _take(event: Any, tree: Tree) -> None:  # noqa: ANN401
    match event:
        case yaml.AliasEvent():
            _take_alias(event, tree)
        case yaml.ScalarEvent():
            _refuse_extras(event, tree)
            _take_scalar(event, tree)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            _refuse_extras(event, tree)
            is_map = isinstance(event, yaml.MappingStartEvent)
            tree.open(is_map=is_map, line=_line(event))
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            tree.close()
        case _:
            pass


def _take_scalar(event: Any, tree: Tree) -> None:  # noqa: ANN401
    is_plain = event.implicit[0] and event.style in {None, ""}
    if not tree.awaits_key:
        tree.add(_meaning(event.value) if is_plain else event.value, _line(event))
    elif is_plain and event.value == _MERGE:
        sentence = _("“<<” is not read here. Write the keys out.")
        tree.findings.add(tree.path, FaultCode.MERGE_REFUSED, sentence, line=_line(event))
        tree.drop_key()
    else:
        tree.add_key(event.value, _line(event))


def _meaning(text: str) -> Value:
    """Give what a plain scalar means. `yes`, `No` and `On` are texts."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    return Number(text) if _NUMBER.fullmatch(text) else text


def _take_alias(event: Any, tree: Tree) -> None:  # noqa: ANN401
    sentence = _("“*{name}” is not read here. Write what it stands for.")
    _refuse_alias(tree, sentence.format(name=event.anchor[:20]), event)
    if tree.awaits_key:
        tree.drop_key()
    else:
        tree.add(Unread(), _line(event))


def _refuse_extras(event: Any, tree: Tree) -> None:  # noqa: ANN401
    if event.anchor is not None:
        sentence = _("“&{name}” is not read here. Remove it.")
        _refuse_alias(tree, sentence.format(name=event.anchor[:20]), event)
    if event.tag is not None:
        sentence = _("Tags (“!…”) are not read here. Remove it.")
        tree.findings.add(tree.path, FaultCode.TAG_REFUSED, sentence, line=_line(event))


def _refuse_alias(tree: Tree, sentence: str, event: Any) -> None:  # noqa: ANN401
    tree.findings.add(tree.path, FaultCode.ALIAS_REFUSED, sentence, line=_line(event))


def _note(fault: yaml.YAMLError, text: str, findings: Findings) -> None:
    """Say where the text stops being YAML; the parser's own words help few."""
    context = str(getattr(fault, "context", None) or "")
    mark = getattr(fault, "problem_mark", None)
    if context.startswith(_TOLD_BY_ITS_BEGINNING):
        mark = getattr(fault, "context_mark", None) or mark
    line = min(mark.line + 1, text.rstrip().count("\n") + 1) if mark else 1
    findings.add((), FaultCode.SYNTAX_ERROR, _syntax_sentence(text, line), line=line)


def _syntax_sentence(text: str, line: int) -> str:
    written = text.split("\n")[line - 1]
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return _("Indent with spaces: YAML takes no tabs.")
    return _(
        "This cannot be read as YAML. Look at the indentation, the quotes and the colons "
        "of this line and of the one before."
    )


def _line(event: Any) -> int:  # noqa: ANN401
    return int(event.start_mark.line) + 1
