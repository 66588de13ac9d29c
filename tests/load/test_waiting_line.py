"""Eight people on both channels wait for one freed time, through real processes: each is asked in turn, at once."""

import time

from tests.support.callers import Caller
from tests.support.installation import DEADLOCKS, OVERLAPS, Installation, install, running, until
from tests.support.tenants import HOURS, make_tenant

# On Friday there is time for one haircut, at 10:00.
NADIA = {
    "key": "nadia",
    "name": "Nadia",
    "location": "centre",
    "hours": HOURS,
    "overrides": {"2026-03-06": ["10:00-10:45"]},
}
CUT = {"key": "cut", "name": {"en": "Haircut"}, "duration_minutes": 45, "staff": ["nadia"], "price": "5000"}
_NEXT_WITHIN_S = 2.0


async def test_each_is_asked_in_turn_and_the_last_takes_it() -> None:
    async with install() as house:
        tenant = await make_tenant(house.runtime, services=[CUT], staff=[NADIA], languages=["en"])
        before = await house.value(DEADLOCKS)
        holder = Caller(house, tenant, "whatsapp")
        line = [Caller(house, tenant, ("whatsapp", "telegram")[n % 2]) for n in range(8)]
        async with running(house, "serve"), running(house, "work"):
            await _say(house, holder, "haircut on Friday at 10", "book it?")
            await _tap(house, holder, "Yes", "confirmed")
            for caller in line:
                await _say(house, caller, "put me on the waiting list for a haircut on Friday", "on the waiting list")
            await _say(house, holder, "cancel", "Cancel this")
            await _tap(house, holder, "Yes", "cancelled")
            for caller in line[:-1]:
                await _is_asked(caller)
                assert sum(_is_asked_now(other) for other in line) == 1
                await _tap(house, caller, "No", "next person")
            await _is_asked(line[-1])
            await _tap(house, line[-1], "Yes", "confirmed")
            await until(house.is_settled)
        rows = await house.sql("SELECT status, count(*) AS number FROM bookings GROUP BY status")
        assert {row["status"]: row["number"] for row in rows} == {"confirmed": 1, "cancelled": 8}
        entries = await house.sql("SELECT status FROM waitlist_entries ORDER BY id")
        assert [row["status"] for row in entries] == ["waiting"] * 7 + ["taken"]
        assert [sum("A time is free" in shown.text for shown in caller.screen()) for caller in line] == [1] * 8
        assert await house.value(OVERLAPS) == 0
        assert await house.value(DEADLOCKS) == before
        assert await house.value("SELECT count(*) FROM dead_jobs") == 0


def _is_asked_now(caller: Caller) -> bool:
    return "A time is free" in caller.screen()[-1].text


async def _is_asked(caller: Caller) -> None:
    """By the wake-up that the freed time sends, long before the sweep comes round."""
    since = time.monotonic()

    async def is_asked() -> bool:
        return _is_asked_now(caller)

    await until(is_asked)
    assert time.monotonic() - since < _NEXT_WITHIN_S


async def _say(house: Installation, caller: Caller, text: str, expected: str) -> None:
    assert await house.post(caller.says(text)) == 200
    await _reads(caller, expected)


async def _tap(house: Installation, caller: Caller, label: str, expected: str) -> None:
    assert await house.post(caller.taps(label)) == 200
    await _reads(caller, expected)


async def _reads(caller: Caller, expected: str) -> None:
    async def is_read() -> bool:
        screen = caller.screen()
        return bool(screen) and expected in screen[-1].text

    await until(is_read)
