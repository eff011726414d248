"""From a text to a definition: what can be read at all, and how faults are told."""

import json

import pytest

from tests.definitions.texts import SOUND, document, faults, found, with_roles
from vestibule.definitions.actions import read
from vestibule.definitions.model import Definition, InvalidDefinition, Role

PLANNER = Definition(
    name="Shift planner",
    default_role="Manager",
    roles={
        "Manager": Role(
            name="Manager",
            description="Plans the shifts",
            inherits=("Employee",),
            can_invite=True,
            can_manage=("Employee",),
        ),
        "Employee": Role(name="Employee", description="Works the shifts"),
    },
)


def test_a_definition_is_read_from_yaml() -> None:
    read_again = read(SOUND, is_json=False)
    assert read_again == PLANNER
    assert list(read_again.roles) == ["Manager", "Employee"]


@pytest.mark.parametrize("is_json", [True, False])
def test_a_definition_is_read_from_json_which_is_yaml_too(is_json: bool) -> None:
    assert read(json.dumps(PLANNER.to_json()), is_json=is_json) == PLANNER


@pytest.mark.parametrize(
    "text",
    [
        SOUND.encode(),
        b"\xef\xbb\xbf" + SOUND.encode(),
        "\ufeff" + SOUND,
        SOUND.replace("\n", "\r\n"),
        "---\n" + SOUND + "...\n",
        "%YAML 1.2\n---\n" + SOUND,
        "# a comment\n" + SOUND,
        SOUND.replace("name: Shift planner", 'name: "  Shift   planner "'),
        SOUND.replace(": Plans the shifts", ": >\n        Plans\n        the shifts\n"),
    ],
)
def test_ways_to_write_the_same(text: str | bytes) -> None:
    assert read(text, is_json=False) == PLANNER


@pytest.mark.parametrize(
    "name", ["No", "On", "yes", "y", "Größe", "Leiter-in 2", "a_b", "कर्मचारी", "x" * 50]
)
def test_a_role_may_be_called(name: str) -> None:
    definition = read(
        with_roles(f"{name}: {{inherits: []}}\nZ: {{inherits: [{name}]}}", default="{role: Z}"),
        is_json=False,
    )
    assert definition.held_by(["Z"]) == {"Z", name}


def test_a_role_needs_nothing_to_be_said() -> None:
    assert read(with_roles("A:\nB: {}\nC: null"), is_json=False).roles == {
        name: Role(name=name) for name in "ABC"
    }


def test_an_empty_list_is_as_false() -> None:
    definition = read(with_roles("A: {canInvite: [], canManage: []}"), is_json=False)
    assert definition.roles["A"] == Role(name="A")


def test_a_description_of_nothing_is_none() -> None:
    assert read("description: ' '\n" + SOUND, is_json=False).description is None


Found = tuple[str, str, int | None]

# The text, and its faults: where, what, on which line.
TEXT: dict[str, tuple[str | bytes, list[Found]]] = {
    "empty": ("", [("", "wrong_type", 1)]),
    "only a comment": ("# soon", [("", "wrong_type", 1)]),
    "a list": ("- a", [("", "wrong_type", 1)]),
    "not UTF-8": (b"name: ok\nname: Gr\xf6\xdfe", [("", "not_utf8", 2)]),
    "UTF-16": (SOUND.encode("utf-16"), [("", "not_utf8", 1)]),
    "too large": ("#" * (64 * 1024 + 1), [("", "definition_too_large", None)]),
    "too large in bytes": ("#" + "ä" * 32 * 1024, [("", "definition_too_large", None)]),
    "a control character": ("name: a\nx: \x07", [("", "invisible_character", 2)]),
    "each of them": ("\u202e\nx\n\x85", [("", "invisible_character", n) for n in (1, 3)]),
    "half a pair": ("name: \ud800", [("", "invisible_character", 1)]),
    "an escaped control character": (
        SOUND.replace("Shift planner", '"a\\0b"'),
        [("name", "invisible_character", 1)],
    ),
    "one in a key": (
        SOUND + '    "a\\u202eb": {}\n',
        [("security.roles", "invisible_character", 14)],
    ),
    "a tab": ("name: x\n\tsecurity: y", [("", "syntax_error", 2)]),
    "an open quote": ('name: "x\nsecurity: {}\n', [("", "syntax_error", 1)]),
    "an open bracket": ("name: x\nsecurity: [a,\n", [("", "syntax_error", 2)]),
    "wrong indentation": ("name: x\n security: y\n", [("", "syntax_error", 2)]),
    "two documents": (SOUND + "---\n" + SOUND, [("", "several_documents", 14)]),
    "an anchor": (with_roles("A: &a {}"), [("security.roles.A", "alias_refused", 6)]),
    "an anchor on a text": ("&x " + SOUND, [("", "alias_refused", 1)]),
    "an alias": (
        with_roles("A: &a {}\nB: *a"),
        [("security.roles.A", "alias_refused", 6), ("security.roles.B", "alias_refused", 7)],
    ),
    "a tag": (with_roles("A: !!map {}"), [("security.roles.A", "tag_refused", 6)]),
    "a tag of Python": (
        SOUND.replace("Shift planner", "!!python/object/apply:os.system [echo]"),
        [("name", "tag_refused", 1)],
    ),
    "a tag on a text": (
        SOUND.replace("Shift planner", "!!str 1"),
        [("name", "tag_refused", 1)],
    ),
    "a merge": (
        with_roles("A:\n  <<: {canInvite: true}"),
        [("security.roles.A", "merge_refused", 7)],
    ),
    "a list as a key": (SOUND + "? [a, b]\n: [c]\n", [("", "key_not_text", 14)]),
    "a map as a key": (SOUND + "? {a: b}\n: {c: d}\n", [("", "key_not_text", 14)]),
    "a key twice": (
        SOUND + "    Manager: {canInvite: nonsense}\n",
        [("security.roles.Manager", "duplicate_key", 14)],
    ),
    "a key twice at the top": (SOUND + "name: b", [("name", "duplicate_key", 14)]),
    "too deep": ("[" * 9 + "]" * 9, [("0.0.0.0.0.0.0.0", "too_deep", 1)]),
    "too many values": ("- a\n" * 2000, [("1999", "too_many_values", 2000)]),
}


