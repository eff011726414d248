"""The table of who may what is what the code says, and what requests of the whole cast find."""

import pytest

from tests.client import API
from tests.matrix.app_entries import CALLS
from tests.matrix.test_roles import ENTRIES, RANKS
from tools import permissions
from tools.permissions import Row
from vestibule.organizations.permission_model import BUILT_IN, Permission

ROWS = {(row.method, row.path): row for row in permissions.rows()}


def test_the_page_is_up_to_date() -> None:
    assert permissions.FILE.read_text() == permissions.write(), "run `make permissions`"


def test_every_permission_is_asked_for_somewhere() -> None:
    assert {row.asked for row in ROWS.values()} == {None, *Permission}


def open_to(row: Row) -> set[str]:
    """Who of the cast may, of those who have a built-in role, whatever is asked for."""
    who = {role: name for name, role in RANKS.items()}
    return {who[role.name] for role in BUILT_IN if row.is_all_for(role)}


def route(path: str) -> str:
    return path.removeprefix(API).replace(":str", "").replace(":int", "")


def found_by_requests() -> dict[tuple[str, str], set[str]]:
    """Who of them may, as the matrices have it, which ask each route as each of them."""
    found = {
        (one.method, route(one.path)): one.allowed
        for one in ENTRIES
        if one.path.startswith(f"{API}/organizations/{{org")
    }
    return found | {
        (one.method, route(one.path)): set(one.may) & RANKS.keys()
        for one in CALLS
        if set(one.may) & RANKS.keys()
    }


REQUESTED = found_by_requests()


def test_every_call_is_in_both() -> None:
    """But those of who comes in to an app, who shows by what they send who they are."""
    entering = ("/apps/{app}/sessions", "/apps/{app}/sign-ups", "/apps/{app}/password-resets")
    left_out = [path for _, path in REQUESTED.keys() - ROWS.keys()]
    assert [path for path in left_out if not path.startswith(entering)] == []
    assert ROWS.keys() - REQUESTED.keys() == set()


@pytest.mark.parametrize("call", sorted(ROWS), ids=" ".join)
def test_the_table_says_who_may_as_requests_find_it(call: tuple[str, str]) -> None:
    assert open_to(ROWS[call]) == REQUESTED[call]
