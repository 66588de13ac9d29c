"""The whole search against the naive oracle: breaks, time off, own terms, rooms of a kind, limits, visits, gaps filled.

Only the reading of calendars is replaced. More examples than the suite runs, and other ones:
`pytest --hypothesis-profile=oracle tests/booking/test_visits_oracle.py`.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import availability
from booking.availability import Slot
from tests.booking.engine_worlds import EngineWorld
from tests.booking.naive_visits import naive_visits
from tests.booking.worlds import World, make_world

# All of a world hangs on one number, which spreads the examples; without true chance an example shrinks.
_worlds = st.randoms(use_true_random=True).map(make_world)


def _asked(engine: EngineWorld, ask: Any, **how: Any) -> Any:
    """One question to the search, which awaits nothing but the reading."""

    async def read(*_: Any) -> Any:
        return engine.taken

    now = datetime.fromisoformat(engine.world["now"])
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(availability, "read_calendars", read)
        try:
            ask(None, engine.catalogue, engine.visit, now=now, **how).send(None)
        except StopIteration as answer:
            return answer.value
    raise AssertionError("it waits for something")


def _slots(engine: EngineWorld) -> list[Slot]:
    first, last = (date.fromisoformat(engine.world[key]) for key in ("first", "last"))
    found: list[Slot] = _asked(engine, availability.find, from_date=first, to_date=last)
    return found


@given(_worlds)
def test_the_search_gives_what_trying_every_minute_and_everybody_gives(world: World) -> None:
    engine = EngineWorld(world)
    names = {id: key for key, id in engine.ids.items()}
    found = [
        (slot.starts_at, slot.ends_at, [tuple(names[staff_id] for staff_id in way) for way in slot.assignments])
        for slot in _slots(engine)
    ]
    assert found == naive_visits(world)


@given(_worlds, st.integers(1, 60))
def test_the_commit_finds_what_the_list_shows_and_nothing_beside_it(world: World, minutes: int) -> None:
    engine = EngineWorld(world)
    slots = {slot.starts_at: slot for slot in _slots(engine)}
    some = sorted(slots)[:: max(1, len(slots) // 4)]
    for start in (*some, *(start + timedelta(minutes=minutes) for start in some)):
        if _is_asked_about(engine, start):
            assert _asked(engine, availability.find_at, starts_at=start) == slots.get(start)


def _is_asked_about(engine: EngineWorld, start: datetime) -> bool:
    """By the dates of every location."""
    dates = (start.astimezone(place.zone).date().isoformat() for place in engine.catalogue.locations)
    return all(engine.world["first"] <= day <= engine.world["last"] for day in dates)
