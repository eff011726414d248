"""Each rule of what a definition may mean, with the place and the line that its fault names."""

import pytest

from tests.definitions.texts import found, with_roles
from vestibule.definitions.actions import read

MEANING = {
    "an unknown default": (
        with_roles("B:"),
        [("security.default.role", "unknown_role", 4)],
    ),
    "unknown inheritance": (
        with_roles("A: {inherits: [B, Gone]}\nB:"),
        [("security.roles.A.inherits.1", "unknown_role", 6)],
    ),
    "itself": (
        with_roles("A: {inherits: [A]}"),
        [("security.roles.A.inherits", "circular_inheritance", 6)],
    ),
    "a circle, told once": (
        with_roles("A: {inherits: [B]}\nB: {inherits: [C]}\nC: {inherits: [A]}"),
        [("security.roles.A.inherits", "circular_inheritance", 6)],
    ),
    "a circle behind a role": (
        with_roles("A: {inherits: [B]}\nB: {inherits: [C]}\nC: {inherits: [B]}"),
        [("security.roles.B.inherits", "circular_inheritance", 7)],
    ),
    "two circles": (
        with_roles(
            "A: {inherits: [B]}\nB: {inherits: [A]}\nC: {inherits: [D]}\nD: {inherits: [C]}"
        ),
        [
            ("security.roles.A.inherits", "circular_inheritance", 6),
            ("security.roles.C.inherits", "circular_inheritance", 8),
        ],
    ),
    "an unknown one to invite": (
        with_roles("A: {canInvite: [A, Gone]}"),
        [("security.roles.A.canInvite.1", "unknown_role", 6)],
    ),
    "an unknown one to manage": (
        with_roles("A: {canManage: [Gone]}"),
        [("security.roles.A.canManage.0", "unknown_role", 6)],
    ),
    "one to invite that it is not": (
        with_roles("A: {inherits: [C], canInvite: [A, B, C]}\nB:\nC:"),
        [("security.roles.A.canInvite.1", "role_not_held", 6)],
    ),
    "one to manage that it is not": (
        with_roles("A: {inherits: [C], canManage: [B, C]}\nB:\nC:"),
        [("security.roles.A.canManage.0", "role_not_held", 6)],
    ),
    "its heir": (
        with_roles("A: {canInvite: [B]}\nB: {inherits: [A]}"),
        [("security.roles.A.canInvite.0", "role_not_held", 6)],
    ),
    "names that read alike": (
        with_roles("A:\nManager:\nmanager:"),
        [("security.roles.manager", "similar_role_names", 8)],
    ),
    "names that read alike in other alphabets": (
        with_roles("A:\nStraße:\nSTRASSE:"),
        [("security.roles.STRASSE", "similar_role_names", 8)],
    ),
    "anybody may invite": (
        with_roles("A: {canInvite: true}", registration="true"),
        [("security.default", "self_registration_may_invite", 4)],
    ),
    "anybody may invite by what is inherited": (
        with_roles("A: {inherits: [B]}\nB: {canInvite: [B]}", registration="true"),
        [("security.default", "self_registration_may_invite", 4)],
    ),
    "anybody may manage": (
        with_roles("A: {canManage: true}", registration="true"),
        [("security.default", "self_registration_may_manage", 4)],
    ),
    "confirmed is not the other": (
        with_roles(
            "A: {canManage: true}", registration="true", default="{role: A, mayInvite: true}"
        ),
        [("security.default", "self_registration_may_manage", 4)],
    ),
}


@pytest.mark.parametrize("case", MEANING)
def test_a_definition_that_makes_no_sense(case: str) -> None:
    text, wanted = MEANING[case]
    assert found(text) == wanted


@pytest.mark.parametrize(
    ("roles", "default", "registration"),
    [
        ("A: {canInvite: true, canManage: true}", "{role: A}", "false"),
        ("A: {canInvite: true}", "{role: A, mayInvite: true}", "true"),
        ("A: {canManage: true}", "{role: A, mayManage: true}", "true"),
        ("A:\nB: {inherits: [A], canInvite: true}", "{role: A}", "true"),
        ("A: {canInvite: []}", "{role: A}", "true"),
        ("A: {inherits: [B, C]}\nB: {inherits: [D]}\nC: {inherits: [D]}\nD:", "{role: A}", "true"),
        (
            "A: {inherits: [B], canInvite: [C], canManage: [A]}\nB: {inherits: [C]}\nC:",
            "{role: A}",
            "false",
        ),
    ],
)
def test_a_definition_that_makes_sense(roles: str, default: str, registration: str) -> None:
    read(with_roles(roles, default=default, registration=registration), is_json=False)
