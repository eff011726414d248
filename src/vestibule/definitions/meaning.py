"""Whether a definition makes sense, as far as its shape can be read: what no schema can say."""

import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from vestibule.definitions.findings_model import FaultCode, Findings, Path, shortened
from vestibule.definitions.model import Definition, Reach, Role
from vestibule.definitions.shape import role_name_sentence
from vestibule.definitions.tree import Value
from vestibule.kernel import names
from vestibule.kernel.errors import InvalidField
from vestibule.kernel.i18n import gettext as _

MOST_DESCRIPTION = 500
MOST_ROLE_NAME = 50
_MOST_NAMED = 10  # roles that a sentence lists
_ROLES: Path = ("security", "roles")
_DEFAULT: Path = ("security", "default")


def check(root: Value, findings: Findings) -> None:
    """Note what makes no sense among what can be read."""
    _check_words(root, findings)
    _check_names(_map(root, *_ROLES), findings)

    sketch = _sketch(root)
    if sketch.roles:
        _check_default(root, sketch, findings)
        _check_inheritance(root, sketch, findings)
        _check_reaches(root, sketch, findings)


def clean_description(text: str) -> str:
    """Give a description as it is kept, on one line: YAML folds long ones. Raises InvalidText."""
    line = " ".join(text.split())
    return names.clean_line(line, path="description", maximum=MOST_DESCRIPTION)


def clean_name(text: str) -> str:
    """Give the name of the app as it is kept. Raises InvalidName."""
    return names.clean(text, path="name")


def _check_words(root: Value, findings: Findings) -> None:
    """Look at the letters of what people will read."""
    _check_word(root, ("name",), clean_name, findings)
    _check_word(root, ("description",), clean_description, findings)
    for role in _map(root, *_ROLES):
        _check_word(root, (*_ROLES, role, "description"), clean_description, findings)


def _check_word(root: Value, path: Path, clean: Callable[[str], str], findings: Findings) -> None:
    text = _at(root, *path)
    if not isinstance(text, str) or findings.is_faulty(path):
        return
    try:
        clean(text)
    except InvalidField as fault:
        findings.add(path, FaultCode(fault.code()), fault.explain())


def _check_names(roles: Iterable[str], findings: Findings) -> None:
    seen: dict[str, str] = {}
    for role in roles:
        path = (*_ROLES, role)
        if not _is_role_name(role):
            findings.add(path, FaultCode.INVALID_ROLE_NAME, role_name_sentence())
            continue
        twin = seen.setdefault(unicodedata.normalize("NFKC", role).casefold(), role)
        if twin != role:
            sentence = _("“{role}” and “{twin}” read alike. Rename one of them.")
            sentence = sentence.format(role=role, twin=twin)
            findings.add(path, FaultCode.SIMILAR_ROLE_NAMES, sentence)


def _is_role_name(text: str) -> bool:
    """Tell whether all is letters, marks and digits, composed as Unicode's NFC composes them."""
    letters = text.replace(" ", "").replace("_", "").replace("-", "")
    return (
        len(text) <= MOST_ROLE_NAME
        and text[:1].isalpha()
        and all(_is_letter(each) or each.isdecimal() for each in letters)
        and unicodedata.is_normalized("NFC", text)
    )


def _is_letter(character: str) -> bool:
    """Tell whether it is a letter, or a mark: some alphabets write vowels as marks."""
    return unicodedata.category(character)[0] in {"L", "M"}


def _check_default(root: Value, sketch: Definition, findings: Findings) -> None:
    role = sketch.default_role
    if role not in sketch.roles:
        if isinstance(_at(root, *_DEFAULT, "role"), str):
            _note_unknown((*_DEFAULT, "role"), role, sketch, findings)
        return
    if not sketch.enable_self_registration:
        return
    if sketch.may_invite([role]) and not sketch.default_may_invite:
        sentence = _(
            "Anybody may register and become “{role}”, which may invite. Choose another default "
            "role, or confirm it by “mayInvite: true” below “default”."
        ).format(role=shortened(role))
        findings.add(_DEFAULT, FaultCode.SELF_REGISTRATION_MAY_INVITE, sentence)
    if sketch.may_manage([role]) and not sketch.default_may_manage:
        sentence = _(
            "Anybody may register and become “{role}”, which may manage members. Choose another "
            "default role, or confirm it by “mayManage: true” below “default”."
        ).format(role=shortened(role))
        findings.add(_DEFAULT, FaultCode.SELF_REGISTRATION_MAY_MANAGE, sentence)


