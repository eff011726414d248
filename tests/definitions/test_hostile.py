"""Texts of strangers: whatever comes, the answer is a definition or its faults, and soon."""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.definitions.texts import SOUND, faults, with_roles
from vestibule.definitions.actions import read
from vestibule.definitions.model import Definition, InvalidDefinition

# Seconds: what the product promises, of the processor, for the machine may be busy elsewhere.
SOON = 0.2
JSON = json.dumps(read(SOUND, is_json=False).to_json())


def _roles(number: int, role: Callable[[int], str]) -> str:
    return with_roles("".join(f"r{n}: {role(n)}\n" for n in range(number)), default="{role: r0}")


def _bomb() -> str:
    """Billions of laughs: each line is nine times the one before."""
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    return "\n".join(["a0: &a0 [x, x]", *lines])


def _refs(number: int, first: int) -> str:
    return ", ".join(f"r{(first + n) % 100}" for n in range(number))


HOSTILE = {
    "1 MB of letters": "a" * 1_000_000,
    "1 MB of roles": _roles(90_000, lambda n: "{}"),
    "10 000 roles": _roles(10_000, lambda n: "{}"),
    "5 000 short roles": "name: x\nsecurity: {roles: {" + ", ".join(f"r{n}" for n in range(5000)),
    "900 roles": _roles(900, lambda n: "x"),
    "a bomb": _bomb(),
    "bombs in merges": "a: &a {x: y}\n" + "".join(f"b{n}: {{<<: *a}}\n" for n in range(600)),
    "nested lists": "[" * 60_000,
    "nested maps": "{a: " * 15_000,
    "nested dashes": "- " * 30_000,
    "nested questions": "? " * 30_000,
    "nested by indentation": "".join(" " * n + f"a{n}:\n" for n in range(340)),
    "keys of lists": "".join(f"? [a, {n}]\n: b\n" for n in range(400)),
    "unknown keys": "".join(f"k{n}: {{a: b}}\n" for n in range(490)),
    "nearly known keys": "".join(f"xname{n}: b\n" for n in range(990)),
    "nearly known keys in roles": _roles(
        90, lambda n: "{" + ", ".join(f"description{m}: x" for m in range(9)) + "}"
    ),
    "a long list of maps": with_roles(f"r0: {{inherits: [{', '.join(['{a: b}'] * 600)}]}}"),
    "many lists of maps": _roles(90, lambda n: "{inherits: [{}, {}, {}, {}, {}, {}, {}, {}]}"),
    "a ring of roles": _roles(100, lambda n: f"{{inherits: [r{(n + 1) % 100}]}}"),
    "all inherit many": _roles(100, lambda n: f"{{inherits: [{_refs(14, n + 1)}]}}"),
    "all invite strangers": _roles(
        100, lambda n: f"{{inherits: [{_refs(2, n + 1)}], canInvite: [{_refs(10, n)}]}}"
    ),
    "a chain that invites": _roles(
        98, lambda n: f"{{inherits: [r{n + 1}], canInvite: [{_refs(12, 0)}]}}"
    ),
    "one key of 60 kB": f'"{"k" * 60_000}": x',
    "one role of 60 kB": json.dumps({"name": "x", "security": {"roles": {"r" * 60_000: 1}}}),
    "roles of 600 letters": _roles(90, lambda n: "\n? " + "r" * 600 + f"{n}\n: x"),
    "a name of marks": "name: a" + "\u0301" * 30_000,
    "a role of marks": json.dumps(
        {"name": "x", "security": {"roles": {"a" + "\u0301" * 30_000: {}}}}, ensure_ascii=False
    ),
    "60 000 digits": "name: " + "9" * 60_000,
    "nearly a number": "name: " + "1e" * 30_000,
    "colons": ":" * 60_000,
    "anchors": "&a " * 20_000,
    "tags": "!a " * 20_000,
    "exclamations": "!" * 60_000,
    "percents": "%" * 60_000,
    "quotes": '"' * 60_000,
    "open quote": '"' + "a\n" * 30_000,
    "escapes": '"' + "\\u0041" * 10_000 + '"',
    "empty lines": "\n" * 60_000 + "x: [",
    "spaces": " " * 60_000 + "x: [",
    "spaces at every end": ("a" + " " * 30) * 2_000,
    "a comment": "#" * 60_000,
    "documents": "---\n" * 15_000,
    "controls": "\x01\n" * 30_000,
    "commas": "[" + "a," * 30_000 + "]",
    "a block of text": "name: |\n" + " a\n" * 20_000,
    "block marks": "|" * 60_000,
    "carriage returns": "a: b\r" * 12_000,
}


