"""The machine: a life, with a rule for each verb of the product. A new verb is one more rule."""

from types import ModuleType

from tests.life import (
    accepting,
    accounts,
    answering,
    apps,
    belonging,
    clock,
    deleting,
    doubts,
    ends,
    inviting,
    programs,
    renewing,
    rules,
    shaping,
)
from tests.life.life import Life

ROOMS: tuple[ModuleType, ...] = (
    *(inviting, renewing, accepting, answering, doubts, belonging, shaping, rules, ends),
    *(apps, deleting, programs, accounts, clock),
)
# What is done more often than the rest, and how many times as often.
OFTEN = {
    **dict.fromkeys(("invite", "pass_time"), 3),
    "accept": 5,
    **dict.fromkeys(("accept_of_nobody", "join_while_invited", "accept_by_new_rules"), 2),
    **dict.fromkeys(("resend_without_seat", "come_back", "come_for_a_while", "change_end"), 2),
    **dict.fromkeys(("change_role", "remove", "leave", "hand_over", "publish", "resend"), 2),
    **dict.fromkeys(("change_app_roles", "remove_from_app", "invite_by_key", "limit_seats"), 2),
}
MARK = "hypothesis_stateful_rule"


class Machine(Life):
    """Every rule of every room, in a world where something is there to begin with."""

    def settle(self) -> None:
        """Ada has an organization and an app in it, others have come, and some are invited."""
        super().settle()
        belonging.found(self, who=0)
        apps.make_app(self, where=0, who=0)
        apps.publish(self, where=0, who=0, name="full", says=False)
        comers = ((0, 0, "admin"), (0, 0, "manager"), (1, 3, "Boss"), (1, 0, "Manager"))
        for where, whom, role in comers:
            inviting.invite(self, where=where, who=0, whom=whom, what=(role, None))
            accepting.accept(self, which=0, newest=True, way="own", who=0)
        programs.make_key(self, where=0, who=0, may=programs.READING, which=0)
        pending = (
            (0, 1, 2, "viewer"),
            (0, 0, 0, "admin"),
            (1, 0, 3, "Manager"),
            (1, 4, 2, "Employee"),
        )
        for where, who, whom, role in pending:
            inviting.invite(self, where=where, who=who, whom=whom, what=(role, None))


def verbs() -> dict[str, object]:
    """Give the rules of all rooms, by name."""
    return {
        name: verb for room in ROOMS for name, verb in vars(room).items() if hasattr(verb, MARK)
    }


for _name, _verb in verbs().items():
    setattr(Machine, _name, _verb)
    for _again in range(1, OFTEN.get(_name, 1)):
        setattr(Machine, f"{_name}_{_again}", _verb)