def _check_inheritance(root: Value, sketch: Definition, findings: Findings) -> None:
    told: set[str] = set()
    for role in sketch.roles:
        for path, heir in _named(root, role, "inherits"):
            if heir not in sketch.roles:
                _note_unknown(path, heir, sketch, findings)
        circle = () if role in told else _circle(role, sketch.roles)
        if circle:
            told.update(circle)
            path = (*_ROLES, role, "inherits")
            findings.add(path, FaultCode.CIRCULAR_INHERITANCE, _circle_sentence(circle))


def _check_reaches(root: Value, sketch: Definition, findings: Findings) -> None:
    for role in sketch.roles:
        held = sketch.held_by([role])
        reached = [*_named(root, role, "canInvite"), *_named(root, role, "canManage")]
        for path, other in reached:
            if other not in sketch.roles:
                _note_unknown(path, other, sketch, findings)
            elif other not in held:
                sentence = _(
                    "“{role}” may not reach “{other}”, which it does not inherit. "
                    "Let it inherit “{other}”, or remove “{other}” here."
                ).format(role=shortened(role), other=shortened(other))
                findings.add(path, FaultCode.ROLE_NOT_HELD, sentence)


def _note_unknown(path: Path, role: str, sketch: Definition, findings: Findings) -> None:
    known = [shortened(each) for each in sketch.roles]
    listed = ", ".join(known[:_MOST_NAMED]) + (", …" if len(known) > _MOST_NAMED else "")
    sentence = _("There is no role “{role}”. Write one of these: {known}.")
    findings.add(path, FaultCode.UNKNOWN_ROLE, sentence.format(role=shortened(role), known=listed))


def _circle(start: str, roles: Mapping[str, Role]) -> tuple[str, ...]:
    """Give the shortest way from a role back to itself; nothing if there is none."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        role = waiting.popleft()
        for each in roles[role].inherits:
            if each == start:
                return _way(start, role, came_from)
            if each in roles and each not in came_from:
                came_from[each] = role
                waiting.append(each)
    return ()


def _way(start: str, end: str, came_from: Mapping[str, str]) -> tuple[str, ...]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _circle_sentence(circle: tuple[str, ...]) -> str:
    if len(circle) == 1:
        return _("“{role}” inherits itself. Remove it here.").format(role=shortened(circle[0]))
    shown = [shortened(role) for role in circle]
    if len(shown) > _MOST_NAMED:
        shown = [*shown[: _MOST_NAMED - 1], "…"]
    way = " → ".join([*shown, shortened(circle[0])])
    sentence = _("These roles inherit each other in a circle: {circle}. Break it at one of them.")
    return sentence.format(circle=way)


def _sketch(root: Value) -> Definition:
    """Give a definition of what can be read. It may name what is not there."""
    roles = _map(root, *_ROLES)
    default = _at(root, *_DEFAULT, "role")
    return Definition(
        name="",
        enable_self_registration=_at(root, "security", "enableSelfRegistration") is True,
        default_role=default if isinstance(default, str) else "",
        default_may_invite=_at(root, *_DEFAULT, "mayInvite") is True,
        default_may_manage=_at(root, *_DEFAULT, "mayManage") is True,
        roles={
            name: Role(
                name=name,
                inherits=tuple(heir for _path, heir in _named(root, name, "inherits")),
                can_invite=_reach(root, name, "canInvite"),
                can_manage=_reach(root, name, "canManage"),
            )
            for name in roles
        },
    )


def _reach(root: Value, role: str, key: str) -> Reach:
    if _at(root, *_ROLES, role, key) is True:
        return True
    return tuple(name for _path, name in _named(root, role, key))


def _named(root: Value, role: str, key: str) -> Iterator[tuple[Path, str]]:
    """Give each role that is named in a list of a role, and where."""
    listed = _at(root, *_ROLES, role, key)
    for number, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str):
            yield (*_ROLES, role, key, number), name


def _map(root: Value, *path: str | int) -> dict[str, Value]:
    value = _at(root, *path)
    return value if isinstance(value, dict) else {}


def _at(value: Value, *path: str | int) -> Value:
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(str(step))
    return value
