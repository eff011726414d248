"""What somebody may give an API key, and which they may revoke."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.world import ADA, ANALYTICAL, BO
from vestibule.api_keys import policy
from vestibule.api_keys.model import GIVEABLE, ApiKey, ApiKeyBeyondReach, PermissionBeyondReach
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.ids import ApiKeyId
from vestibule.organizations.model import NotPermitted
from vestibule.organizations.permission_model import ADMIN, OWNER, VIEWER, Permission, Role
from vestibule.organizations.role_model import NoPermission

KEEPER = Role("keeper", frozenset({Permission.KEYS_MANAGE, Permission.MEMBERS_READ}))
NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEY = ApiKey(
    id=ApiKeyId(UUID(int=7)),
    organization_id=ANALYTICAL.id,
    app_id=None,
    maker_id=ADA.id,
    maker_name=ADA.name,
    name="Deploy bot",
    hint="abcd",
    permissions=frozenset({Permission.MEMBERS_READ}),
    created_at=NOW,
    expires_at=NOW,
    last_used_at=None,
    is_expired=False,
)


def test_a_key_may_what_its_maker_may() -> None:
    given = policy.clean_permissions(ADMIN, ["members:read", "audit:read"], in_app=False)
    assert given == {Permission.MEMBERS_READ, Permission.AUDIT_READ}


def test_who_may_change_a_thing_may_see_it() -> None:
    given = policy.clean_permissions(ADMIN, ["invitations:manage"], in_app=False)
    assert given == {Permission.INVITATIONS_MANAGE, Permission.INVITATIONS_READ}


def test_a_key_may_nothing_that_its_maker_may_not() -> None:
    with pytest.raises(PermissionBeyondReach) as refused:
        policy.clean_permissions(ADMIN, ["members:read", "organization:delete"], in_app=False)
    assert refused.value.code() == "role_not_allowed"


@pytest.mark.parametrize(
    "wanted", [["keys:manage"], ["organization:own"], ["nothing", "members:read"], [""]]
)
def test_no_key_makes_keys_or_owns(wanted: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        policy.clean_permissions(OWNER, wanted, in_app=False)
    assert [fault.path for fault in refused.value.errors] == ["permissions.0"]


def test_a_key_may_something() -> None:
    with pytest.raises(NoPermission):
        policy.clean_permissions(OWNER, [], in_app=False)


def test_a_key_of_an_app_is_about_apps() -> None:
    both = {Permission.APPS_MANAGE, Permission.APPS_READ}
    assert policy.clean_permissions(OWNER, ["apps:manage"], in_app=True) == both
    with pytest.raises(InvalidRequest):
        policy.clean_permissions(OWNER, ["apps:read", "invitations:manage"], in_app=True)


def test_a_form_offers_what_can_be_given() -> None:
    assert policy.giveable(OWNER) == list(GIVEABLE)
    assert policy.giveable(KEEPER) == [Permission.MEMBERS_READ]


def test_everybody_revokes_their_own() -> None:
    policy.ensure_may_revoke(VIEWER, KEY, user_id=ADA.id)


def test_who_manages_keys_revokes_those_that_may_no_more_than_they() -> None:
    policy.ensure_may_revoke(KEEPER, KEY, user_id=BO.id)
    greater = replace(KEY, permissions=frozenset({Permission.APPS_READ}))
    with pytest.raises(ApiKeyBeyondReach):
        policy.ensure_may_revoke(KEEPER, greater, user_id=BO.id)


@pytest.mark.parametrize("key", [KEY, None])
def test_who_may_see_no_keys_is_told_of_none(key: ApiKey | None) -> None:
    with pytest.raises(NotPermitted):
        policy.ensure_may_revoke(VIEWER, key, user_id=BO.id)
