"""Anything may happen to money in any order: what the state machine of tests/payments/machine.py meets.

`pytest --hypothesis-profile=oracle tests/payments/test_machine.py` plays for long.
"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from booking.booking import TRANSITIONS as OF_BOOKINGS
from core.database import with_role
from core.runtime import Runtime
from payments.payment import TRANSITIONS as OF_PAYMENTS
from tests.payments import deaths
from tests.payments.machine import Till

# A play has many steps, each looked at from all sides, and days in which it comes to rest.
_PLAYS = settings().max_examples // 15
_STEPS = 40
_AT_LEAST = 20


_WATCH = """
CREATE OR REPLACE FUNCTION refuse_leap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT OLD.status || '>' || NEW.status = ANY (TG_ARGV[0]::text[]) THEN
        RAISE EXCEPTION '%: no table leads from % to %', TG_TABLE_NAME, OLD.status, NEW.status;
    END IF;
    RETURN NULL;
END $$;
"""
_WATCH_TABLE = """
CREATE TRIGGER refuse_leap AFTER UPDATE OF status ON {table} FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION refuse_leap('{{{legal}}}')
"""


@pytest.fixture
async def watched(runtime: Runtime) -> AsyncIterator[Runtime]:
    """The database itself refuses a status that does not follow by the tables of transitions."""
    server = await asyncpg.connect(with_role(runtime.database_url, "postgres"))
    await server.execute(_WATCH)
    for table, transitions in (("payments", OF_PAYMENTS), ("bookings", OF_BOOKINGS)):
        legal = ",".join(f"{origin}>{target}" for origin, targets in transitions.items() for target in targets)
        await server.execute(_WATCH_TABLE.format(table=table, legal=legal))
    yield runtime
    await server.execute("DROP FUNCTION refuse_leap CASCADE")
    await server.close()


async def test_whatever_happens_money_is_where_the_books_say(watched: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Playing(Till):
        pass

    deaths.arm(monkeypatch)
    Playing.loop, Playing.runtime = asyncio.get_running_loop(), watched
    how = settings(max_examples=_PLAYS, stateful_step_count=_STEPS)
    await asyncio.to_thread(run_state_machine_as_test, Playing, settings=how, _min_steps=_AT_LEAST)
