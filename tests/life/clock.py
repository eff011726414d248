"""Time passes: invitations and keys expire; what is long over is cleared away by the chores."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.life.life import Life
from vestibule.invitations import chores
from vestibule.memberships import chores as membership_chores

# Odd spans: nothing ends at the very moment at which it is looked at.
SPANS = st.sampled_from([0.37, 7.13, 31.41, 53.27, 131.71, 777.77])
RETENTION = timedelta(days=30)


@rule(hours=SPANS)
def pass_time(life: Life, hours: float) -> None:
    """Let some hours pass."""
    life.ground.pass_time(timedelta(hours=hours))
    life.model.now += hours
    life.ground.run(membership_chores.clear_over(life.ground.database))


@rule()
def forget_what_is_over(life: Life) -> None:
    """Have invitations forgotten that were closed, or expired, long ago."""
    model = life.model
    model.dead_links = []
    life.ground.run(chores.forget_ended(life.ground.database, retention=RETENTION))
    before = model.now - RETENTION.total_seconds() / 3600
    for one, facts in list(model.invitations.items()):
        ended = facts["closed"] if "closed" in facts else facts["expires"]
        if ended < before:
            del model.invitations[one]
