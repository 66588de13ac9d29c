"""What customers write in Spanish and in Portuguese, and messages in another language than the conversation's."""

from __future__ import annotations

import pytest

from dialog.understanding.state import Offered, ReadingState
from tests.dialog.reading import kinds, read, values

IDLE = ReadingState()
ASKED_DATE = ReadingState(flow="book", asked=("date",))
ASKED_STAFF = ReadingState(flow="book", asked=("staff",))
ASKED_PARTY = ReadingState(flow="book", asked=("party_size",))
CONFIRMING = ReadingState(
    flow="book", question="confirm", confirming=True, filled={"service": "massage", "date": "2026-06-12"}
)
OFFERED = ReadingState(
    flow="book",
    asked=("time",),
    question="offer",
    offer=(Offered("o1", "time", "10:00"), Offered("o2", "time", "13:00"), Offered("o3", "time", "17:00")),
)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("es", "hola, quería un masaje mañana a las 5 y media", {"date": "2026-06-10", "time": "17:30"}),
        ("es", "¿tienen hueco con Lena el sábado?", {"staff": "lena", "date": "2026-06-13"}),
        ("es", "somos 3, queremos massage el domingo", {"party_size": 3, "service": "massage", "date": "2026-06-14"}),
        ("es", "una cita para mi hermana y para mí el jueves", {"party_size": 2, "date": "2026-06-11"}),
        ("es", "me apuntas pal viernes porfa?", {"date": "2026-06-12"}),
        ("pt", "oi, queria marcar massagem pra amanhã às 15h", {"date": "2026-06-10", "time": "15:00"}),
        ("pt", "tem vaga com a Lena no sábado?", {"staff": "lena", "date": "2026-06-13"}),
        ("pt", "mesa pra 4 na sexta às 21h", {"party_size": 4, "date": "2026-06-12", "time": "21:00"}),
        ("pt", "vcs têm horário hj à tarde?", {"date": "2026-06-09"}),
    ],
)
def test_several_facts_in_one_message_start_a_booking(language: str, text: str, said: dict[str, object]) -> None:
    assert "start_flow" in kinds(text, IDLE, language)
    assert said.items() <= values(text, IDLE, language).items()


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("es", "quiero cancelar mi cita", "start_flow"),
        ("es", "ver mis reservas", "list_bookings"),
        ("es", "quiero hablar con una persona", "handoff"),
        ("es", "llego 10 minutos tarde", "running_late"),
        ("es", "no me manden más mensajes", "opt_out"),
        ("es", "borren todos mis datos", "privacy"),
        ("es", "avísame si se libera algo", "join_waitlist"),
        ("es", "¿cuánto cuesta el masaje?", "ask_info"),
        ("es", "empezar de nuevo", "restart"),
        ("pt", "preciso desmarcar", "start_flow"),
        ("pt", "meus agendamentos", "list_bookings"),
        ("pt", "quero falar com um atendente", "handoff"),
        ("pt", "vou atrasar uns 15 minutos", "running_late"),
        ("pt", "parem de me mandar mensagem", "opt_out"),
        ("pt", "quero excluir meus dados", "privacy"),
        ("pt", "me avisa se abrir vaga", "join_waitlist"),
        ("pt", "vocês aceitam pix?", "ask_info"),
        ("pt", "começar de novo", "restart"),
    ],
)
def test_a_wish_that_stands_alone_is_heard(language: str, text: str, kind: str) -> None:
    assert kind in kinds(text, IDLE, language)


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("es", "sí, perfecto", "affirm"),
        ("es", "vale", "affirm"),
        ("es", "👍", "affirm"),
        ("es", "no me viene bien", "deny"),
        ("es", "déjalo", "cancel_flow"),
        ("es", "no entendí", "repeat"),
        ("pt", "pode ser", "affirm"),
        ("pt", "tá bom", "affirm"),
        ("pt", "👍", "affirm"),
        ("pt", "não dá pra mim", "deny"),
        ("pt", "deixa pra lá", "cancel_flow"),
        ("pt", "não entendi", "repeat"),
    ],
)
def test_a_summary_is_answered(language: str, text: str, kind: str) -> None:
    assert kind in kinds(text, CONFIRMING, language)


@pytest.mark.parametrize(
    ("language", "text", "handle"),
    [
        ("es", "la primera", "o1"),
        ("es", "a la una", "o2"),
        ("es", "la última porfa", "o3"),
        ("es", "la más temprana", "o1"),
        ("pt", "o primeiro", "o1"),
        ("pt", "o das 13h", "o2"),
        ("pt", "o último", "o3"),
        ("pt", "fico com o das 17", "o3"),
    ],
)
def test_an_offer_is_taken_by_its_place_or_time(language: str, text: str, handle: str) -> None:
    commands = read(text, OFFERED, language).commands
    assert [c.handle for c in commands if c.kind == "choose"] == [handle]


@pytest.mark.parametrize(
    ("language", "state", "text"),
    [
        ("es", ASKED_DATE, "me da igual"),
        ("es", ASKED_DATE, "lo antes posible"),
        ("es", ASKED_STAFF, "con quien sea"),
        ("pt", ASKED_DATE, "tanto faz"),
        ("pt", ASKED_DATE, "o quanto antes"),
        ("pt", ASKED_STAFF, "qualquer um"),
    ],
)
def test_any_will_do(language: str, state: ReadingState, text: str) -> None:
    assert "skip" in kinds(text, state, language)


@pytest.mark.parametrize(
    ("language", "text", "size"),
    [("es", "somos cuatro", 4), ("es", "mi marido y yo", 2), ("pt", "duas pessoas", 2), ("pt", "só eu", 1)],
)
def test_those_who_come_are_counted(language: str, text: str, size: int) -> None:
    assert values(text, ASKED_PARTY, language) == {"party_size": size}


def test_a_not_inside_a_clock_time_rules_nothing_out() -> None:
    assert values("a las cinco menos cuarto", ASKED_DATE, "es") == {"time": "16:45"}


def test_the_new_day_of_a_booking_is_told_from_its_old_one() -> None:
    start, new = read("puedo mover mi cita del jueves para el lunes?", IDLE, "es").commands
    assert start.kind == "start_flow"
    assert start.booking == {"date": "2026-06-11"}
    assert new.kind == "set_field"
    assert new.value == "2026-06-15"


@pytest.mark.parametrize(
    ("conversation", "text", "kind"),
    [
        ("en", "hola quiero cancelar mi cita por favor", "start_flow"),
        ("fr", "não vou poder ir, preciso desmarcar", "start_flow"),
        ("es", "i want to talk to a person please", "handoff"),
        ("pt", "je veux parler à quelqu'un", "handoff"),
        ("en", "gracias", "thanks"),
    ],
)
def test_a_message_in_another_language_is_read_in_that(conversation: str, text: str, kind: str) -> None:
    assert kind in kinds(text, IDLE, conversation)


@pytest.mark.parametrize(
    ("conversation", "text"), [("en", "no o, make it friday"), ("fr", "la semaine du 5"), ("es", "me da igual el día")]
)
def test_words_that_languages_share_change_nothing(conversation: str, text: str) -> None:
    assert "greet" not in kinds(text, ASKED_DATE, conversation)
    assert "cannot_handle" not in kinds(text, ASKED_DATE, conversation)
