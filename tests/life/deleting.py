"""What people delete: organizations and apps, closed at once; links that led there say so."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.life import apps
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Model, first
from vestibule.deletion import clearing, steps
from vestibule.invitations import steps as invitations
from vestibule.invitations.accepters import KeyAlone
from vestibule.organizations.closing_model import TOLD_FOR


@precondition(lambda life: len(life.model.organizations) > 1)
@rule(where=NUMBER, who=NUMBER)
def delete_organization(life: Life, where: int, who: int) -> None:
    """Delete an organization, with its apps."""
    model, place = life.model, pick(list(life.model.organizations), where)
    caller = pick([one for one in life.people(place) if one in model.users], who)
    expected = first(
        (model.role_of(place, caller) is None, "organization_not_found"),
        (not model.may(place, caller, "organization:delete"), "not_permitted"),
    )

    async def work() -> bool:
        at, by = life.reference(place), life.signed_in(caller)
        await steps.delete_organization(life.ground.desk, by, at)
        return True

    if life.attempt(expected, work) is None:
        return
    for app in [app for app, facts in model.apps.items() if facts["organization"] == place]:
        _close(model, app)
        del model.apps[app]
    _close(model, place)
    for key in [key for key, facts in model.api_keys.items() if facts["organization"] == place]:
        del model.api_keys[key]
    del model.organizations[place]


@precondition(lambda life: len(life.model.apps) > 1)
@rule(where=NUMBER, who=NUMBER)
def delete_app(life: Life, where: int, who: int) -> None:
    """Delete an app, with the accounts in it."""
    model, app = life.model, pick(list(life.model.apps), where)
    caller = pick([one for one in life.people(app) if one in model.users], who)
    done = life.attempt(
        apps.unmanaged(model, app, caller),
        lambda: steps.delete_app(life.ground.desk, life.signed_in(caller), life.reference(app)),
    )
    if done is not None:
        _close(model, app)
        del model.apps[app]
        for key in [key for key, facts in model.api_keys.items() if facts["app"] == app]:
            del model.api_keys[key]


@precondition(lambda life: life.model.is_clearing)
@rule(times=st.integers(1, 9), at_most=st.integers(1, 4))
def clear_some(life: Life, times: int, at_most: int) -> None:
    """Have the chores clear away a little of what was deleted a day ago, or all of it."""
    model, ground = life.model, life.ground
    ground.run(ground.close_a_day_before())
    for _ in range(times):
        model.is_clearing = ground.within(
            lambda tx: clearing.clear_some(tx, after=TOLD_FOR, at_most=at_most)
        )
        life.the_database_is_as_it_should_be()
        if not model.is_clearing:
            break
    links, model.dead_links = model.dead_links, []
    if not model.is_clearing and links:
        _accept(life, links[-1][0], "key_not_found")


@precondition(lambda life: bool(life.model.dead_links))
@rule(which=NUMBER)
def accept_where_nothing_is(life: Life, which: int) -> None:
    """Accept by a link that led to what was deleted."""
    key, _ = pick(life.model.dead_links, which)
    _accept(life, key, "invitation_revoked")


def _accept(life: Life, key: str, expected: str) -> None:
    life.attempt(expected, lambda: invitations.accept(life.ground.desk, key, KeyAlone()))


def _close(model: Model, place: UUID) -> None:
    """Take out what was of the place, but for the links that led there."""
    model.is_clearing = True
    for one, facts in list(model.invitations.items()):
        if facts["place"] == place:
            model.dead_links += [(key, facts) for key in facts["keys"]]
            del model.invitations[one]
    for one in [one for one, facts in model.accounts.items() if facts["realm"] == place]:
        del model.accounts[one]
    model.keys = [key for key in model.keys if key["realm"] != place]
