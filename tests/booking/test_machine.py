"""Anything may happen to bookings in any order: what the state machine of tests/booking/machine.py meets.

`pytest --hypothesis-profile=oracle tests/booking/test_machine.py` plays for long.
"""

import asyncio

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from core.runtime import Runtime
from tests.booking.machine_line import LineRules

# A play has many steps, each with questions to the database.
_PLAYS = settings().max_examples // 15
_STEPS = 30


async def test_whatever_happens_rows_and_lists_are_as_the_model_says(runtime: Runtime) -> None:
    class Playing(LineRules):
        pass

    Playing.loop, Playing.runtime = asyncio.get_running_loop(), runtime
    how = settings(max_examples=_PLAYS, stateful_step_count=_STEPS)
    await asyncio.to_thread(run_state_machine_as_test, Playing, settings=how)
