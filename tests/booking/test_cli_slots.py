"""`booka slots`: rules of time that are easy to get wrong, one line each, and lines that cannot be read."""

import io
import json
from typing import Any

import pytest

from cli.slots import slots_lines

EVERY_DAY = list(range(1, 8))


def _run(*lines: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    slots_lines(io.StringIO("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _slots(**changes: Any) -> list[str]:
    line: dict[str, Any] = {
        "id": 1,
        "tz": "Africa/Douala",
        "now": "2026-03-01T00:00:00Z",
        "duration": 30,
        "step": 30,
        "range": {"start": "2026-03-03", "end": "2026-03-03"},
        "working_hours": [{"days": EVERY_DAY, "start": "09:00", "end": "11:00"}],
        **changes,
    }
    (answer,) = _run(line)
    slots: list[str] = answer["slots"]
    return slots


def _new_york(day: str, start: str, end: str) -> list[str]:
    hours = [{"days": EVERY_DAY, "start": start, "end": end}]
    return _slots(tz="America/New_York", range={"start": day, "end": day}, working_hours=hours)


def test_slots_fill_the_shift_in_the_locations_zone() -> None:
    assert _slots() == [f"2026-03-03T{t}:00Z" for t in ("08:00", "08:30", "09:00", "09:30")]


def test_the_hour_that_spring_skips_is_not_offered() -> None:
    assert _new_york("2026-03-08", "01:30", "04:00") == [f"2026-03-08T{t}:00Z" for t in ("06:30", "07:00", "07:30")]


def test_the_hour_that_autumn_doubles_is_offered_twice() -> None:
    assert _new_york("2026-11-01", "00:30", "03:00") == [
        f"2026-11-01T{t}:00Z" for t in ("04:30", "05:00", "05:30", "06:00", "06:30", "07:00", "07:30")
    ]


def test_a_shift_that_starts_inside_the_gap_starts_when_it_is_over() -> None:
    assert _new_york("2026-03-08", "02:30", "04:30") == ["2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"]


def test_a_long_service_fits_over_midnight_where_two_shifts_touch() -> None:
    """https://github.com/calcom/cal.diy/issues/5587: the end of the day is 24:00, not 23:59."""
    hours = [{"days": [2], "start": "23:00", "end": "24:00"}, {"days": [3], "start": "00:00", "end": "00:30"}]
    assert _slots(working_hours=hours, duration=90) == ["2026-03-03T22:00:00Z"]
    assert _slots(working_hours=hours, duration=60)[0] == "2026-03-03T22:00:00Z"


def test_an_overnight_shift_belongs_to_the_date_it_starts_on() -> None:
    hours = [{"days": [2], "start": "23:00", "end": "01:00"}]
    closed = [{"date": "2026-03-04", "hours": []}]
    slots = _slots(working_hours=hours, overrides=closed, range={"start": "2026-03-03", "end": "2026-03-04"})
    assert slots == [f"2026-03-03T{t}:00Z" for t in ("22:00", "22:30", "23:00", "23:30")]


def test_an_override_replaces_the_hours_of_its_date() -> None:
    overrides = [{"date": "2026-03-03", "hours": [["15:00", "16:00"]]}]
    assert _slots(overrides=overrides) == ["2026-03-03T14:00:00Z", "2026-03-03T14:30:00Z"]


def test_a_holiday_closes_unless_an_override_opens_it() -> None:
    assert _slots(holidays=["2026-03-03"]) == []
    assert _slots(holidays=["2026-03-03"], overrides=[{"date": "2026-03-03", "hours": [["09:00", "09:30"]]}]) != []


def test_a_start_at_the_very_end_of_the_notice_is_bookable() -> None:
    assert _slots(now="2026-03-03T07:30:00Z", min_notice=60)[0] == "2026-03-03T08:30:00Z"
    assert _slots(now="2026-03-03T07:30:01Z", min_notice=60)[0] == "2026-03-03T09:00:00Z"


def test_the_notice_is_counted_in_real_minutes_also_from_a_local_now() -> None:
    """London, the day before its clocks go forward: 24 hours after 09:30 it is 10:30."""
    asked = {"start": "2026-03-29", "end": "2026-03-29"}
    slots = _slots(tz="Europe/London", now="2026-03-28T09:30:00", min_notice=24 * 60, range=asked)
    assert slots == ["2026-03-29T09:30:00Z"]


def test_the_horizon_is_counted_in_local_dates_and_inclusive() -> None:
    late_in_douala = "2026-03-01T23:30:00Z"  # already 2 March there
    assert _slots(now=late_in_douala, horizon_days=1) != []
    assert _slots(now=late_in_douala, horizon_days=0) == []


def test_touching_is_free_and_buffers_add_up() -> None:
    """https://github.com/calcom/cal.diy/issues/14868: what is listed keeps the buffers of both sides."""
    busy = [{"start": "2026-03-03T08:30:00Z", "end": "2026-03-03T09:00:00Z"}]
    assert _slots(busy=busy) == ["2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z"]
    assert _slots(busy=busy, buffers={"before": 0, "after": 5}) == ["2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z"]
    busy[0]["buffers"] = {"before": 0, "after": 10}  # type: ignore[assignment]
    assert _slots(busy=busy, buffers={"before": 25, "after": 0}) == ["2026-03-03T08:00:00Z"]


def test_a_buffer_may_leave_the_working_hours() -> None:
    assert len(_slots(buffers={"before": 60, "after": 60})) == 4


def test_an_odd_booking_does_not_shift_the_rest_of_the_day() -> None:
    busy = [{"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T08:20:00Z"}]
    assert _slots(busy=busy) == ["2026-03-03T08:30:00Z", "2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z"]


def test_staff_share_one_lattice_and_each_start_comes_once() -> None:
    later = [{"days": EVERY_DAY, "start": "09:15", "end": "11:00"}]
    staff = [{"id": "a"}, {"id": "b", "working_hours": later}]
    assert _slots(staff=staff) == _slots()
    assert _slots(staff=staff, assign="all") == _slots()[1:]


def test_what_everyone_has_to_attend_needs_everyone_free() -> None:
    busy = [{"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T08:30:00Z"}]
    staff = [{"id": "a"}, {"id": "b", "busy": busy}]
    assert _slots(staff=staff, assign="any") == _slots()
    assert _slots(staff=staff, assign="all") == _slots()[1:]


@pytest.mark.parametrize("back", range(3))
def test_a_place_that_never_closes_has_the_same_times_however_far_one_looks(back: int) -> None:
    """A step of 50 minutes does not divide the day: each date begins its own lattice."""
    always = [{"days": EVERY_DAY, "start": "00:00", "end": "24:00"}]
    asked = {"start": f"2026-03-{10 - back:02d}", "end": "2026-03-10"}
    slots = _slots(working_hours=always, step=50, range=asked)
    assert [slot for slot in slots if slot >= "2026-03-09T23:00:00Z"][:2] == [
        "2026-03-09T23:00:00Z",
        "2026-03-09T23:50:00Z",
    ]


def test_the_range_may_be_instants_and_is_half_open() -> None:
    asked = {"start": "2026-03-03T08:30:00Z", "end": "2026-03-03T10:30:00+01:00"}
    assert _slots(range=asked) == ["2026-03-03T08:30:00Z", "2026-03-03T09:00:00Z"]


def test_a_bad_line_is_answered_with_its_error_and_the_rest_goes_on() -> None:
    answers = _run('{"id": 7, "tz": "Nowhere/Land"}', "not json", "[1]", "", '{"id": 8}')
    assert [answer["id"] for answer in answers] == [7, None, None, 8]
    assert all(answer["error"] for answer in answers)
    assert "Nowhere/Land" in answers[0]["error"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"working_hours": [{"days": [2], "start": "09:00", "end": "25:00"}]}, "working_hours.0: Value error, '25:00'"),
        ({"overrides": [{"date": "2026-03-03", "hours": [["9", "10:00"]]}]}, "overrides.0.hours.0: Value error, '9'"),
        ({"busy": [{"start": "2026-03-03T10:00:00Z", "end": "2026-03-03T09:00:00Z"}]}, "2026-03-03T10:00:00+00:00"),
    ],
)
def test_what_is_wrong_with_a_line_is_named(changes: dict[str, Any], said: str) -> None:
    (answer,) = _run(
        {"id": 3, "tz": "Africa/Douala", "now": "2026-03-01T00:00:00Z", "duration": 30}
        | changes
        | {"range": {"start": "2026-03-03", "end": "2026-03-03"}}
    )
    assert answer["id"] == 3
    assert said in answer["error"]