@contextmanager
def without_sweeping() -> Iterator[None]:
    """Measure our own work: among thousands of tests, a sweep of the garbage takes a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_text_is_refused_soon(case: str, is_json: bool) -> None:
    text = HOSTILE[case]
    with without_sweeping():
        began = time.thread_time()
        assert faults(text, is_json=is_json)
        assert time.thread_time() - began < SOON


def test_a_great_definition_that_is_sound_is_read_soon() -> None:
    text = _roles(100, lambda n: f"{{inherits: [{_refs(min(8, 99 - n), n + 1)}], canInvite: true}}")
    with without_sweeping():
        began = time.thread_time()
        definition = read(text, is_json=False)
        assert time.thread_time() - began < SOON
    assert len(definition.held_by(["r0"])) == 100


def test_nesting_that_the_machine_would_not_bear_is_refused() -> None:
    deep = '{"a":' * 10_000
    assert [fault.code for fault in faults(deep, is_json=True)] == ["too_deep"]


def _judge(text: str | bytes) -> None:
    for is_json in (False, True):
        try:
            definition = read(text, is_json=is_json)
        except InvalidDefinition as refusal:
            _ensure_can_be_answered(refusal)
        else:
            _ensure_can_be_kept(definition)


def _ensure_can_be_answered(refusal: InvalidDefinition) -> None:
    assert refusal.faults
    for fault in refusal.faults:
        assert fault.message
        assert fault.line is None or fault.line >= 1
        f"{fault.path}{fault.message}".encode()


def _ensure_can_be_kept(definition: Definition) -> None:
    kept = json.dumps(definition.to_json(), ensure_ascii=False)
    assert "\\u0000" not in kept
    assert Definition.from_json(json.loads(kept.encode())) == definition
    assert read(json.dumps(definition.to_json()), is_json=True) == definition
    assert definition.default_role in definition.roles


@given(st.text())
@example("")
@example("\x85")
@example("a: !")
@example("- !<!> a")
@example("%TAG ! tag:x,2000:\n---\n!a b")
def test_no_text_breaks_the_reading(text: str) -> None:
    _judge(text)


@given(st.binary())
@example(b"\xff\xfea\x00")
@example(b"\xef\xbb\xbf")
def test_no_bytes_break_the_reading(text: bytes) -> None:
    _judge(text)


_PIECES = st.sampled_from(
    [
        *("name", "security", "roles", "default", "role", "A", "inherits", "canInvite", "true"),
        *(":", ": ", "\n", "\n  ", "- ", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "!x ", "<<: "),
        *(
            "'",
            '"',
            "|\n",
            ">\n",
            "#",
            "---\n",
            "...\n",
            "%",
            "\\",
            "\t",
            "\0",
            "\ud800",
            "1e9",
            "~",
        ),
    ]
)


@settings(max_examples=400)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_no_pieces_of_yaml_break_the_reading(text: str) -> None:
    _judge(text)


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """A sound definition with a few cuts, copies and insertions."""
    text = draw(st.sampled_from([SOUND, JSON]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        middle = draw(st.one_of(_PIECES, st.text(max_size=3), st.just(text[start:end] * 2)))
        text = text[:start] + middle + text[end:]
    return text


@given(_mutated())
@settings(max_examples=400)
def test_no_change_of_a_sound_definition_breaks_the_reading(text: str) -> None:
    _judge(text)


_ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)
_NAMES = st.sampled_from(["A", "B", "C"])
_REACHES = st.one_of(st.booleans(), st.lists(_NAMES, max_size=3))


def _some(**keys: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Each key, mostly with a value of its kind, or missing."""
    often = {key: st.one_of(value, value, value, _ANYTHING) for key, value in keys.items()}
    return st.fixed_dictionaries({}, optional=often)


_DOCUMENTS = _some(
    name=st.just("App"),
    description=st.text(max_size=9),
    security=_some(
        enableSelfRegistration=st.booleans(),
        default=_some(role=_NAMES, mayInvite=st.booleans(), mayManage=st.booleans()),
        roles=st.dictionaries(
            _NAMES,
            _some(inherits=st.lists(_NAMES, max_size=2), canInvite=_REACHES, canManage=_REACHES),
            max_size=3,
        ),
    ),
)


@given(_DOCUMENTS)
def test_no_document_breaks_the_reading(document: dict[str, object]) -> None:
    _judge(json.dumps(document))
