"""Who may make, change and give which role: tables, and what holds for any sets at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestibule.organizations import policy, role_policy
from vestibule.organizations.permission_model import (
    ADMIN,
    BUILT_IN,
    CHOOSABLE,
    MANAGER,
    OWNER,
    VIEWER,
    Permission,
    Role,
    closed,
)
from vestibule.organizations.role_model import RoleBeyondYours, RoleNotYours
from vestibule.organizations.role_policy import ensure_may_change, ensure_may_make

CLERK = Role("Billing clerk", closed({Permission.MEMBERS_READ, Permission.SETTINGS_MANAGE}))
TWIN = Role("Twin", CLERK.permissions)
OTHER = Role("Other", closed({Permission.AUDIT_READ}))
CO_ADMIN = Role("Co-admin", ADMIN.permissions)
CO_OWNER = Role("Co-owner", OWNER.permissions - {Permission.ORGANIZATION_OWN})
OWN = (CLERK, TWIN, OTHER, CO_ADMIN, CO_OWNER)

# Which of these roles each may have a role be, and which they may change or delete.
MAKES = {
    OWNER: {CLERK, TWIN, OTHER, CO_ADMIN, CO_OWNER},
    CO_OWNER: {CLERK, TWIN, OTHER, CO_ADMIN, CO_OWNER},
    ADMIN: {CLERK, TWIN, OTHER, CO_ADMIN},
    CO_ADMIN: {CLERK, TWIN, OTHER, CO_ADMIN},
    CLERK: {CLERK, TWIN},
    MANAGER: set(),
    VIEWER: set(),
}
CHANGES = {
    OWNER: {CLERK, TWIN, OTHER, CO_ADMIN, CO_OWNER},
    CO_OWNER: {CLERK, TWIN, OTHER, CO_ADMIN},
    ADMIN: {CLERK, TWIN, OTHER},
    CO_ADMIN: {CLERK, TWIN, OTHER},
    CLERK: set(),
    MANAGER: set(),
    VIEWER: set(),
}

permissions = st.frozensets(st.sampled_from(CHOOSABLE)).map(closed)
own_roles = st.builds(Role, st.sampled_from(["A", "B", "C", "D"]), permissions)
roles = own_roles | st.sampled_from(BUILT_IN)


def test_nobody_has_a_role_be_more_than_theirs() -> None:
    for actor, made in MAKES.items():
        assert {role for role in OWN if role_policy.may_make(actor, role)} == made, actor


def test_nobody_changes_their_own_role_or_one_that_may_as_much_but_an_owner_any() -> None:
    for actor, changed in CHANGES.items():
        assert {role for role in OWN if role_policy.may_change(actor, role)} == changed, actor


@given(actor=roles, before=own_roles, after=permissions)
def test_no_change_of_a_role_makes_anybody_more_than_who_makes_it(
    actor: Role, before: Role, after: frozenset[Permission]
) -> None:
    changed = Role(before.name, after)
    if role_policy.may_change(actor, before) and role_policy.may_make(actor, changed):
        assert changed.permissions <= actor.permissions
        assert before.permissions <= actor.permissions
        assert before.name != actor.name
        assert Permission.ORGANIZATION_OWN not in changed.permissions


@given(actor=roles, role=roles)
def test_nobody_grants_what_they_lack(actor: Role, role: Role) -> None:
    if policy.may_grant(actor, role):
        assert role.permissions <= actor.permissions
        assert Permission.INVITATIONS_MANAGE in actor.permissions
        assert actor.owns or not role.owns


@given(actor=roles, present=roles)
def test_nobody_changes_a_member_who_may_something_that_they_may_not(
    actor: Role, present: Role
) -> None:
    if policy.may_change(actor, present):
        assert actor.owns or present.permissions < actor.permissions


@given(
    people=st.lists(roles, min_size=1, max_size=4),
    moves=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), permissions), min_size=1, max_size=20
    ),
)
def test_however_they_change_each_others_roles_nobody_comes_to_more_than_all_had(
    people: list[Role], moves: list[tuple[int, int, frozenset[Permission]]]
) -> None:
    """Two with each other's role, roles that are alike, a chain of them: none is a ladder."""
    kept = {role.name: role for role in people}
    heights = [role.permissions for role in kept.values()]
    for who, whose, wanted in moves:
        actor = kept[people[who % len(people)].name]
        before = kept[people[whose % len(people)].name]
        after = Role(before.name, wanted)
        is_own = before not in BUILT_IN
        if is_own and role_policy.may_change(actor, before) and role_policy.may_make(actor, after):
            kept[before.name] = after
        assert all(any(role.permissions <= height for height in heights) for role in kept.values())


def test_what_is_not_allowed_is_told_as_a_role_that_one_may_not_grant() -> None:
    with pytest.raises(RoleBeyondYours, match="role_not_allowed"):
        ensure_may_make(CLERK, CO_ADMIN)
    with pytest.raises(RoleNotYours, match="role_not_allowed"):
        ensure_may_change(CLERK, CO_ADMIN)
