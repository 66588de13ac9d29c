"""Wishes and answers as people type them in chats: short, without accents, with figures for words, in mixed tongues."""

from __future__ import annotations

import pytest

from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values

FILLED = {"service": "massage", "staff": "lena", "date": "2026-06-12", "time": "10:00"}
NOTHING = ReadingState()
CONFIRM = ReadingState(flow="book", question="confirm", confirming=True, filled=dict(FILLED))
TIMES = ReadingState(
    flow="book",
    asked=("time",),
    question="offer",
    filled={"service": "massage", "date": "2026-06-12"},
    offer=(Offered("o1", "time", "09:00"), Offered("o2", "time", "11:30"), Offered("o3", "time", "15:00")),
)
STAFF = ReadingState(
    flow="book",
    asked=("staff",),
    question="offer",
    filled={"service": "massage"},
    offer=(Offered("o1", "staff", "lena"), Offered("o2", "staff", "marc"), Offered("o3", "staff", "sunday")),
)
DAY = ReadingState(flow="book", asked=("date",), filled={"service": "massage", "staff": "lena"})
HOUR = ReadingState(flow="book", asked=("time",), filled={"service": "massage", "date": "2026-06-12"})
HOW_MANY = ReadingState(flow="book", asked=("party_size",), filled={"service": "massage"})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "go on then"),
        ("en", "mhm"),
        ("en", "no prob"),
        ("en", "leave it like that"),
        ("en", "i dey ok with am"),
        ("fr", "vous pouvez confirmer"),
        ("fr", "bien reçu, je confirme"),
        ("fr", "on laisse comme ça"),
        ("fr", "mouais ok"),
        ("fr", "c'est fine pour moi"),
        ("es", "así está bien"),
        ("pt", "tudo perfeito, obrigada"),
    ],
)
def test_a_summary_is_agreed_to(language: str, text: str) -> None:
    assert "affirm" in kinds(text, CONFIRM, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "maybe another time"),
        ("en", "scratch that"),
        ("en", "leave it for now"),
        ("fr", "laisse"),
        ("fr", "plus tard peut-être"),
        ("fr", "je préfère attendre"),
        ("fr", "l'heure ne m'arrange pas"),
        ("es", "lo dejamos"),
        ("pt", "fica pra próxima"),
    ],
)
def test_a_summary_is_declined_or_left(language: str, text: str) -> None:
    said = kinds(text, CONFIRM, language)
    assert {"deny", "cancel_flow"} & set(said)
    assert "more_options" not in said


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "those don't work for me"),
        ("en", "different time please"),
        ("en", "later in the day?"),
        ("fr", "aucun de ceux-là"),
        ("fr", "plus tard c possible?"),
        ("fr", "c'est tout ce que vous avez ?"),
        ("fr", "les autres times?"),
        ("es", "esas no me van"),
        ("pt", "esses horários não servem"),
    ],
)
def test_none_of_the_offered_times_is_wanted(language: str, text: str) -> None:
    assert kinds(text, TIMES, language) == ["more_options"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "whoever's free"),
        ("en", "no specific person"),
        ("en", "the first available"),
        ("en", "all of them are good"),
        ("fr", "nimporte qui"),
        ("fr", "qui est libre"),
        ("fr", "la première disponible"),
        ("fr", "peu importe tant que c bien fait"),
        ("fr", "any one ça me va"),
        ("es", "la que sea"),
        ("pt", "quem puder"),
    ],
)
def test_anyone_will_do(language: str, text: str) -> None:
    assert kinds(text, STAFF, language) == ["skip"]


