"""What publishing changes, in sentences."""

from dataclasses import replace

from vestibule.definitions.changes_model import changes
from vestibule.definitions.model import Definition, Role

MANAGER = Role(name="Manager", inherits=("Employee",), can_invite=True, can_manage=("Employee",))
EMPLOYEE = Role(name="Employee", description="Works the shifts")
BEFORE = Definition(
    name="Shifts",
    default_role="Manager",
    roles={"Manager": MANAGER, "Employee": EMPLOYEE},
)


def said(**more: object) -> list[str]:
    return list(changes(BEFORE, replace(BEFORE, **more)))  # type: ignore[arg-type]


def roles(*all_of_them: Role) -> dict[str, Role]:
    return {role.name: role for role in all_of_them}


def test_the_first_definition_opens_the_app() -> None:
    first = list(changes(None, BEFORE))
    assert first[0] == "The app opens: people can be invited, and can sign in."
    assert "as Manager" in first[1]
    opened = list(changes(None, replace(BEFORE, enable_self_registration=True)))
    assert opened[2] == "Anybody may register by themselves, and is Manager then."


def test_the_same_definition_changes_nothing() -> None:
    assert said() == []
    assert said(description="For people", roles=roles(EMPLOYEE, MANAGER)) == []


def test_what_is_said_of_a_role_is_no_right() -> None:
    assert said(roles=roles(MANAGER, replace(EMPLOYEE, description="Another"))) == []


def test_each_change_has_its_sentence() -> None:
    assert said(name="Rota") == ["The app is called “Rota”, no longer “Shifts”."]
    assert said(default_role="Employee") == ["The default role is Employee, no longer Manager."]
    assert said(enable_self_registration=True) == [
        "Anybody may register by themselves, and is Manager then."
    ]
    opened = replace(BEFORE, enable_self_registration=True)
    assert list(changes(opened, BEFORE)) == [
        "Nobody may register by themselves any more: people come by invitation."
    ]


def test_roles_come_and_go() -> None:
    guest, planner = Role(name="Guest"), Role(name="Planner")
    assert said(roles=roles(MANAGER, EMPLOYEE, guest)) == ["A new role: Guest."]
    assert said(roles=roles(MANAGER, EMPLOYEE, guest, planner)) == ["New roles: Guest, Planner."]
    alone = replace(MANAGER, inherits=(), can_manage=True)
    assert said(roles=roles(alone))[0] == "A role is gone: Employee."
    assert said(roles=roles(guest), default_role="Guest")[2] == "Roles are gone: Manager, Employee."


def test_a_right_that_comes_by_another_role_is_a_change_of_both() -> None:
    inviting = replace(EMPLOYEE, can_invite=True)
    without = replace(MANAGER, can_invite=False)
    assert said(roles=roles(without, EMPLOYEE)) == ["What a role may do changes: Manager."]
    changed = list(changes(replace(BEFORE, roles=roles(without, EMPLOYEE)),
                           replace(BEFORE, roles=roles(without, inviting))))  # fmt: skip
    assert changed == ["What roles may do changes: Manager, Employee."]
