"""Names of roles, and what they are told to allow."""

import pytest

from vestibule.kernel.errors import InvalidRequest
from vestibule.organizations.permission_model import (
    BUILT_IN,
    MANAGER,
    OWNER,
    Permission,
    Role,
)
from vestibule.organizations.role_model import (
    MOST_ROLES,
    WORDS,
    InvalidRoleName,
    NoPermission,
    RoleNameTaken,
    TooManyRoles,
    clean_name,
    ensure_free,
    label,
    read_permissions,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Billing clerk", "Billing clerk"),
        ("  Billing   clerk ", "Billing clerk"),
        ("HR", "HR"),
        ("Kassörska & co", "Kassörska & co"),
        ("Kasso\u0308rska", "Kassörska"),
        ("会計", "会計"),
        ("レジのひと々", "レジのひと々"),
        ("회계 部", "회계 部"),
        ("Бухгалтер 2", "Бухгалтер 2"),
        ("Λογιστής", "Λογιστής"),
        ("लेखाकार", "लेखाकार"),
        ("رئيس", "رئيس"),
        ("\u13e3\u13b3\u13a9", "\u13e3\u13b3\u13a9"),
        ("\uff2fn call", "\uff2fn call"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "x", "x" * 41, "--", "..", "& &"),
        *("Sales/Support", "a\\b", "<b>clerk</b>", "cl\u200berk", "\u202eclerk", "cl\nerk"),
        *("=?utf-8?q?clerk?=", "x\x00y", "\ud800x", "owner\u3164", "Bil\u00adling"),
        *("\u043ewner", "Adm\u0456n", "\u0391dmin"),
        *("\u13aadmin", "\u13cewner", "O\u13b3ner", "ow\u0578er", "\ua4f3wner", "IT\u4e00"),
    ],
)
def test_a_name_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InvalidRoleName) as refusal:
        clean_name(typed)
    assert [fault.path for fault in refusal.value.errors] == ["name"]


@pytest.mark.parametrize(
    "name",
    [
        *(role.name for role in BUILT_IN),
        *("Owner", "ADMIN", "\uff2fwner", "o.wner", "Ow-ner", "owner 0700 123456", "httpadmin"),
        *("adm\u0131n", "v\u0131ewer", "Ad\u1e41in", "0wner", "adm1n", "\u00f8wner", "ow\u0272er"),
        *("\u1d00\u1d05\u1d0d\u026a\u0274", "\u1d0f\u1d21\u0274\u1d07\u0280", "mana\u0261er"),
        *("\ua4f3\ua4ea\ua4e0\ua4f0\ua4e3", "\u13be\u13b3\u13c1\u13ac\u13a1", "\U0001d41admin"),
        *("billing clerk", "BILLING CLERK", "Billing\u00a0clerk", "STRASSE", "Billing-clerk"),
    ],
)
def test_a_name_that_is_another_s_in_any_case_is_taken(name: str) -> None:
    with pytest.raises(RoleNameTaken):
        ensure_free(name, [Role("Billing clerk"), Role("Straße")])


@pytest.mark.parametrize("name", ["Mali", "Mall", "Landowner", "Admiral", "Viewers", "M0"])
def test_a_name_that_merely_resembles_one_is_free(name: str) -> None:
    ensure_free(clean_name(name), [Role("Mal1"), Role("Mo")])


def test_there_are_fifty_at_most() -> None:
    many = [Role(f"Role {number}") for number in range(MOST_ROLES)]
    ensure_free("One more", many[1:])
    with pytest.raises(TooManyRoles):
        ensure_free("One more", many)


def test_what_is_chosen_comes_with_what_goes_along() -> None:
    assert read_permissions(["apps:manage", "audit:read", "audit:read"]) == {
        Permission.APPS_MANAGE,
        Permission.APPS_READ,
        Permission.AUDIT_READ,
    }


@pytest.mark.parametrize("word", ["organization:own", "", "members", "MEMBERS:READ", "*"])
def test_what_is_no_permission_or_an_owner_s_alone_is_refused(word: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_permissions(["members:read", word])
    assert [fault.path for fault in refusal.value.errors] == ["permissions.1"]


def test_a_role_allows_something() -> None:
    with pytest.raises(NoPermission):
        read_permissions([])


def test_every_permission_and_every_role_can_be_told() -> None:
    assert set(WORDS) == set(Permission)
    assert len({WORDS[one] for one in Permission}) == len(Permission)
    assert [label(role.name) for role in BUILT_IN] == ["Owner", "Admin", "Manager", "Viewer"]
    assert label("Billing clerk") == "Billing clerk"
    assert words_of(MANAGER)[0] == "See the members"
    assert words_of(OWNER) == list(WORDS.values())