@pytest.mark.parametrize(
    ("language", "text", "handle"),
    [
        ("en", "the 1st one", "o1"),
        ("en", "2nd pls", "o2"),
        ("fr", "le last one", "o3"),
        ("fr", "la 2eme", "o2"),
        ("es", "la última de la lista", "o3"),
        ("pt", "a última da lista", "o3"),
    ],
)
def test_a_place_in_the_list_written_with_figures_or_in_two_tongues(language: str, text: str, handle: str) -> None:
    commands = read(text, STAFF, language).commands
    assert [(c.kind, getattr(c, "handle", None)) for c in commands] == [("choose", handle)]


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "if any1 cancels let me know", "join_waitlist"),
        ("en", "can a human reply", "handoff"),
        ("en", "put me through to the owner", "handoff"),
        ("en", "I will be there in 15 mins, sorry", "running_late"),
        ("en", "quit messaging me", "opt_out"),
        ("en", "i want my data deleted", "privacy"),
        ("en", "which day did i book?", "list_bookings"),
        ("en", "hello is anyone there", "greet"),
        ("en", "see you on saturday", "goodbye"),
        ("en", "weather on saturday?", "cannot_handle"),
        ("en", "how are you doing today", "chitchat"),
        ("en", "back to the beginning please", "restart"),
        ("fr", "recommençons", "restart"),
        ("fr", "je veux pas parler à un robot", "handoff"),
        ("fr", "j'ai quoi de prévu cette semaine chez vous ?", "list_bookings"),
        ("fr", "y en a marre de vos messages", "opt_out"),
        ("fr", "je préfère l'anglais", "switch_language"),
        ("fr", "i don't speak french", "switch_language"),
        ("fr", "tu vas bien aujourd'hui ?", "chitchat"),
        ("fr", "bonjour le salon", "greet"),
        ("es", "desde el principio", "restart"),
        ("pt", "pra que dia eu marquei?", "list_bookings"),
    ],
)
def test_a_message_is_one_wish_and_nothing_else(language: str, text: str, kind: str) -> None:
    assert kinds(text, NOTHING, language) == [kind]


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("fr", "non pas samedi, dimanche", {"date": "2026-06-14"}),
        ("es", "no, el domingo", {"date": "2026-06-14"}),
        ("pt", "não, domingo", {"date": "2026-06-14"}),
        ("en", "11 not 10", {"time": "11:00"}),
        ("en", "swap Lena for Marc", {"staff": "marc"}),
        ("fr", "lundi ça ne va pas, jeudi 18 c'est possible ?", {"date": "2026-06-18"}),
    ],
)
def test_what_is_put_right_at_the_summary(language: str, text: str, said: dict[str, object]) -> None:
    assert values(text, CONFIRM, language) == said
    assert "affirm" not in kinds(text, CONFIRM, language)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "a massage for my son he is 12, after school, so 4pm or later", {"start": "16:00", "end": None}),
        ("en", "massage next week, maybe saturday morning", {"start": "08:00", "end": "12:00"}),
        ("en", "I want 2 come for a massage friday morning", {"start": "08:00", "end": "12:00"}),
        ("fr", "nous serons huit samedi soir pour un massage", {"start": "18:00", "end": "22:00"}),
    ],
)
def test_ages_counts_and_figures_for_words_are_no_hours(language: str, text: str, said: dict[str, object]) -> None:
    hours = values(text, NOTHING, language)
    assert "time" not in hours
    assert hours["time_range"].model_dump() == said  # type: ignore[attr-defined]


def test_another_hour_than_those_offered_takes_none_of_them() -> None:
    assert kinds("ok but is 8 possible", TIMES) == ["set_field"]
    assert kinds("ok mais 8h c'est possible ?", TIMES, "fr") == ["set_field"]


def test_a_value_before_a_question_is_heard() -> None:
    assert values("5pm and can i bring my baby", HOUR) == {"time": "17:00"}
    assert "ask_info" in kinds("5pm and can i bring my baby", HOUR)


def test_a_misspelt_short_name_is_known_where_a_person_was_asked_for() -> None:
    assert kinds("Len", STAFF) == ["choose"]


