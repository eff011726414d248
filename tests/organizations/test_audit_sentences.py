"""Every event that the house can record of an organization has a sentence of its own."""

import ast
import re
from pathlib import Path

import pytest

import vestibule
from vestibule.audit.model import Actor, ActorKind, Recorded
from vestibule.kernel.clock import present
from vestibule.kernel.ids import AppId, AuditId, new_id
from vestibule.organizations import audit_sentences
from vestibule.organizations.audit_sentences import IN_APPS, KINDS, SENTENCES, tell

ROOMS = Path(vestibule.__file__).parent
NOUNS = "organization|member|invitation|app|app_member|api_key"
EVENT = re.compile(rf"({NOUNS})\.[a-z]+(_[a-z]+)*")


def recorded(event: str, *, is_in_app: bool = False, **details: object) -> Recorded:
    return Recorded(
        id=AuditId(new_id()),
        at=present(),
        event=event,
        actor=Actor(kind=ActorKind.USER, id=new_id(), name="Bo Berg"),
        subject_kind="invitation",
        subject_id=new_id(),
        subject_name="ana@example.com",
        app_id=AppId(new_id()) if is_in_app else None,
        app_name="Shifts" if is_in_app else None,
        details=details,
    )


def test_every_event_in_the_code_has_a_sentence() -> None:
    words = {
        node.value
        for path in ROOMS.rglob("*.py")
        if path.name != "audit_sentences.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and EVENT.fullmatch(node.value)
    }
    assert words - SENTENCES.keys() == set()
    assert len(words) >= 10


@pytest.mark.parametrize("event", SENTENCES)
def test_each_sentence_can_be_told(event: str) -> None:
    details = {"role": "admin", "before": "viewer", "after": "admin", "version": 2, "roles": {}}
    for is_in_app in (False, True):
        sentence = tell(recorded(event, is_in_app=is_in_app, **details))
        assert sentence.endswith(".")
        assert not set("{}") & set(sentence)
        assert "Bo Berg" in sentence or "ana@example.com" in sentence


def test_an_app_is_called_by_its_name_where_the_event_is_about_one() -> None:
    assert tell(recorded("invitation.made", is_in_app=True, role="Manager")) == (
        "Bo Berg invited ana@example.com to Shifts as Manager."
    )
    assert tell(recorded("invitation.made", role="admin")) == (
        "Bo Berg invited ana@example.com as admin."
    )


def test_lists_and_maps_are_read_out() -> None:
    changed = recorded("app_member.roles_changed", is_in_app=True, before=["A"], after=["B", "C"])
    assert tell(changed).endswith("in Shifts from A to B, C.")
    moved = recorded("app_member.roles_moved", is_in_app=True, roles={"Old": "New"})
    assert tell(moved).endswith("Old → New.")


def test_an_event_of_a_later_release_is_told_by_its_own_words() -> None:
    assert tell(recorded("group.made")) == "Bo Berg: group made, ana@example.com."


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ActorKind.KEY_HOLDER, "Somebody with a mailed link"),
        (ActorKind.OPERATOR, "The operator"),
        (ActorKind.SERVER, "Vestibule"),
    ],
)
def test_who_has_no_name_is_told_by_what_they_are(kind: ActorKind, said: str) -> None:
    entry = recorded("app.made")
    nobody = Recorded(
        **{name: getattr(entry, name) for name in entry.__slots__ if name != "actor"},
        actor=Actor(kind=kind),
    )
    assert tell(nobody).startswith(f"{said} made")


def test_every_event_is_of_one_kind_that_a_filter_asks_for() -> None:
    found = [event for words in KINDS.values() for event in audit_sentences.events_of(words)]
    assert sorted(found) == sorted(SENTENCES)
    assert IN_APPS.keys() <= SENTENCES.keys()
