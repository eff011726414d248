"""The grant rule and the rights, as tables."""

import pytest

from vestibule.organizations import policy
from vestibule.organizations.model import NotPermitted, OrganizationRole, RoleNotAllowed
from vestibule.organizations.policy import Right

OWNER, ADMIN, MANAGER, VIEWER = OrganizationRole

GRANTS = {
    OWNER: {OWNER, ADMIN, MANAGER, VIEWER},
    ADMIN: {ADMIN, MANAGER, VIEWER},
    MANAGER: set(),
    VIEWER: set(),
}
RIGHTS = {
    OWNER: set(Right),
    ADMIN: set(Right),
    MANAGER: {Right.SEE, Right.SEE_MEMBERS, Right.SEE_INVITATIONS, Right.SEE_APPS},
    VIEWER: {Right.SEE, Right.SEE_MEMBERS},
}
PAIRS = [(actor, role) for actor in OrganizationRole for role in OrganizationRole]


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_nobody_grants_above_their_own_and_only_who_may_invite_grants(
    actor: OrganizationRole, role: OrganizationRole
) -> None:
    assert policy.may_grant(actor, role) is (role in GRANTS[actor])


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_a_role_that_may_not_be_granted_is_refused(
    actor: OrganizationRole, role: OrganizationRole
) -> None:
    if role in GRANTS[actor]:
        policy.ensure_may_grant(actor, role)
        return
    with pytest.raises(RoleNotAllowed) as refusal:
        policy.ensure_may_grant(actor, role)
    assert refusal.value.code() == "role_not_allowed"


@pytest.mark.parametrize("role", OrganizationRole)
@pytest.mark.parametrize("right", Right)
def test_each_role_has_its_rights_and_no_other(role: OrganizationRole, right: Right) -> None:
    assert policy.may(role, right) is (right in RIGHTS[role])


def test_a_right_that_a_role_lacks_is_refused() -> None:
    with pytest.raises(NotPermitted) as refusal:
        policy.ensure_may(VIEWER, Right.INVITE)
    assert refusal.value.code() == "not_permitted"


def test_a_form_offers_what_may_be_granted_the_lowest_first() -> None:
    assert policy.grantable(OWNER) == [VIEWER, MANAGER, ADMIN, OWNER]
    assert policy.grantable(ADMIN) == [VIEWER, MANAGER, ADMIN]
    assert policy.grantable(MANAGER) == []


def test_the_order_of_roles_is_owner_admin_manager_viewer() -> None:
    assert sorted(OrganizationRole, key=lambda role: -role.rank) == [OWNER, ADMIN, MANAGER, VIEWER]
