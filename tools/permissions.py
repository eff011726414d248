"""`python -m tools.permissions` writes docs/permissions.md: who may call what, read from the code.

For each call of the API, its doors are found in the source (tools/calls.py): the functions that
give a caller an organization or an app. What a door asks for is the permission that it names.
"""

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from tools.calls import Program
from tools.layers import layer_of
from vestibule.kernel.errors import Forbidden
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import BUILT_IN, Permission, Role, closed
from vestibule.organizations.role_model import WORDS, label
from vestibule.routes import API, every_route

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "permissions.md"

OF_ORGANIZATIONS = "vestibule.organizations.actions"
OF_APPS = "vestibule.apps.actions"
# What asks who calls for something whatever the door asked for: to be an owner.
OWNERS_ONLY = "vestibule.memberships.organization_rights.ensure_owner"
# What an app's own members need, by the word for it in the code.
OF_MEMBERS = {"invitable": "canInvite", "manageable": "canManage"}

HEAD = """\
# Who may do what

Made from the code by `make permissions`; a test keeps it so. Who may call what in an organization
and in its apps, by the API; the pages go through the same doors.

A role is a set of permissions. Every organization has the four of these tables, and may have
[roles of its own](decisions/0021-roles-of-an-organizations-own.md); whatever is asked, the sets are
compared. An API key may what its maker may, of the permissions that it was given. Who is no member
is told that there is no such organization (404); a member without the permission gets 403
`not_permitted`.
"""
CALLS = """\
*Asks for* is what the call's door asks of everybody; *further* what is asked where it comes to
that: to give a role, to change who has one, to revoke what is not one's own; without it, the rest
may be done (*in part*). Members of an app need
no user and no role in the organization: *or* says what a role of theirs must have, in
[the app's definition](definition.md). *Refuses also* are other codes of a 403
([errors.md](errors.md)), a role beyond one's own above all.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A call, and what it asks for. `asked` None: to be a member, whatever the role."""

    method: str
    path: str
    summary: str
    asked: Permission | None
    further: tuple[Permission, ...]
    of_members: tuple[str, ...]
    refusals: tuple[str, ...]

    def is_open_to(self, role: Role) -> bool:
        """Tell whether the door is open to who has the role."""
        return self.asked is None or self.asked in role.permissions

    def is_all_for(self, role: Role) -> bool:
        """Tell whether who has the role may all that can be asked for behind the door, too."""
        return self.is_open_to(role) and role.permissions >= set(self.further)

    def answer(self, role: Role) -> str:
        """Say whether who has the role may call it."""
        if self.is_all_for(role):
            return "yes"
        return "in part" if self.is_open_to(role) else ""


def rows() -> list[Row]:
    """Give every call that goes through a door, by path; reading before changing."""
    found = [row for method, path, handler in _calls() if (row := _row(method, path, handler))]
    return sorted(found, key=lambda row: (row.path.startswith("/apps"), row.path, row.method))


def write() -> str:
    """Give the whole page."""
    names = " | ".join(label(role.name) for role in BUILT_IN)
    rule = "|".join(["---"] * len(BUILT_IN))
    permissions = [
        f"| `{one}` | {WORDS[one]} | {_cells(one in role.permissions for role in BUILT_IN)} |"
        for one in Permission
    ]
    calls = [_line(row) for row in rows()]
    return "\n".join(
        [
            HEAD,
            "## What each role allows\n",
            f"| permission | lets somebody | {names} |",
            f"|---|---|{rule}|",
            *permissions,
            "\n## What each call asks for\n",
            CALLS,
            f"| call | | asks for | further | {names} | or | refuses also |",
            f"|---|---|---|---|{rule}|---|---|",
            *calls,
            "",
        ]
    )


