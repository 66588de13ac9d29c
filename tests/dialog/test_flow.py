"""The state machine alone: session and inputs in, session and goals out."""

from dataclasses import replace
from typing import Any

import pytest

from dialog import commands as c
from dialog.flow import Goal, advance
from dialog.session import ANY, OfferItem, Session
from dialog.taps import Tap, read_tap, tap_id, wait_id, waited_for

BOOKING = Session(flow="book", fields={"service": "cut", "date": "2026-03-03", "time": "10:00"})
CONFIRMING = replace(BOOKING, question="confirm", draft="abc")


def test_a_yes_commits_only_the_summary_that_was_shown() -> None:
    step = advance(CONFIRMING, [c.Affirm()])
    assert step.main is not None
    assert (step.main.skill, step.main.values) == ("commit_book", {"draft": "abc"})


def test_after_a_notice_only_the_button_of_the_summary_confirms_it() -> None:
    interrupted = replace(CONFIRMING, question=None)
    assert advance(interrupted, [c.Affirm()]).main == Goal("book", {})
    assert advance(interrupted, [Tap("yes", ("abc",))]).main == Goal("commit_book", {"draft": "abc"})


@pytest.mark.parametrize("session", [BOOKING, Session(), replace(CONFIRMING, draft="newer")])
def test_an_old_confirm_button_never_commits(session: Session) -> None:
    step = advance(session, [Tap("yes", ("abc",))])
    assert step.main is not None
    assert not step.main.skill.startswith("commit")
    assert [goal.skill for goal in step.asides] == ["stale"]


def test_a_yes_beside_a_new_value_does_not_confirm_the_old_summary() -> None:
    step = advance(CONFIRMING, [c.Affirm(), c.SetField(field="time", value="11:00")])
    assert step.main is not None
    assert step.main.skill == "book"
    assert step.session.draft is None
    assert step.session.fields["time"] == "11:00"


def test_a_new_day_drops_the_tapped_instant_but_keeps_the_time() -> None:
    tapped = BOOKING.with_fields(starts_at="29000000")
    step = advance(tapped, [c.SetField(field="date", value="2026-03-05")])
    assert step.session.fields == {"service": "cut", "date": "2026-03-05", "time": "10:00"}


def test_the_flow_is_begun_before_the_values_said_with_it_are_set() -> None:
    step = advance(Session(flow="cancel"), [c.SetField(field="service", value="cut"), c.StartFlow(flow="book")])
    assert step.session.flow == "book"
    assert step.session.fields == {"service": "cut"}


def test_values_said_while_cancelling_point_at_a_booking() -> None:
    step = advance(Session(flow="cancel"), [c.SetField(field="date", value="2026-03-05")])
    assert step.session.pointer == {"date": "2026-03-05"}
    assert step.session.fields == {}


def test_values_said_while_moving_are_the_new_ones_once_the_booking_is_known() -> None:
    moving = Session(flow="reschedule", booking_id=4, fields={"service": "cut"})
    step = advance(moving, [c.SetField(field="date", value="2026-03-05"), c.SetField(field="service", value="braids")])
    assert step.session.fields == {"service": "cut", "date": "2026-03-05"}
    assert (step.session.flow, step.session.pointer) == ("reschedule", {})


def test_values_beside_the_wish_to_move_are_kept_while_the_booking_is_asked_for() -> None:
    wish: list[c.Command] = [
        c.SetField(field="date", value="2026-03-05"),
        c.StartFlow(flow="reschedule", booking={"staff": "nadia"}),
    ]
    asked = replace(advance(Session(), wish).session, asked=("booking",))
    session = advance(asked, [c.SetField(field="date", value="2026-03-03")]).session
    assert (session.fields, session.pointer) == ({"date": "2026-03-05"}, {"staff": "nadia", "date": "2026-03-03"})
    assert advance(asked, [Tap("move", ("4",))]).session.fields == {"date": "2026-03-05"}


def test_something_ruled_out_is_never_set() -> None:
    step = advance(BOOKING, [c.Exclude(field="date", value="2026-03-03")])
    assert "date" not in step.session.fields
    assert step.session.excluded == {"date": ["2026-03-03"]}


