"""The grant rule and the rights, as tables."""

import pytest

from vestibule.organizations import policy
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import (
    ADMIN,
    BUILT_IN,
    MANAGER,
    OWNER,
    VIEWER,
    Permission,
    Role,
)

GRANTS = {
    OWNER: {OWNER, ADMIN, MANAGER, VIEWER},
    ADMIN: {ADMIN, MANAGER, VIEWER},
    MANAGER: set(),
    VIEWER: set(),
}
PERMISSIONS = {
    OWNER: set(Permission),
    ADMIN: set(Permission) - {Permission.ORGANIZATION_DELETE, Permission.ORGANIZATION_OWN},
    MANAGER: {Permission.MEMBERS_READ, Permission.INVITATIONS_READ, Permission.APPS_READ},
    VIEWER: {Permission.MEMBERS_READ},
}
# Whom each may change or remove.
CHANGES = {
    OWNER: {OWNER, ADMIN, MANAGER, VIEWER},
    ADMIN: {MANAGER, VIEWER},
    MANAGER: set(),
    VIEWER: set(),
}
LOWEST_FIRST = (VIEWER, MANAGER, ADMIN, OWNER)
PAIRS = [(actor, role) for actor in BUILT_IN for role in BUILT_IN]


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_nobody_grants_above_their_own_and_only_who_may_invite_grants(
    actor: Role, role: Role
) -> None:
    assert policy.may_grant(actor, role) is (role in GRANTS[actor])


@pytest.mark.parametrize("role", BUILT_IN)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_allows_what_it_allows_and_no_more(role: Role, permission: Permission) -> None:
    assert policy.may(role, permission) is (permission in PERMISSIONS[role])


@pytest.mark.parametrize(("actor", "present"), PAIRS)
def test_nobody_changes_who_may_as_much_as_they_but_an_owner_anybody(
    actor: Role, present: Role
) -> None:
    assert policy.may_change(actor, present) is (present in CHANGES[actor])


def test_what_a_role_does_not_allow_is_refused() -> None:
    with pytest.raises(NotPermitted) as refusal:
        policy.ensure_may(VIEWER, Permission.INVITATIONS_MANAGE)
    assert refusal.value.code() == "not_permitted"


def test_a_form_offers_what_may_be_granted_the_lowest_first() -> None:
    assert policy.grantable(OWNER, LOWEST_FIRST) == [VIEWER, MANAGER, ADMIN, OWNER]
    assert policy.grantable(ADMIN, LOWEST_FIRST) == [VIEWER, MANAGER, ADMIN]
    assert policy.grantable(MANAGER, LOWEST_FIRST) == []
