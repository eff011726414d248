"""Time passes: invitations, keys and memberships end; the chores clear away what is over."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.life import over, programs
from tests.life.life import Life
from vestibule.invitations import chores as invitation_chores
from vestibule.memberships import chores as membership_chores
from vestibule.programs import chores as program_chores

# Odd spans: nothing ends at the very moment at which it is looked at.
SPANS = st.sampled_from([0.37, 7.13, 13.71, 31.41, 53.27, 131.71, 777.77])
RETENTION = timedelta(days=30)
DAY = 24
KEYS_KEPT = 31 * DAY


@rule(hours=SPANS)
def pass_time(life: Life, hours: float) -> None:
    """Let some hours pass; what is over is cleared away once a day at least."""
    model = life.model
    life.ground.pass_time(timedelta(hours=hours))
    model.now += hours
    over.come(model)
    if model.now - model.cleared_at >= DAY:
        _clear(life)


@rule()
def clear_over(life: Life) -> None:
    """Have memberships cleared away that are over."""
    _clear(life)


@rule()
def tell_of_ends(life: Life) -> None:
    """Have people told of what ends within a week, each once."""
    desk, ending = life.ground.desk, over.untold(life.model)
    told = life.ground.run(membership_chores.tell_of_ends(life.ground.database, outbox=desk.outbox))
    assert told == len(ending), f"told of {told}; expected: {ending}"
    for end in ending:
        end["told"] = True


@rule()
def forget_what_is_over(life: Life) -> None:
    """Have invitations, and API keys, forgotten that ended long ago."""
    model = life.model
    model.dead_links = []
    life.ground.run(invitation_chores.forget_ended(life.ground.database, retention=RETENTION))
    before = model.now - RETENTION.total_seconds() / 3600
    for one, facts in list(model.invitations.items()):
        ended = facts["closed"] if "closed" in facts else facts["expires"]
        if ended < before:
            del model.invitations[one]
    life.ground.run(program_chores.forget_expired_keys(life.ground.database))
    for key, facts in list(model.api_keys.items()):
        if facts["expires"] < model.now - KEYS_KEPT:
            programs.end(model, key, heir=None)


def _clear(life: Life) -> None:
    life.ground.run(membership_chores.clear_over(life.ground.database))
    over.clear(life.model)
    life.model.cleared_at = life.model.now