def test_a_word_that_names_an_offer_means_what_its_button_means() -> None:
    item = OfferItem("o1", "staff", ANY, "Anyone", tap_id("staff", ANY))
    step = advance(replace(BOOKING, offer=(item,), asked=("staff",)), [c.Choose(handle="o1")])
    assert step.session.fields["staff"] == ANY


def test_a_question_inside_a_booking_leaves_it_as_it_is() -> None:
    step = advance(BOOKING, [c.AskInfo(topic="parking")])
    assert [goal.skill for goal in step.asides] == ["info"]
    assert step.main is None
    assert step.session.fields == BOOKING.fields


def test_misses_are_counted_until_something_is_understood() -> None:
    session = Session()
    for expected in (1, 2, 3):
        session = advance(session, [c.CannotHandle()]).session
        assert session.misses == expected
    assert advance(session, [c.Restart()]).session.misses == 0


@pytest.mark.parametrize("word", [c.Restart(), c.OptOut(), c.Handoff(), c.ListBookings()])
def test_words_that_work_in_every_state(word: c.Command) -> None:
    for session in (Session(), BOOKING, CONFIRMING, Session(flow="cancel", booking_id=4)):
        step = advance(session, [word])
        assert step.main is not None
        assert step.main.skill in ("menu", "opt_out", "handoff", "list_bookings")


@pytest.mark.parametrize("text", ["", "v0:old", "slot", "drop table", "service:" + "x" * 400])
def test_foreign_buttons_are_answered_and_change_nothing(text: str) -> None:
    step = advance(Session(), [read_tap(text) or Tap("")])
    assert step.main is not None


def test_a_button_that_would_not_fit_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="not a tap"):
        tap_id("service", "x" * 60)


@pytest.mark.parametrize(
    ("days", "times", "said"),
    [
        (("2026-03-06", "2026-03-06"), (None, None), {"date": "2026-03-06"}),
        (("2026-03-06", "2026-03-06"), ("10:00", "10:00"), {"date": "2026-03-06", "time": "10:00"}),
        ((None, None), (None, None), {"date_range": {"start": None, "end": None}}),
        (
            ("2026-03-06", None),
            ("14:00", None),
            {
                "date_range": {"start": "2026-03-06", "end": None},
                "time_range": {"start": "14:00", "end": None},
            },
        ),
        (
            ("2026-03-06", "2026-03-12"),
            ("09:00", "24:00"),
            {
                "date_range": {"start": "2026-03-06", "end": "2026-03-12"},
                "time_range": {"start": "09:00", "end": "24:00"},
            },
        ),
    ],
)
def test_the_button_of_the_waiting_list_says_what_was_wished_for(
    days: tuple[str | None, str | None], times: tuple[str | None, str | None], said: dict[str, Any]
) -> None:
    tap = read_tap(wait_id(9_999_999_999, 9_999_999_999, days, times))
    assert tap is not None
    assert waited_for(tap) == said
    step = advance(Session(), [tap])
    assert (step.session.flow, step.main) == ("waitlist", Goal("waitlist", {}))
    assert {field: step.session.fields[field] for field in said} == said


@pytest.mark.parametrize("values", [(), ("x", "y", "tomorrow"), ("1", "0", "2026-02-30", "9", "25:00")])
def test_a_forged_button_of_the_waiting_list_says_nothing(values: tuple[str, ...]) -> None:
    step = advance(Session(), [Tap("wait", values)])
    assert {"date", "date_range", "time", "time_range"} & step.session.fields.keys() == set()


def test_a_bare_no_to_a_held_time_passes_it() -> None:
    held = Session(question="offer", offer=(OfferItem("o1", "booking", 7, "Yes", "take:7"),))
    for word, skill in ((c.Affirm(), "take_offer"), (c.Deny(), "pass_offer")):
        assert advance(held, [word]).main == Goal(skill, {"booking_id": 7})


def test_who_joins_the_waiting_list_takes_the_wish_along() -> None:
    step = advance(BOOKING, [c.SetField(field="staff", value="nadia"), c.JoinWaitlist()])
    assert step.session.flow == "waitlist"
    assert step.session.fields == BOOKING.fields | {"staff": "nadia"}
    assert advance(Session(flow="cancel", booking_id=3), [c.JoinWaitlist()]).session == Session(flow="waitlist")
