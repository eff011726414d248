"""The machine: a life, with a rule for each verb of the product. A new verb is one more rule."""

from types import ModuleType

from tests.life import (
    accounts,
    answering,
    apps,
    belonging,
    clock,
    deleting,
    inviting,
    programs,
    shaping,
)
from tests.life.life import Life

ROOMS: tuple[ModuleType, ...] = (
    *(inviting, answering, belonging, shaping),
    *(apps, deleting, programs, accounts, clock),
)
# What is done more often than the rest.
OFTEN = frozenset(
    {
        *("invite", "accept", "change_role", "remove", "leave", "hand_over", "publish"),
        *("change_app_roles", "remove_from_app", "invite_by_key"),
    }
)
MARK = "hypothesis_stateful_rule"


class Machine(Life):
    """Every rule of every room, in a world where something is there to begin with."""

    def settle(self) -> None:
        """Ada has an organization and an app in it, others have come, and some are invited."""
        super().settle()
        belonging.found(self, who=0)
        apps.make_app(self, where=0, who=0)
        apps.publish(self, where=0, who=0, name="full", says=False)
        for where, whom, role in ((0, 1, "admin"), (0, 2, "manager"), (1, 4, "Boss")):
            inviting.invite(self, where=where, who=0, whom=whom, choice=role)
            way = "newcomer" if where else "key alone"
            answering.accept(self, which=0, newest=True, way=way, who=0)
        programs.make_key(self, where=0, who=0, may=programs.READING)
        pending = ((0, 1, 5, "viewer"), (0, 0, 3, "admin"), (1, 0, 6, "Manager"))
        for where, who, whom, role in pending:
            inviting.invite(self, where=where, who=who, whom=whom, choice=role)


def verbs() -> dict[str, object]:
    """Give the rules of all rooms, by name."""
    return {
        name: verb for room in ROOMS for name, verb in vars(room).items() if hasattr(verb, MARK)
    }


for _name, _verb in verbs().items():
    setattr(Machine, _name, _verb)
    if _name in OFTEN:
        setattr(Machine, f"{_name}_too", _verb)
