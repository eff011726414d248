"""What people do with ends: say until when somebody is a member, of an organization or an app."""

from uuid import UUID

from hypothesis.stateful import precondition, rule

from tests.life import apps, belonging
from tests.life.inviting import SHORTEST, UNTIL
from tests.life.life import NUMBER, Life
from tests.life.model import Code, Model, first, put
from vestibule.kernel.ids import AccountId, AppMemberId, UserId
from vestibule.memberships import app_steps, organization_steps
from vestibule.memberships.model import AppMemberChange, MemberChange, NewAppEnd, NewEnd


@precondition(lambda life: bool(life.model.organizations))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, hours=UNTIL)
def change_end(life: Life, where: int, who: int, whom: int, hours: float | None) -> None:
    """Say until when somebody is a member of an organization, or that it is for good."""
    model, place, caller, target = belonging.chosen(life, where, who, whom)
    until = None if hours is None else model.now + hours
    ends = model.organizations[place]["ends"]
    expected = belonging.unmanageable(model, place, caller, target)
    if expected is None and (until is not None or target in ends):
        is_owner = model.role_of(place, target) == "owner"
        expected = first((is_owner, "owners_have_no_end")) or _unending(model, until)
    user = UserId(AccountId(target))
    done = life.attempt(
        expected,
        lambda: organization_steps.change_member(
            life.ground.desk,
            life.signed_in(caller),
            life.reference(place),
            MemberChange(user_id=user, end=NewEnd(user, life.at(until))),
        ),
    )
    if done is not None:
        put(ends, target, model.ending(until))


@precondition(lambda life: any(facts["members"] for facts in life.model.apps.values()))
@rule(where=NUMBER, who=NUMBER, whom=NUMBER, hours=UNTIL)
def change_app_end(life: Life, where: int, who: int, whom: int, hours: float | None) -> None:
    """Say until when a member of an app has their roles."""
    model, app, caller, target = apps.chosen(life, where, who, whom)
    until = None if hours is None else model.now + hours
    expected = _unreachable(model, app, caller, target) or _unending(model, until)
    member = AppMemberId(AccountId(target))
    done = life.attempt(
        expected,
        lambda: app_steps.change_member(
            life.ground.desk,
            life.caller(caller),
            life.reference(app),
            AppMemberChange(member_id=member, end=NewAppEnd(member, life.at(until))),
        ),
    )
    if done is not None:
        ends = model.apps[app]["ends"].setdefault(target, {})
        for role in model.apps[app]["members"][target]:
            put(ends, role, model.ending(until))


def _unreachable(model: Model, app: UUID, caller: UUID, target: UUID) -> Code:
    theirs = model.apps[app]["members"].get(target, set())
    is_beyond = not theirs <= model.reached(app, caller, "manages")
    return apps.unchangeable(model, app, caller, target) or first((is_beyond, "role_not_allowed"))


def _unending(model: Model, until: float | None) -> Code:
    is_soon = until is not None and until < model.now + SHORTEST
    return first((is_soon, "invalid_member_until"))