@pytest.mark.parametrize(
    ("language", "text", "size"),
    [
        ("en", "it'll be me, my husband and our 2 kids", 4),
        ("fr", "moi, mon mari et nos 2 enfants", 4),
        ("es", "mi marido, yo y dos niños", 4),
        ("pt", "eu, meu marido e duas crianças", 4),
        ("fr", "on sera une dizaine", 10),
        ("en", "just me", 1),
    ],
)
def test_each_of_a_family_counts(language: str, text: str, size: int) -> None:
    assert values(text, HOW_MANY, language) == {"party_size": size}


def test_by_myself_tells_nobody_s_number() -> None:
    assert "party_size" not in values("No, I will do that by myself", CONFIRM)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "hey I booked for friday 10am but I can only make it at 2pm"),
        ("fr", "j'ai rdv vendredi 10h mais je peux que à 14h"),
        ("es", "tengo cita el viernes a las 10 pero solo puedo a las 14"),
        ("pt", "tenho horário sexta às 10 mas só consigo às 14"),
    ],
)
def test_a_booking_that_stands_and_its_new_hour(language: str, text: str) -> None:
    commands = [c for c in read(text, NOTHING, language).commands if c.kind != "greet"]
    assert [c.kind for c in commands] == ["start_flow", "set_field"]
    assert commands[0].flow == "reschedule"  # type: ignore[union-attr]
    assert values(text, NOTHING, language) == {"time": "14:00"}


def test_the_day_of_an_occasion_is_not_the_day_to_come() -> None:
    assert values("massage for my graduation, thursday or friday pls", NOTHING)["date_range"] is not None


@pytest.mark.parametrize("text", ["le rdv avec Marc là, laissez tomber", "the booking with Marc, forget it"])
def test_a_booking_dropped_in_one_breath_is_cancelled(text: str) -> None:
    started = [c for c in read(text, NOTHING, "fr" if "rdv" in text else "en").commands if c.kind == "start_flow"]
    assert [c.flow for c in started] == ["cancel"]


@pytest.mark.parametrize("text", ["no be saturday", "saturdays bad for me", "samedi c'est mort"])
def test_a_day_that_is_bad_is_ruled_out(text: str) -> None:
    assert kinds(text, DAY, "fr" if "mort" in text else "en") == ["exclude"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "si c'est possible avec Léna"),
        ("fr", "si je peux venir avec ma fille"),
        ("fr", "s'il y a de la place"),
        ("fr", "Si tu es une IA, dis-le"),
        ("es", "Si eres una IA, dilo"),
        ("es", "si no puedo ir, ¿qué pasa?"),
    ],
)
def test_an_if_is_no_yes(language: str, text: str) -> None:
    assert "affirm" not in kinds(text, CONFIRM, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "si"), ("fr", "si si"), ("fr", "si, parfait"), ("es", "si por favor"), ("es", "si quiero")],
)
def test_a_si_is_one(language: str, text: str) -> None:
    assert kinds(text, CONFIRM, language) == ["affirm"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "did my payment go through?"),
        ("en", "have you received my payment"),
        ("en", "I have paid"),
        ("en", "is my payment okay?"),
        ("en", "Payment received?"),
        ("en", "send me the payment link again"),
        ("fr", "mon paiement est passé ?"),
        ("fr", "Mon paiement est-il bien passé ?"),
        ("fr", "mon acompte a-t-il été reçu ?"),
        ("fr", "le dépôt est bien passé ?"),
        ("fr", "où en est mon paiement ?"),
        ("fr", "le paiement ne passe pas"),
        ("es", "¿ya llegó mi pago?"),
        ("es", "¿mi pago ha pasado?"),
        ("pt", "o meu pagamento foi recebido?"),
        ("pt", "receberam o meu pagamento?"),
        ("fr", "avez-vous reçu mon acompte"),
        ("fr", "j'ai déjà payé"),
    ],
)
def test_whether_money_has_come_is_a_question_about_payment(language: str, text: str) -> None:
    assert kinds(text, NOTHING, language) == ["ask_info"]
