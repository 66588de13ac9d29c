"""The slot search against the naive oracle, over hours, zones with daylight saving, buffers, overrides, busy times.

More examples than the suite runs, and other ones:
`pytest --hypothesis-profile=oracle tests/booking/test_slots_oracle.py`.
"""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cli.slots import slots_lines
from tests.booking.naive_slots import naive_slots

# Local days around a change of the clocks in each zone, and plain ones.
DAYS = {
    "America/New_York": ["2026-03-08", "2026-11-01", "2026-06-10"],
    "Europe/London": ["2026-03-29", "2026-10-25"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Asia/Beirut": ["2026-03-29", "2026-10-25"],
    "Africa/Cairo": ["2026-04-24", "2026-10-30"],
    "Asia/Kolkata": ["2026-05-05"],
    "Africa/Douala": ["2026-03-03"],
}
_places = st.sampled_from([(zone, day) for zone, days in DAYS.items() for day in days])
CLOCKS = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}") | st.integers(0, 1439).map(
    lambda n: f"{n // 60:02d}:{n % 60:02d}"
)
SHIFTS = st.tuples(CLOCKS, st.one_of(CLOCKS, st.just("24:00"), st.just("00:00")))
_hours = st.lists(
    st.tuples(st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True), SHIFTS).map(
        lambda pair: {"days": pair[0], "start": pair[1][0], "end": pair[1][1]}
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def _lines(draw: st.DrawFn) -> dict[str, Any]:
    zone, day = draw(_places)
    middle = datetime.fromisoformat(day).replace(tzinfo=UTC)
    start = middle + timedelta(minutes=draw(st.integers(-1800, 600)))
    dates = [(middle + timedelta(days=n)).date().isoformat() for n in range(-1, 3)]

    def busy() -> list[dict[str, Any]]:
        taken = []
        for _ in range(draw(st.integers(0, 3))):
            at = start + timedelta(minutes=draw(st.integers(-300, 2000)))
            entry: dict[str, Any] = {"start": _iso(at), "end": _iso(at + timedelta(minutes=draw(st.integers(1, 300))))}
            if draw(st.booleans()):
                entry["buffers"] = {"before": draw(st.integers(0, 40)), "after": draw(st.integers(0, 40))}
            taken.append(entry)
        return taken

    def overrides() -> list[dict[str, Any]]:
        chosen = draw(st.lists(st.sampled_from(dates), max_size=2, unique=True))
        return [{"date": date, "hours": draw(st.lists(SHIFTS, max_size=2))} for date in chosen]

    def calendar() -> dict[str, Any]:
        return {"working_hours": draw(_hours), "overrides": overrides(), "busy": busy()}

    line: dict[str, Any] = {
        "id": "x",
        "tz": zone,
        "now": _iso(start + timedelta(minutes=draw(st.integers(-4000, 500)), seconds=draw(st.sampled_from([0, 1])))),
        "duration": draw(st.sampled_from([5, 20, 30, 45, 60, 90, 180])),
        "step": draw(st.sampled_from([5, 10, 15, 20, 25, 30, 45, 60, 90])),
        "buffers": {"before": draw(st.sampled_from([0, 0, 5, 30])), "after": draw(st.sampled_from([0, 0, 10, 45]))},
        "min_notice": draw(st.sampled_from([0, 0, 60, 1440])),
        "horizon_days": draw(st.sampled_from([None, 0, 1, 2])),
        "range": {"start": _iso(start), "end": _iso(start + timedelta(minutes=draw(st.integers(1, 2200))))},
        "holidays": draw(st.lists(st.sampled_from(dates), max_size=1)),
        **calendar(),
    }
    if draw(st.booleans()):
        line["staff"] = [{"id": n, **_some_of(draw, calendar())} for n in range(draw(st.integers(1, 3)))]
        line["assign"] = draw(st.sampled_from(["any", "all"]))
    return line


def _some_of(draw: st.DrawFn, calendar: dict[str, Any]) -> dict[str, Any]:
    """What a member leaves out is as the line says."""
    return {key: value for key, value in calendar.items() if draw(st.integers(0, 4))}


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


@given(_lines())
def test_the_search_gives_what_walking_minute_by_minute_gives(line: dict[str, Any]) -> None:
    out = io.StringIO()
    slots_lines(io.StringIO(json.dumps(line)), out)
    assert json.loads(out.getvalue()) == {"id": "x", "slots": naive_slots(line)}
