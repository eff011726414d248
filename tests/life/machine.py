"""The machine: a life, with a rule for each verb of the product. A new verb is one more rule."""

from types import ModuleType

from hypothesis.stateful import initialize

from tests.life import accounts, answering, apps, belonging, clock, inviting
from tests.life.life import Life

ROOMS: tuple[ModuleType, ...] = (inviting, answering, belonging, apps, accounts, clock)
MARK = "hypothesis_stateful_rule"


class Machine(Life):
    """Every rule of every room, in a world where something is there to begin with."""

    @initialize()
    def settle(self) -> None:
        """Ada has an organization and an app in it, Bo is an admin, Eve is Boss in the app."""
        belonging.found(self, who=0)
        apps.make_app(self, where=0, who=0)
        apps.publish(self, where=0, who=1, name="full", says=False)
        for where, whom, role in ((0, 1, "admin"), (1, 4, "Boss")):
            inviting.invite(self, where=where, who=0, whom=whom, role=role)
            way = "newcomer" if where else "key alone"
            answering.accept(self, which=where, newest=True, way=way, who=0)


def verbs() -> dict[str, object]:
    """Give the rules of all rooms, by name."""
    return {
        name: verb for room in ROOMS for name, verb in vars(room).items() if hasattr(verb, MARK)
    }


for _name, _verb in verbs().items():
    setattr(Machine, _name, _verb)
