"""Which service is meant where its name alone does not tell, in a house that has one for children and one for all."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dialog.understanding.rules import understand
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState

LAGOS = ZoneInfo("Africa/Lagos")
BARBER = CatalogueView(
    services=(
        Entry("cut", ("Haircut", "Coupe homme")),
        Entry("beard", ("Beard trim", "Barbe")),
        Entry("dye", ("Dye", "Teinture")),
        Entry("kids", ("Kids cut", "Coupe enfant")),
    ),
    staff=(Entry("sunday", ("Sunday",)), Entry("ade", ("Ade",))),
)
CLINIC = CatalogueView(
    services=(
        Entry("gp", ("General consultation", "GP")),
        Entry("blood", ("Blood test", "Bilan sanguin")),
        Entry("children", ("Paediatric visit", "Kids doctor")),
    ),
)
NOTHING = ReadingState()
WHAT = ReadingState(flow="book", asked=("service",))
DAYS = ReadingState(
    flow="book",
    asked=("date",),
    question="offer",
    filled={"service": "cut"},
    offer=(Offered("o1", "date", "2026-06-18"), Offered("o2", "date", "2026-06-22")),
)


def said(text: str, house: CatalogueView, state: ReadingState) -> dict[str, object]:
    now = datetime(2026, 6, 9, 10, 0, tzinfo=LAGOS)
    commands = understand(text, language="en", now=now, tz=LAGOS, catalogue=house, state=state).commands
    return {c.field: c.value for c in commands if c.kind == "set_field"}


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("haircut for my two boys", "kids"),
        ("my daughter needs a haircut", "kids"),
        ("kids haircut", "kids"),
        ("a haircut", "cut"),
        ("trim my beard", "beard"),
        ("dye for my beard", "dye"),
        ("a tidy up", "cut"),
        ("for my little boy", "kids"),
    ],
)
def test_a_barbers_service(text: str, service: str) -> None:
    assert said(text, BARBER, WHAT)["service"] == service


@pytest.mark.parametrize(
    ("text", "service"),
    [("I want to see a doctor", "gp"), ("a checkup", "gp"), ("my child is sick", "children"), ("blood test", "blood")],
)
def test_a_clinics_service(text: str, service: str) -> None:
    assert said(text, CLINIC, WHAT)["service"] == service


def test_by_nine_is_at_nine_in_lagos() -> None:
    assert said("haircut on Saturday by 9am", BARBER, NOTHING)["time"] == "09:00"


def test_a_name_and_the_day_it_is_called_after() -> None:
    assert said("Sunday on Sunday at 1, haircut", BARBER, NOTHING) == {
        "staff": "sunday",
        "date": "2026-06-14",
        "time": "13:00",
        "service": "cut",
    }


@pytest.mark.parametrize(("text", "handle"), [("Thursday suits me", "o1"), ("mon pls", "o2"), ("the Monday one", "o2")])
def test_a_weekday_picks_the_day_on_the_table(text: str, handle: str) -> None:
    now = datetime(2026, 6, 9, 10, 0, tzinfo=LAGOS)
    commands = understand(text, language="en", now=now, tz=LAGOS, catalogue=BARBER, state=DAYS).commands
    assert [c.handle for c in commands if c.kind == "choose"] == [handle]
