"""What is read of services that come together, of variants and of add-ons: pure, without a database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking.catalogue import Catalogue, Extra, Service
from dialog.commands import Affirm, AskInfo, CannotHandle, Choose, Command, CorrectField, Exclude, SetField, StartFlow
from dialog.flow import advance
from dialog.session import OfferItem, Session
from dialog.visit_words import Also, Extras, complete, is_all_extras
from tenants.rules import TenantRules
from tenants.tenant import Tenant

CUT, BRAIDS, MANICURE = "cut", "braids", "manicure"


def extra(key: str, *names: str) -> Extra:
    return Extra(key, {"en": names[0], "fr": names[-1]}, {}, 30, None)


def service(id: int, key: str, name: str, variants: tuple[Extra, ...] = (), add_ons: tuple[Extra, ...] = ()) -> Service:
    return Service(id, key, {"en": name}, {}, {}, 30, 0, 0, None, 1, None, (1,), (), variants, add_ons)


SERVICES = (
    service(1, CUT, "Haircut", (extra("woman", "Woman", "Femme"), extra("child", "Child", "Enfant"))),
    service(
        2,
        BRAIDS,
        "Braids",
        (
            extra("short", "Short", "Courtes"),
            extra("long", "Long braids", "Tresses longues"),
            extra("box", "Box braids"),
        ),
        (extra("beads", "Beads", "Perles"), extra("wash", "Wash", "Shampoing")),
    ),
    service(3, MANICURE, "Manicure"),
)
TENANT = Tenant(1, "salon", "Salon", "beauty", "CM", "XAF", "Africa/Douala", ("fr", "en"), TenantRules(), 1)
CATALOGUE = Catalogue(TENANT, SERVICES, (), (), (), {}, timedelta(0))
IDLE = Session()
BRAIDS_CHOSEN = Session(flow="book", fields={"service": BRAIDS})
LONG_CHOSEN = Session(flow="book", fields={"service": BRAIDS, "variants": {"2": "long"}})


def sets(*keys: str) -> list[Command]:
    return [SetField(field="service", value=key) for key in keys]


def read(text: str, commands: list[Command] | None = None, session: Session = IDLE) -> list[Any]:
    found = commands if commands is not None else [CannotHandle()]
    return list(complete(text, found, session=session, catalogue=CATALOGUE, language="en"))


def test_several_services_come_in_the_order_in_which_they_were_said() -> None:
    assert read("a manicure, then a haircut", sets(MANICURE, CUT)) == [*sets(MANICURE), Also(service=CUT)]


@pytest.mark.parametrize("text", ["a haircut or a manicure", "a haircut, no, a manicure", "coupe, plutôt manucure"])
def test_where_one_takes_the_place_of_the_other_the_last_word_stands(text: str) -> None:
    assert read(text, sets(CUT, MANICURE)) == sets(CUT, MANICURE)


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("and a manicure", True),
        ("a manicure as well", True),
        ("une manucure en plus", True),
        ("manicure", False),
        ("I would rather also like a manicure", False),
        ("a manicure on Friday and not on Monday", False),
    ],
)
def test_only_a_word_of_addition_adds(text: str, adds: bool) -> None:
    said: list[Command] = [CorrectField(field="service", value=MANICURE)]
    assert read(text, said, BRAIDS_CHOSEN) == ([Also(service=MANICURE)] if adds else said)


def test_a_service_that_is_left_out_is_one_of_several() -> None:
    both = Session(flow="book", fields={"service": CUT, "also": [MANICURE]})
    said: list[Command] = [CorrectField(field="service", value=MANICURE)]
    assert read("without the manicure", said, both) == [Exclude(field="service", value=MANICURE)]
    assert read("without the manicure", said, BRAIDS_CHOSEN) == said


def test_what_was_on_offer_is_a_service_like_one_that_was_named() -> None:
    offer = (OfferItem("o1", "service", CUT, "Haircut", "service:cut"),)
    session = Session(flow="book", asked=("service",), offer=offer)
    commands = [Choose(handle="o1"), *sets(MANICURE)]
    assert read("haircut and manicure", commands, session) == [*sets(CUT), Also(service=MANICURE)]


@pytest.mark.parametrize(
    ("text", "variant", "add_ons"),
    [
        ("long braids", "long", ()),
        ("tresses longues avec perles", "long", ("beads",)),
        ("short braids with a wash and beads", "short", ("wash", "beads")),
        ("braids", None, ()),
        ("short or long braids", None, ()),
    ],
)
def test_variants_and_add_ons_beside_their_service(text: str, variant: str | None, add_ons: tuple[str, ...]) -> None:
    wanted = Extras(variants={"2": variant} if variant else {}, add_ons={"2": add_ons} if add_ons else {})
    found = [item for item in read(text, sets(BRAIDS)) if isinstance(item, Extras)]
    assert found in ([wanted], [] if wanted == Extras() else [wanted])


def test_what_is_not_wanted_is_taken_away() -> None:
    assert read("without beads", session=LONG_CHOSEN) == [Extras(without={"2": ("beads",)})]
    assert read("no wash but beads", session=LONG_CHOSEN)[-1] == Extras(
        add_ons={"2": ("beads",)}, without={"2": ("wash",)}
    )


def test_a_variant_in_passing_changes_nothing() -> None:
    date: list[Command] = [SetField(field="date", value="2026-03-05")]
    assert read("Thursday, it has been a short week", date, LONG_CHOSEN) == date
    assert read("short ones please", session=LONG_CHOSEN) == [Extras(variants={"2": "short"})]
    assert read("rather short, and on Thursday", date, LONG_CHOSEN) == [*date, Extras(variants={"2": "short"})]


def test_a_yes_that_names_something_else_is_none_to_what_was_shown() -> None:
    assert read("yes, the long braids", [Affirm()], LONG_CHOSEN) == [Affirm()]
    assert read("yes, the beads", [Affirm()], LONG_CHOSEN) == [Affirm(), Extras(add_ons={"2": ("beads",)})]
    step = advance(
        replace(LONG_CHOSEN, question="confirm", draft="abc"), read("yes, the beads", [Affirm()], LONG_CHOSEN)
    )
    assert step.main is not None
    assert (step.main.skill, step.session.draft) == ("book", None)


def test_a_question_chooses_nothing() -> None:
    asked: list[Command] = [AskInfo(topic="duration", about={"service": BRAIDS})]
    assert read("how long do long braids take?", asked, BRAIDS_CHOSEN) == asked


def test_a_variant_alone_means_its_service() -> None:
    expected = [StartFlow(flow="book"), *sets(BRAIDS), Extras(variants={"2": "box"})]
    assert read("box braids please") == expected
    assert read("I would like something in a box") == [CannotHandle()]


def test_a_child_or_a_woman_is_a_variant_of_the_service_beside_it() -> None:
    assert read("une coupe pour ma femme", sets(CUT)) == [*sets(CUT), Extras(variants={"1": "woman"})]
    assert read("ma femme vient aussi", session=BRAIDS_CHOSEN) == [CannotHandle()]


def test_all_and_nothing_answer_the_question_for_more() -> None:
    offer = tuple(
        OfferItem(f"o{n}", "add_on", key, key, f"add_on:2:{key}") for n, key in enumerate(("beads", "wash"), 1)
    )
    asked = Session(flow="book", fields=LONG_CHOSEN.fields, asked=("add_on",), offer=offer)
    assert read("les deux", [Choose(handle="o2")], asked) == [Extras(add_ons={"2": ("beads", "wash")})]
    assert read("rien d'autre", session=asked) == [Extras(nothing=True)]


@pytest.mark.parametrize(
    ("text", "is_all"), [("short ones please", True), ("with beads", True), ("short but cheap", False)]
)
def test_what_is_told_in_full_needs_no_model(text: str, is_all: bool) -> None:
    assert is_all_extras(text, session=LONG_CHOSEN, catalogue=CATALOGUE, language="en") is is_all
    assert not is_all_extras(text, session=IDLE, catalogue=CATALOGUE, language="en")


def test_moving_or_cancelling_reads_no_extras() -> None:
    moving = Session(flow="reschedule", fields={"service": BRAIDS})
    assert read("with beads", session=moving) == [CannotHandle()]
    assert read("cancel the long braids", [StartFlow(flow="cancel")], BRAIDS_CHOSEN) == [StartFlow(flow="cancel")]
