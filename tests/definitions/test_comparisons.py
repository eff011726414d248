"""Two versions of a definition, line by line."""

import time

from hypothesis import given
from hypothesis import strategies as st

from vestibule.definitions.comparison_model import Change, Line, compare

BEFORE = "name: Shifts\nsecurity:\n  default:\n    role: Manager\n  roles:\n    Manager: {}\n"
texts = st.lists(st.sampled_from(["a", "b", "c", "", "  a"]), max_size=30).map("\n".join)


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(line.change.value, line.text) for line in compare(before, after).lines]


def test_a_line_that_changed_is_one_removed_and_one_added() -> None:
    comparison = compare(BEFORE, BEFORE.replace("role: Manager", "role: Worker"))
    changed = [line for line in comparison.lines if line.change is not Change.SAME]

    assert changed == [
        Line(change=Change.REMOVED, text="    role: Manager", before=4),
        Line(change=Change.ADDED, text="    role: Worker", after=4),
    ]
    assert (comparison.added, comparison.removed, comparison.is_same) == (1, 1, False)


def test_lines_around_a_change_are_shown_and_those_far_away_folded() -> None:
    many = "\n".join(map(str, range(1, 21)))
    comparison = compare(many, many.replace("\n10\n", "\nten\n"))

    assert comparison.lines[0] == Line(change=Change.FOLDED, count=6)
    assert [line.text for line in comparison.lines[1:4]] == ["7", "8", "9"]
    assert comparison.lines[-1] == Line(change=Change.FOLDED, count=7)
    assert [(line.before, line.after) for line in comparison.lines[6:8]] == [(11, 11), (12, 12)]


def test_one_line_alone_is_not_folded() -> None:
    assert shown("1\n2\n3\n4\n5", "1\n2\n3\n4\nfive")[0] == ("same", "1")


def test_texts_that_are_the_same_say_so() -> None:
    comparison = compare(BEFORE, BEFORE)
    assert comparison.is_same
    assert comparison.lines == (Line(change=Change.FOLDED, count=6),)
    assert compare("", "").lines == ()


def test_ends_of_lines_do_not_count() -> None:
    assert compare(BEFORE, BEFORE.replace("\n", "\r\n").rstrip()).is_same
    assert compare("a  \nb", "a\nb\n").is_same


def test_a_first_definition_is_all_new() -> None:
    assert {line.change for line in compare("", BEFORE).lines} == {Change.ADDED}


@given(before=texts, after=texts)
def test_both_texts_can_be_read_from_their_comparison(before: str, after: str) -> None:
    lines = compare(before, after).lines
    told = [line for line in lines if line.change is not Change.FOLDED]
    folded = sum(line.count for line in lines if line.change is Change.FOLDED)
    for text, attribute, other in ((before, "before", "removed"), (after, "after", "added")):
        whole = text.rstrip("\n").split("\n") if text.rstrip("\n") else []
        mine = [line for line in told if getattr(line, attribute) is not None]
        assert len(mine) + folded == len(text.split("\n")) - (text.split("\n")[-1] == "")
        for line in mine:
            number = getattr(line, attribute)
            assert line.text == (whole[number - 1].rstrip() if number <= len(whole) else "")
            assert line.change.value in {"same", other}


def test_long_texts_are_compared_in_good_time() -> None:
    before = "".join(f"{number * 7919 % 101}\n" for number in range(15000))
    after = "".join(f"{number * 104729 % 101}\n" for number in range(15000))
    started = time.perf_counter()
    compare(before, after)
    assert time.perf_counter() - started < 3
