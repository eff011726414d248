"""What people delete: organizations and apps, closed at once; links that led there say so."""

from uuid import UUID

from hypothesis.stateful import precondition, rule

from tests.life import apps
from tests.life.life import NUMBER, Life, pick
from tests.life.model import Model, first
from vestibule.deletion import steps
from vestibule.invitations import steps as invitations
from vestibule.invitations.accepters import KeyAlone


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


@precondition(lambda life: bool(life.model.dead_links))
@rule(which=NUMBER)
def accept_where_nothing_is(life: Life, which: int) -> None:
    """Accept by a link that led to what was deleted."""
    key = pick(life.model.dead_links, which)
    life.attempt(
        "invitation_revoked",
        lambda: invitations.accept(life.ground.desk, key, KeyAlone()),
    )


def _close(model: Model, place: UUID) -> None:
    """Take out what was of the place, but for the links that led there."""
    for one, facts in list(model.invitations.items()):
        if facts["place"] == place:
            model.dead_links += facts["keys"]
            del model.invitations[one]
    for one in [one for one, facts in model.accounts.items() if facts["realm"] == place]:
        del model.accounts[one]
    model.keys = [key for key in model.keys if key["realm"] != place]
