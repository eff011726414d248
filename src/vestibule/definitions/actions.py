"""From a text to a security definition, or to the list of all that is wrong with it.

Made for texts of strangers: whatever comes, the answer is a definition or InvalidDefinition, soon.
"""

from dataclasses import replace
from itertools import islice

from vestibule.definitions import json_tree, meaning, shape, yaml_tree
from vestibule.definitions.findings_model import MOST_LISTED, FaultCode, Findings
from vestibule.definitions.meaning import clean_description, clean_name
from vestibule.definitions.model import Definition, Role
from vestibule.definitions.tree import INVISIBLE, Unreadable, Value, invisible
from vestibule.kernel.i18n import gettext as _

MOST_BYTES = 64 * 1024
_MARK = "\ufeff"  # of the byte order, which some editors put in front


def read(text: str | bytes, *, is_json: bool) -> Definition:
    """Read a definition in YAML or JSON. Raises InvalidDefinition with every fault at once."""
    findings = Findings()
    root: Value = None
    try:
        root = _plant(text, findings, is_json=is_json)
        shape.check(root, findings)
        meaning.check(root, findings)
    except Unreadable:
        pass  # what was found says why
    findings.ensure_none()
    return _definition(root)


def _plant(text: str | bytes, findings: Findings, *, is_json: bool) -> Value:
    written = _decoded(text, findings).removeprefix(_MARK)
    lines = enumerate(written.split("\n"), start=1)
    bad = (number for number, line in lines if INVISIBLE.search(line))
    for number in islice(bad, MOST_LISTED):
        findings.add((), FaultCode.INVISIBLE_CHARACTER, invisible(), line=number)
    if len(findings):
        raise Unreadable
    return json_tree.read(written, findings) if is_json else yaml_tree.read(written, findings)


def _decoded(text: str | bytes, findings: Findings) -> str:
    # A text of so many letters is as long in bytes, or longer: what is far too long costs nothing.
    if len(text) > MOST_BYTES or len(_encoded(text)) > MOST_BYTES:
        sentence = _("The definition is too large. At most {most} kB are read.")
        sentence = sentence.format(most=MOST_BYTES // 1024)
        findings.add((), FaultCode.DEFINITION_TOO_LARGE, sentence)
        raise Unreadable
    try:
        return text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        findings.add((), FaultCode.NOT_UTF8, _("This is no UTF-8. Save it as UTF-8."), line=line)
        raise Unreadable from fault


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _definition(root: Value) -> Definition:
    """Give the definition of a tree without faults, its texts as they are kept."""
    if not isinstance(root, dict):
        raise TypeError("The schema lets no other thing pass.")
    written = Definition.from_json(root)
    return replace(
        written,
        name=clean_name(written.name),
        description=_clean(written.description),
        roles={name: _cleaned(role) for name, role in written.roles.items()},
    )


def _cleaned(role: Role) -> Role:
    return replace(role, description=_clean(role.description))


def _clean(description: str | None) -> str | None:
    return None if description is None else clean_description(description) or None
