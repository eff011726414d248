"""What the clock does to memberships that end, in the model: over, then cleared away.

Who is over is out of `members` at once, and stands in `over` until that is cleared away.
"""

from uuid import UUID

from tests.life import apps, belonging
from tests.life.model import WEEK, Facts, Model


def come(model: Model) -> None:
    """Let what has ended by now be over."""
    for place, facts in model.organizations.items():
        for one, end in facts["ends"].items():
            if end["at"] <= model.now and one in facts["members"]:
                facts["over"][one] = facts["members"].pop(one)
                _come_for_manager(model, place, one)
    for facts in model.apps.values():
        for one in facts["ends"]:
            _come_in_app(model, facts, one)


def clear(model: Model) -> None:
    """Clear away all that is over, and what was left behind of who came in anew."""
    for place, facts in model.organizations.items():
        for one in list(facts["over"]):
            belonging.end(model, place, one, "ended")
    for app, facts in model.apps.items():
        for one in list(facts["over"]):
            clear_in_app(model, app, one)
        for one in facts["left"]:
            model.revoke(place=app, by=("app_member", one))
            model.forget_person(one)
        facts["left"] = []


def clear_in_app(model: Model, app: UUID, one: UUID) -> None:
    """Clear away the roles of a member that are over; without any left, the member."""
    facts = model.apps[app]
    if one not in facts["over"]:
        return
    if one not in facts["members"]:
        apps.end(model, app, one, "ended")
        return
    for role in facts["over"].pop(one):
        facts["ends"][one].pop(role)
    apps.revoke_beyond(model, app, one)


def untold(model: Model) -> list[Facts]:
    """What ends within a week, and nobody was told of: roles of members, in apps each of theirs."""
    ends = [it for facts in model.organizations.values() for it in facts["ends"].values()]
    for facts in model.apps.values():
        ends += [it for own in facts["ends"].values() for it in own.values()]
    return [it for it in ends if not it["told"] and model.now < it["at"] <= model.now + WEEK]


def in_the_way(model: Model, place: UUID, joining: UUID | None, address: str) -> UUID | None:
    """Who is cleared away before somebody comes in anew: whose time there, or a role's, is over."""
    known = model.apps if place in model.apps else model.organizations
    if joining is None and place in model.apps:
        joining = model.holder_of(place, address)
    return joining if joining in known[place]["over"] else None


def leave_behind(model: Model, app: UUID, one: UUID) -> None:
    """Let somebody go whose address registers anew; what they sent stays for the chores to end."""
    facts = model.apps[app]
    for known in ("over", "ends"):
        facts[known].pop(one)
    facts["linked"] = {user: it for user, it in facts["linked"].items() if it != one}
    facts["left"].append(one)
    model.forget_keys(app, str(one), model.accounts.pop(one)["address"])


def _come_for_manager(model: Model, organization: UUID, user: UUID) -> None:
    """Let them be out of the apps too where they are somebody for managing those alone."""
    for facts in model.apps.values():
        one = facts["linked"].get(user) if facts["organization"] == organization else None
        if one is not None and one in facts["members"] and not model.accounts[one]["password"]:
            facts["over"][one] = facts["over"].get(one, set()) | facts["members"].pop(one)


def _come_in_app(model: Model, facts: Facts, one: UUID) -> None:
    present = facts["members"].get(one, set())
    over = {role for role in present if model.is_over(facts["ends"][one].get(role))}
    if not over:
        return
    facts["over"][one] = facts["over"].get(one, set()) | over
    facts["members"][one] = present - over
    if not facts["members"][one]:
        del facts["members"][one]
