"""What is read as an order of a merchant. Now is Monday 2 March 2026, nine in the morning."""

from datetime import date, datetime

import pytest

from dialog.merchant_words import Block, CallOff, Order, Outcome, Paid, read
from dialog.understanding.state import Entry

TEAM = (Entry("anna", ("Anna",)), Entry("emile", ("Émile",)), Entry("april", ("April",)))
THURSDAY = (datetime(2026, 3, 5, 13), datetime(2026, 3, 5, 15))
ALL_THURSDAY = (datetime(2026, 3, 5), datetime(2026, 3, 6))


def order(text: str) -> Order | None:
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
        ("bloquer jeudi 13-15h", Block(*THURSDAY, None)),
        ("block", Block(None, None, None)),
        ("block Thursday for Zoe", Block(*ALL_THURSDAY, None, "zoe")),
        ("unblock Thursday 13:00-15:00 for Anna", Block(*THURSDAY, "anna", opens=True)),
        ("débloquer jeudi", Block(*ALL_THURSDAY, None, opens=True)),
        ("Rouvre jeudi de 13h à 15h stp", Block(*THURSDAY, None, opens=True)),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no show Ada 10:30", Outcome(("ada",), None, "10:30", False)),
        ("No-show Ada", Outcome(("ada",), None, None, False)),
        ("Ada didn't come", Outcome(("ada",), None, None, False)),
        ("Ada never showed up yesterday", Outcome(("ada",), date(2026, 3, 1), None, False)),
        ("absent Mireille 10h30", Outcome(("mireille",), None, "10:30", False)),
        ("Mireille n’est pas venue", Outcome(("mireille",), None, None, False)),
        ("Mme Ada Ngo ne s'est pas présentée hier à 9h", Outcome(("ada", "ngo"), date(2026, 3, 1), "09:00", False)),
        ("Ada came after all", Outcome(("ada",), None, None, True)),
        ("Mireille est finalement venue", Outcome(("mireille",), None, None, True)),
        ("no show", Outcome((), None, None, False)),
    ],
)
def test_who_came_and_who_did_not(text: str, expected: Outcome) -> None:
    assert order(text) == expected


@pytest.mark.parametrize("text", ["did Ada come?", "Ada est venue ?", "no, show Thursday", "personne n'est venu"])
def test_a_question_or_a_denial_says_nothing_of_who_came(text: str) -> None:
    assert order(text) is None


@pytest.mark.parametrize("text", ["", "annuler", "cancel", "today", "jeudi", "je voudrais annuler", "blocked", "?"])
def test_anything_else_is_no_order(text: str) -> None:
    assert order(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paid Ada", Paid(("ada",))),
        ("Ada has paid 1500 F", Paid(("ada",))),
        ("Mme Ngo a bien payé l'acompte", Paid(("ngo",))),
        ("reçu de Paul", Paid(("paul",))),
        ("reçu", Paid(())),
        ("Ada n'a pas payé", None),
        ("Ada has not paid", None),
        ("Ada a payé ?", None),
        ("who are you", None),
    ],
)
def test_who_has_paid(text: str, expected: Paid | None) -> None:
    assert order(text) == expected
