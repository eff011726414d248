"""Pages of a list: their bounds, their cursors, and that they meet without a gap or a double."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.kernel import lists
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.ids import new_id
from vestibule.kernel.lists import Page, Window

SCOPE = "members/here"


def fetch(everything: Sequence[UUID], window: Window) -> list[UUID]:
    """What a query does: rows beyond the cursor, in the window's order, and one too many."""
    rows = [
        row
        for row in everything
        if (window.after is None or row < window.after)
        and (window.before is None or row > window.before)
    ]
    return sorted(rows, reverse=window.order == "DESC")[: window.limit + 1]


def ask(everything: Sequence[UUID], limit: int, **cursors: str | None) -> Page[UUID]:
    window = lists.window(SCOPE, limit=limit, **cursors)
    return lists.page(window, fetch(everything, window), lambda row: row)


def cursor(scope: str = SCOPE) -> str:
    window = lists.window(scope, limit=1)
    after = lists.page(window, [new_id(), new_id()], lambda row: row).after
    assert after
    return after


@given(rows=st.sets(st.uuids(), max_size=40), limit=st.integers(1, 12))
def test_the_pages_meet_exactly_forth_and_back(rows: set[UUID], limit: int) -> None:
    everything = sorted(rows, reverse=True)
    page = ask(everything, limit)
    forth = [page]
    while page.after:
        page = ask(everything, limit, after=page.after)
        forth.append(page)

    assert [row for each in forth for row in each.items] == everything
    assert all(len(each.items) == limit for each in forth[:-1])
    assert forth[0].before is None

    back = [page]
    while page.before:
        page = ask(everything, limit, before=page.before)
        back.append(page)
    assert [each.items for each in reversed(back)] == [each.items for each in forth]


@given(rows=st.sets(st.uuids(), min_size=4, max_size=40), more=st.sets(st.uuids(), max_size=20))
def test_a_page_starts_where_the_one_before_ended_whatever_has_come_since(
    rows: set[UUID], more: set[UUID]
) -> None:
    first = ask(sorted(rows), 2)
    now = rows | more
    page = ask(sorted(now), 100, after=first.after)
    assert list(page.items) == sorted((r for r in now if r < first.items[-1]), reverse=True)


def test_an_empty_list_and_a_list_of_one_page_have_no_neighbours() -> None:
    for size in (0, 1, 5):
        page = ask([new_id() for _ in range(size)], 5)
        assert (len(page.items), page.before, page.after) == (size, None, None)


def test_a_page_of_changed_items_keeps_its_cursors() -> None:
    page = ask([new_id() for _ in range(3)], 2)
    changed = page.map(str)
    assert changed.items == [str(row) for row in page.items]
    assert (changed.before, changed.after) == (page.before, page.after)


def test_twenty_are_given_unless_asked_otherwise_and_a_hundred_at_most() -> None:
    assert lists.window(SCOPE).limit == 20
    assert lists.window(SCOPE, limit=1).limit == 1
    assert lists.window(SCOPE, limit=100).limit == 100


@pytest.mark.parametrize("limit", [0, -1, 101, 2**63, -(2**63)])
def test_a_limit_out_of_bounds_is_refused(limit: int) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        lists.window(SCOPE, limit=limit)
    assert [error.path for error in refusal.value.errors] == ["limit"]
    assert "100" in refusal.value.errors[0].message


def test_both_cursors_at_once_are_refused() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        lists.window(SCOPE, before=cursor(), after=cursor())
    assert refusal.value.errors[0].path == "before"


def test_a_cursor_of_another_list_is_refused() -> None:
    assert lists.window(SCOPE, after=cursor()).after
    for scope in ("members/there", "invitations/here", SCOPE + "x", ""):
        with pytest.raises(InvalidRequest):
            lists.window(SCOPE, after=cursor(scope))


@pytest.mark.parametrize("path", ["before", "after"])
@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "null",
        "0",
        "-1",
        "AAAA",
        "A" * 29,
        "A" * 30,
        "=" * 8,
        "A" * 100_000,
        "é",
        "\x00",
        "\ud800",
        "' OR 1=1 --",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "inv_01h455vb4pex5vsknk084sn02q",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_a_forged_cursor_is_refused(path: str, forged: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        lists.window(SCOPE, **{path: forged})  # type: ignore[arg-type]
    assert refusal.value.errors[0].path == path


@given(text=st.text(min_size=1, max_size=60))
def test_no_text_breaks_the_reading_of_a_cursor(text: str) -> None:
    with pytest.raises(InvalidRequest):
        lists.window(SCOPE, after=text)


def test_a_cursor_with_one_letter_changed_is_refused() -> None:
    good = cursor()
    for at in range(0, 29):
        other = "A" if good[at] != "A" else "B"
        with pytest.raises(InvalidRequest):
            lists.window(SCOPE, after=good[:at] + other + good[at + 1 :])
