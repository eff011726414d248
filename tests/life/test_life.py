"""Whatever people do, in whatever order, all that must hold does, and the model knows the outcome.

The suite lives the same ones every time; `LIFE_EXAMPLES=1000` lives so many, others each time.
"""

import os
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.life import doubts
from tests.life.ground import Ground
from tests.life.machine import Machine
from tests.postgres import Postgres

MORE = os.environ.get("LIFE_EXAMPLES")
LIVES = int(MORE or "200")
STEPS = 50


@pytest.mark.timeout(0)
def test_whatever_people_do_all_that_must_hold_does(postgres: Postgres, own_database: str) -> None:
    name = urlsplit(own_database).path.removeprefix("/")
    Machine.ground = Ground.open(own_database, postgres.administrator(name))
    Machine.settled, Machine.refused = None, set()
    try:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=LIVES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=MORE is None,
                database=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Machine.ground.close()
    assert MORE or Machine.refused >= doubts.REFUSED