def _calls() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Give method, path and handler of what programs may call with a token."""
    routers = [each for each in every_route() if isinstance(each, Router)]
    routes = [route for router in routers for route in router.routes]
    for route in routes:
        for handler in getattr(route, "route_handlers", ()):
            if route.path.startswith(API) and "caller" in inspect.signature(handler.fn).parameters:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield str(method), route.path.removeprefix(API), handler


def _row(method: str, path: str, handler: HTTPRouteHandler) -> Row | None:
    room = OF_ORGANIZATIONS if path.startswith("/organizations") else OF_APPS
    name = f"{handler.fn.__module__}.{handler.fn.__qualname__}"
    reached = list(program().reached(name, stop=_is_door))
    doors = [each for each in reached if _is_door(each) and each.startswith(room)]
    if not doors:
        return None
    asked = _greatest({one for door in doors for one in _least(_asked_by(door))})
    further = {one for each in reached if _is_rule(each) for one in _asked_by(each)}
    if OWNERS_ONLY in reached:
        asked = {Permission.ORGANIZATION_OWN}
    return Row(
        method=method,
        path=path.replace(":str", "").replace(":int", ""),
        summary=str(handler.summary),
        asked=_one(asked, of=f"{method} {path}"),
        further=tuple(one for one in Permission if one in further - asked),
        of_members=tuple(
            word for key, word in OF_MEMBERS.items() if all(_reads(door, key) for door in doors)
        ),
        refusals=tuple(_refusals(handler)),
    )


@cache
def program() -> Program:
    """Read the program once."""
    return Program.read(ROOT / "src")


def _is_door(name: str) -> bool:
    """Tell whether a function gives an organization or an app to who calls."""
    module, _, own = name.rpartition(".")
    if module not in {OF_ORGANIZATIONS, OF_APPS} or own.startswith("_"):
        return False
    function = program().function(name)
    return function is not None and "caller" in {each.arg for each in function.args.args}


def _is_rule(name: str) -> bool:
    """Tell whether a function is a rule behind the door: it refuses by what the caller is."""
    module, _, own = name.rpartition(".")
    is_policy = module.endswith("_rights") or layer_of(module.rpartition(".")[2]) == "policy"
    return is_policy and own.startswith("ensure_") and name != OWNERS_ONLY


def _asked_by(name: str) -> set[Permission]:
    """Give the permissions that a door or a rule names, with what it comes to."""
    return {
        Permission[node.attr]
        for each in program().reached(name, stop=lambda _: False)
        for node in ast.walk(_function(each))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Permission"
        and node.attr in Permission.__members__
    }


def _least(asked: set[Permission]) -> set[Permission]:
    """Leave out what brings another one along: one is enough at a door, and the lesser is one."""
    return {one for one in asked if not (closed({one}) - {one}) & asked}


def _greatest(asked: set[Permission]) -> set[Permission]:
    """Leave out what another one brings along: who goes through several doors needs each."""
    return {one for one in asked if not any(one in closed({other}) - {other} for other in asked)}


def _reads(door: str, attribute: str) -> bool:
    """Tell whether a door, or a guard that it names, asks for this of an app's own member."""
    guards = (each for each in program().named(door) if program().function(each))
    return any(
        isinstance(node, ast.Attribute) and ast.unparse(node) == f"seat.{attribute}"
        for each in (door, *guards)
        for node in ast.walk(_function(each))
    )


def _function(name: str) -> ast.AST:
    found = program().function(name)
    if found is None:
        raise LookupError(name)
    return found


def _refusals(handler: HTTPRouteHandler) -> Iterable[str]:
    """Give the codes of what is refused with 403 for another reason than the door's."""
    problems: Sequence[type[Any]] = handler.opt.get("problems", ())
    codes = {one.code() for one in problems if issubclass(one, Forbidden)}
    return sorted(codes - {NotPermitted.code()})


def _one(asked: Collection[Permission], *, of: str) -> Permission | None:
    """Give the one permission that is asked for, if any: more than one this page cannot tell."""
    if len(asked) > 1:
        raise ValueError(f"{of} asks for several permissions: {sorted(asked)}")
    return next(iter(asked), None)


def _line(row: Row) -> str:
    asked = f"`{row.asked}`" if row.asked else "to be a member"
    return " | ".join(
        [
            f"| `{row.method} {row.path}`",
            row.summary,
            asked,
            _words(row.further),
            " | ".join(row.answer(role) for role in BUILT_IN),
            _words(row.of_members),
            f"{_words(row.refusals)} |",
        ]
    )


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _cells(marks: Iterable[bool]) -> str:
    return " | ".join("yes" if mark else "" for mark in marks)


def main() -> None:
    FILE.write_text(write(), encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