@pytest.mark.parametrize("case", TEXT)
def test_a_text_that_cannot_be_read(case: str) -> None:
    text, wanted = TEXT[case]
    assert [each for each in found(text) if each[1] != "missing_key"] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [("", "syntax_error", 1)]),
        ('{"name":\n "x",}', [("", "syntax_error", 2)]),
        ("name: x", [("", "syntax_error", 1)]),
        ("[" * 30_000, [("", "too_deep", None)]),
        ("[" * 9 + "]" * 9, [("0.0.0.0.0.0.0.0", "too_deep", None)]),
        ("[" + "1," * 2000 + "1]", [("1999", "too_many_values", None)]),
        ('{"name": "a", "name": "b"}', [("name", "duplicate_key", None)]),
        ('{"name": "\\ud800"}', [("name", "invisible_character", None)]),
        ('{"name": "\\u0000"}', [("name", "invisible_character", None)]),
        ('{"name": %s}' % ("9" * 60_000), [("name", "wrong_type", None)]),
        ('{"name": NaN}', [("name", "wrong_type", None)]),
        ('"x"', [("", "wrong_type", None)]),
    ],
)
def test_a_text_in_json_that_cannot_be_read(text: str, wanted: list[Found]) -> None:
    assert [each for each in found(text, is_json=True) if each[1] != "missing_key"] == wanted


def test_every_fault_is_told_at_once_in_the_order_of_the_text() -> None:
    text = """\
names: Planner
security:
  enableSelfRegistration: maybe
  default: {role: Gone}
  roles:
    Manager: &m
      inherits: [Manager, Nobody]
      canInvite: [Employee]
    Employee: !x
      canManage: 7
    employee: {}
    Manager: {}
"""
    assert found(text) == [
        ("name", "missing_key", 1),
        ("names", "unknown_key", 1),
        ("security.enableSelfRegistration", "wrong_type", 3),
        ("security.default.role", "unknown_role", 4),
        ("security.roles.Manager", "alias_refused", 6),
        ("security.roles.Manager.inherits.1", "unknown_role", 7),
        ("security.roles.Manager.inherits", "circular_inheritance", 7),
        ("security.roles.Manager.canInvite.0", "role_not_held", 8),
        ("security.roles.Employee", "tag_refused", 9),
        ("security.roles.Employee.canManage", "wrong_type", 10),
        ("security.roles.employee", "similar_role_names", 11),
        ("security.roles.Manager", "duplicate_key", 12),
    ]


def test_the_first_fifty_faults_are_listed_and_the_rest_is_counted() -> None:
    text = SOUND + "".join(f"key{number}: x\n" for number in range(70))
    with pytest.raises(InvalidDefinition) as caught:
        read(text, is_json=False)

    assert len(caught.value.faults) == 50
    assert caught.value.count == 70
    assert "70 faults; the first 50 " in caught.value.explain()


def test_a_fault_says_what_to_do() -> None:
    def told(text: str) -> str:
        return faults(text)[0].message

    assert "Did you mean “enableSelfRegistration”?" in told(
        SOUND.replace("enableSelfRegistration", "enable_self_registration")
    )
    assert "There may be: name, description, security." in told(SOUND + "zzz: 1")
    assert "no tabs" in told("name: x\n\tsecurity: y")
    assert "quotes" in told(SOUND.replace("Shift planner", "2026"))
    assert "true, false, or a list of roles" in told(with_roles("A: {canInvite: all}"))
    assert "A → B → C → A" in told(
        with_roles("A: {inherits: [B]}\nB: {inherits: [C]}\nC: {inherits: [A]}")
    )
    assert "“A” inherits itself" in told(with_roles("A: {inherits: [A]}"))
    assert "one of these: A, B." in told(with_roles("A: {inherits: [C]}\nB:"))
    assert "mayInvite: true" in told(with_roles("A: {canInvite: true}", registration="true"))


def test_a_long_circle_and_many_roles_are_told_in_short() -> None:
    circle = "".join(f"A{n}: {{inherits: [A{(n + 1) % 40}]}}\n" for n in range(40))
    told = [fault.message for fault in faults(with_roles(circle, default="{role: Gone}"))]
    assert all(message.count("A") < 20 and "…" in message for message in told)
    assert len(told) == 2


def test_somebody_s_long_text_is_not_given_back_whole() -> None:
    for text in (SOUND + f"{'k' * 900}: x", with_roles(f"A: {{inherits: [{'r' * 9000}]}}")):
        for fault in faults(text):
            assert len(fault.path) < 200
            assert len(fault.message) < 400


def test_what_is_wrong_in_json_is_found_as_in_yaml() -> None:
    wrong = json.dumps(document(roles={"A": {"inherits": ["B"], "canInvite": "A"}, "1": 1}))
    assert [each[:2] for each in found(wrong, is_json=True)] == [
        each[:2] for each in found(wrong, is_json=False)
    ]
