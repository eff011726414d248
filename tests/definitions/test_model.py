"""Who may do what by a security definition."""

import pytest

from vestibule.definitions.model import (
    Definition,
    DefinitionFault,
    InvalidDefinition,
    Reach,
    Role,
)
from vestibule.kernel import http
from vestibule.kernel.database import Transaction

BOSS_TO_GUEST = ("Boss", "Manager", "Employee", "Guest")


def of(
    inherits: dict[str, tuple[str, ...]],
    can_invite: dict[str, Reach] | None = None,
    can_manage: dict[str, Reach] | None = None,
) -> Definition:
    return Definition(
        name="App",
        default_role="Guest",
        roles={
            name: Role(
                name=name,
                inherits=heirs,
                can_invite=(can_invite or {}).get(name, False),
                can_manage=(can_manage or {}).get(name, False),
            )
            for name, heirs in inherits.items()
        },
    )


CHAIN = {"Boss": ("Manager",), "Manager": ("Employee",), "Employee": ("Guest",), "Guest": ()}


@pytest.mark.parametrize(
    ("roles", "held"),
    [
        ([], set()),
        (["Guest"], {"Guest"}),
        (["Manager"], {"Manager", "Employee", "Guest"}),
        (["Boss"], set(BOSS_TO_GUEST)),
        (["Guest", "Employee"], {"Guest", "Employee"}),
        (["Gone"], set()),
        (["Gone", "Guest"], {"Guest"}),
    ],
)
def test_who_has_a_role_has_what_it_inherits(roles: list[str], held: set[str]) -> None:
    assert of(CHAIN).held_by(roles) == held


def test_what_is_inherited_twice_is_held_once() -> None:
    diamond = of({"A": ("B", "C"), "B": ("D",), "C": ("D",), "D": ()})
    assert diamond.held_by(["A"]) == {"A", "B", "C", "D"}


def test_a_definition_of_old_that_names_what_is_gone_still_answers() -> None:
    broken = of({"A": ("Gone", "A")}, {"A": ("Gone", "A")})
    assert broken.held_by(["A"]) == {"A"}
    assert broken.invitable_by(["A"]) == {"A"}


REACHES: list[tuple[dict[str, Reach], list[str], set[str]]] = [
    ({}, ["Boss"], set()),
    ({"Manager": False}, ["Manager"], set()),
    ({"Manager": True}, ["Manager"], {"Manager", "Employee", "Guest"}),
    ({"Manager": True}, ["Employee"], set()),
    ({"Manager": ("Guest",)}, ["Manager"], {"Guest"}),
    ({"Manager": ()}, ["Manager"], set()),
    # An inherited right is a right, and reaches no further than where it comes from.
    ({"Manager": True}, ["Boss"], {"Manager", "Employee", "Guest"}),
    ({"Manager": ("Guest",), "Boss": ("Boss",)}, ["Boss"], {"Guest", "Boss"}),
    ({"Manager": True}, ["Gone"], set()),
    ({"Manager": True}, [], set()),
    ({"Employee": ("Guest",), "Boss": ("Boss",)}, ["Employee", "Boss"], {"Guest", "Boss"}),
]


@pytest.mark.parametrize(("reach", "roles", "reached"), REACHES)
def test_whom_a_role_may_invite(
    reach: dict[str, Reach], roles: list[str], reached: set[str]
) -> None:
    definition = of(CHAIN, can_invite=reach)
    assert definition.invitable_by(roles) == reached
    assert definition.may_invite(roles) == bool(reached)
    assert definition.manageable_by(roles) == set()
    assert not definition.may_manage(roles)


@pytest.mark.parametrize(("reach", "roles", "reached"), REACHES)
def test_whom_a_role_may_manage(
    reach: dict[str, Reach], roles: list[str], reached: set[str]
) -> None:
    definition = of(CHAIN, can_manage=reach)
    assert definition.manageable_by(roles) == reached
    assert definition.may_manage(roles) == bool(reached)
    assert definition.invitable_by(roles) == set()
    assert not definition.may_invite(roles)


FULL = Definition(
    name="App",
    description="What it is for",
    enable_self_registration=True,
    default_role="A",
    default_may_invite=True,
    default_may_manage=True,
    roles={
        "Zoë": Role(name="Zoë", inherits=("A",), can_invite=("A",), can_manage=True),
        "A": Role(name="A", description="First", can_invite=True, can_manage=("A",)),
        "B": Role(name="B"),
    },
)


@pytest.mark.parametrize("definition", [FULL, of(CHAIN)])
async def test_a_definition_comes_back_from_the_database_as_it_was(
    tx: Transaction, definition: Definition
) -> None:
    kept = await tx.fetch_value("SELECT $1::json", definition.to_json())
    again = Definition.from_json(kept)

    assert again == definition
    assert list(again.roles) == list(definition.roles)


def test_a_definition_is_shown_in_the_words_of_its_text() -> None:
    assert FULL.to_json() == {
        "name": "App",
        "description": "What it is for",
        "security": {
            "enableSelfRegistration": True,
            "default": {"role": "A", "mayInvite": True, "mayManage": True},
            "roles": {
                "Zoë": {"inherits": ["A"], "canInvite": ["A"], "canManage": True},
                "A": {"description": "First", "canInvite": True, "canManage": ["A"]},
                "B": {},
            },
        },
    }


def test_faults_answer_as_an_invalid_request_with_a_path_for_each() -> None:
    fault = DefinitionFault(path="security.roles", code="empty", message="Write some.", line=3)
    body = http.body_of(InvalidDefinition([fault]))

    assert (body.status, body.code) == (422, "invalid_request")
    assert isinstance(body.errors, list)
    assert [(e.path, e.code, e.message) for e in body.errors] == [
        ("security.roles", "empty", "Write some.")
    ]


def test_it_says_when_not_all_faults_are_listed() -> None:
    fault = DefinitionFault(path="", code="empty", message="")
    assert "9 faults; the first 1 " in InvalidDefinition([fault], count=9).explain()
    assert "faults;" not in InvalidDefinition([fault]).explain()
