"""Each rule of a definition's shape, with the place and the line that its fault names."""

import pytest

from tests.definitions.texts import SOUND, faults, found, with_roles

SHAPE = {
    "no name": (SOUND.removeprefix("name: Shift planner\n"), ("name", "missing_key", 1)),
    "no security": ("name: x", ("security", "missing_key", 1)),
    "no default": (
        "name: x\nsecurity:\n  roles: {A: }",
        ("security.default", "missing_key", 2),
    ),
    "no roles": (
        "name: x\nsecurity:\n  default: {role: A}",
        ("security.roles", "missing_key", 2),
    ),
    "no default role": (
        with_roles("A:", default="{}"),
        ("security.default.role", "missing_key", 4),
    ),
    "no role at all": (with_roles("{}"), ("security.roles", "empty", 5)),
    "an empty name": (SOUND.replace("Shift planner", '""'), ("name", "empty", 1)),
    "a key of nobody's": (SOUND + "sec: x", ("sec", "unknown_key", 14)),
    "another below security": (
        SOUND.replace("enableSelfRegistration", "enableSelfRegistratio"),
        ("security.enableSelfRegistratio", "unknown_key", 3),
    ),
    "another below default": (
        with_roles("A:", default="{role: A, policy: x}"),
        ("security.default.policy", "unknown_key", 4),
    ),
    "another in a role": (
        with_roles("A: {permissions: []}"),
        ("security.roles.A.permissions", "unknown_key", 6),
    ),
    "a number as a name": (SOUND.replace("Shift planner", "2026"), ("name", "wrong_type", 1)),
    "a boolean as a name": (SOUND.replace("Shift planner", "True"), ("name", "wrong_type", 1)),
    "nothing as a name": (SOUND.replace("Shift planner", "~"), ("name", "wrong_type", 1)),
    "a text as a boolean": (
        with_roles("A:", registration="yes"),
        ("security.enableSelfRegistration", "wrong_type", 3),
    ),
    "a text as canInvite": (
        with_roles("A: {canInvite: A}"),
        ("security.roles.A.canInvite", "wrong_type", 6),
    ),
    "a text as canManage": (
        with_roles("A: {canManage: A}"),
        ("security.roles.A.canManage", "wrong_type", 6),
    ),
    "a text as inherits": (
        with_roles("A: {inherits: B}\nB:"),
        ("security.roles.A.inherits", "wrong_type", 6),
    ),
    "a list as a role": (with_roles("A: []"), ("security.roles.A", "wrong_type", 6)),
    "a list as security": ("name: x\nsecurity: []", ("security", "wrong_type", 2)),
    "a map in a list": (
        with_roles("A: {inherits: [{}]}"),
        ("security.roles.A.inherits.0", "wrong_type", 6),
    ),
    "a number in canInvite": (
        with_roles("A: {canInvite: [A, 1]}"),
        ("security.roles.A.canInvite.1", "wrong_type", 6),
    ),
    "a confirmation in words": (
        with_roles("A:", default="{role: A, mayInvite: sure}"),
        ("security.default.mayInvite", "wrong_type", 4),
    ),
    "another one": (
        with_roles("A:", default="{role: A, mayManage: sure}"),
        ("security.default.mayManage", "wrong_type", 4),
    ),
    "a long name": (SOUND.replace("Shift planner", "x" * 81), ("name", "too_long", 1)),
    "a long description": (
        f"description: {'x' * 501}\n{SOUND}",
        ("description", "too_long", 1),
    ),
    "a long description of a role": (
        with_roles(f"A: {{description: {'x' * 501}}}"),
        ("security.roles.A.description", "too_long", 6),
    ),
    "too many roles": (
        with_roles("".join(f"A{n}:\n" for n in range(101)), default="{role: A1}"),
        ("security.roles", "too_many", 5),
    ),
    "too long a list": (
        with_roles(f"A: {{inherits: [{', '.join(f'A{n}' for n in range(101))}]}}"),
        ("security.roles.A.inherits", "too_many", 6),
    ),
    "a role twice in a list": (
        with_roles("A: {inherits: [B, B]}\nB:"),
        ("security.roles.A.inherits", "repeated_role", 6),
    ),
    "twice in canInvite": (
        with_roles("A: {canInvite: [A, A]}"),
        ("security.roles.A.canInvite", "repeated_role", 6),
    ),
    "markup in the name": (SOUND.replace("Shift planner", "<b>x"), ("name", "invalid_name", 1)),
    "nothing seen in the name": (
        SOUND.replace("Shift planner", "'-'"),
        ("name", "invalid_name", 1),
    ),
    "markup in a description": (
        with_roles("A: {description: <b>}"),
        ("security.roles.A.description", "invalid_text", 6),
    ),
    "markup in the description": (f"description: <b>\n{SOUND}", ("description", "invalid_text", 1)),
}


@pytest.mark.parametrize("case", SHAPE)
def test_a_definition_of_the_wrong_shape(case: str) -> None:
    text, wanted = SHAPE[case]
    assert [each for each in found(text) if each[0] == wanted[0]] == [wanted]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "1a",
            "'-a'",
            "_a",
            "' a'",
            "'a '",
            "'a  b'",
            "a.b",
            "a/b",
            "'a,b'",
            "'<b>'",
        ),
        *("a@b", "'a:b'", "''", "ⓐ", "x²", "a“b", "aΩ€", "x" * 51, "e\u0301", "٣a", "\u0e38a"),
    ],
)
def test_a_role_may_not_be_called(name: str) -> None:
    codes = [fault.code for fault in faults(with_roles(f"A:\n{name}: {{}}"))]
    assert codes == ["invalid_role_name"]


def test_names_that_are_too_long_are_told_once() -> None:
    long = with_roles(f"A:\n{'x' * 60}:\n{'X' * 60}:")
    assert [fault.code for fault in faults(long)] == ["invalid_role_name"] * 2
