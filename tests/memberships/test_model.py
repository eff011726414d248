"""What a refused publish says, and who may manage whom: tables of cases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.memberships.cast import DEFINITION
from vestibule.apps.model import App, AppSeat
from vestibule.kernel.ids import AccountId, AppId, OrganizationId, new_id
from vestibule.memberships import app_policy as policy
from vestibule.memberships.model import MOST_TOLD, RoleBeyondReach, RoleInUse, RoleUse
from vestibule.organizations import permission_model

EVERY = frozenset(DEFINITION.roles)


def seat(**more: Any) -> AppSeat:  # noqa: ANN401
    app = App(
        id=AppId(new_id()),
        organization_id=OrganizationId(new_id()),
        organization_name="Analytical",
        organization_slug="analytical",
        name="Rounds",
        slug="rounds",
        version=1,
        colour=None,
        logo_version=None,
        home_url=None,
        redirect_urls=(),
        origins=(),
        created_at=datetime.now(UTC),
    )
    return AppSeat(app=app, account_id=AccountId(new_id()), definition=DEFINITION, **more)


ADMIN = seat(organization_role=permission_model.ADMIN, manageable=EVERY)
LOOKER = seat(organization_role=permission_model.MANAGER)
MANAGER = seat(roles=("Manager",), manageable=frozenset({"Manager", "Employee"}))


@pytest.mark.parametrize(
    ("members", "invitations", "sentence"),
    [
        (1, 0, "1 member has the role X."),
        (2, 0, "2 members have the role X."),
        (0, 1, "1 open invitation has the role X."),
        (0, 3, "3 open invitations have the role X."),
        (1, 1, "1 member and 1 open invitation have the role X."),
        (2, 1, "2 members and 1 open invitation have the role X."),
    ],
)
def test_a_role_in_use_is_told_with_its_numbers(
    members: int, invitations: int, sentence: str
) -> None:
    assert RoleUse(role="X", members=members, invitations=invitations).explain() == sentence


def test_of_many_roles_the_first_are_told_and_the_rest_counted() -> None:
    uses = [RoleUse(role=f"R{n}", members=1, invitations=0) for n in range(MOST_TOLD + 2)]
    sentence = RoleInUse(uses).explain()
    assert sentence.endswith("role R4. And 2 more roles. Say what becomes of them.")
    assert "R5" not in sentence


@pytest.mark.parametrize(
    ("held", "role", "may"),
    [
        (ADMIN, "Guest", True),
        (ADMIN, "Ghost", True),
        (LOOKER, "Guest", False),
        (LOOKER, "Ghost", False),
        (MANAGER, "Employee", True),
        (MANAGER, "Planner", False),
        (MANAGER, "Ghost", False),
    ],
)
def test_who_may_give_and_take_a_role(held: AppSeat, role: str, may: bool) -> None:
    assert policy.may_manage(held, role) is may
    assert policy.may_remove(held, [role]) is may
    if not may:
        with pytest.raises(RoleBeyondReach, match="role_not_allowed"):
            policy.ensure_may_manage(held, [role])


def test_all_roles_of_somebody_must_be_in_reach_to_remove_them() -> None:
    assert policy.may_remove(MANAGER, ["Manager", "Employee"])
    assert not policy.may_remove(MANAGER, ["Employee", "Planner"])
    assert policy.may_remove(ADMIN, [])
    assert not policy.may_remove(LOOKER, [])


def test_roles_come_in_the_order_of_the_definition() -> None:
    assert policy.clean_roles(ADMIN, ["Guest", "Manager"]) == ("Manager", "Guest")
