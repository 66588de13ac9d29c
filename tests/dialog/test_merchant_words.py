"""What is read as an order of a merchant. Now is Monday 2 March 2026, nine in the morning."""

from datetime import date, datetime

import pytest

from dialog.merchant_words import Block, CallOff, read
from dialog.understanding.state import Entry

TEAM = (Entry("anna", ("Anna",)), Entry("emile", ("Émile",)), Entry("april", ("April",)))
THURSDAY = (datetime(2026, 3, 5, 13), datetime(2026, 3, 5, 15))
ALL_THURSDAY = (datetime(2026, 3, 5), datetime(2026, 3, 6))


def order(text: str) -> Block | CallOff | None:
    return read(text, now=datetime(2026, 3, 2, 9), staff=TEAM)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("block Thursday 13:00-15:00 for Anna", Block(*THURSDAY, "anna")),
        ("Please block Thursday from 13:00 to 15:00 for april", Block(*THURSDAY, "april")),
        ("bloquer jeudi 13h-15h pour Anna", Block(*THURSDAY, "anna")),
        ("bloque jeudi de 13h à 15h", Block(*THURSDAY, None)),
        ("block Thursday", Block(*ALL_THURSDAY, None)),
        ("Bloquer jeudi toute la journée pour Émile", Block(*ALL_THURSDAY, "emile")),
        ("block 13:00-15:00", Block(datetime(2026, 3, 2, 13), datetime(2026, 3, 2, 15), None)),
        ("block next week for emile", Block(datetime(2026, 3, 9), datetime(2026, 3, 16), "emile")),
        ("block Thursday 13:00", Block(None, None, None)),
        ("bloquer jeudi 13-15h", Block(None, None, None)),
        ("block", Block(None, None, None)),
        ("block Thursday for Zoe", Block(*ALL_THURSDAY, None, "zoe")),
    ],
)
def test_time_to_keep_free(text: str, expected: Block) -> None:
    assert order(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cancel Mireille 10:30", CallOff(("mireille",), None, "10:30")),
        ("annuler Mireille 10h30", CallOff(("mireille",), None, "10:30")),
        ("Cancel Mireille Ngo tomorrow at 10:30", CallOff(("mireille", "ngo"), date(2026, 3, 3), "10:30")),
        ("annuler le rendez-vous de Gaëlle à 15h", CallOff(("gaelle",), None, "15:00")),
        ("please cancel Paul's 3pm", CallOff(("paul",), None, "15:00")),
        ("cancel Paul", CallOff(("paul",), None, None)),
    ],
)
def test_a_booking_to_cancel(text: str, expected: CallOff) -> None:
    assert order(text) == expected


@pytest.mark.parametrize("text", ["", "annuler", "cancel", "today", "jeudi", "je voudrais annuler", "blocked", "?"])
def test_anything_else_is_no_order(text: str) -> None:
    assert order(text) is None
