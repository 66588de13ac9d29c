"""What leaves the house: no phone, no mail, no card, no document; days and times all the same."""

import pytest

from llm.redaction import redact


@pytest.mark.parametrize(
    ("country", "text", "shown"),
    [
        ("CM", "call 699 00 00 01 or +237 6 99 00 00 02 at 10:30", "call <PHONE_2> or <PHONE_1> at 10:30"),
        ("CM", "6 99 00 00 01", "<PHONE_1>"),
        ("FR", "mon 06 12 34 56 78, le 05/03/2026 à 10h30", "mon <PHONE_1>, le 05/03/2026 à 10h30"),
        ("US", "(415) 555-2671 on 3/25/2026", "<PHONE_1> on 3/25/2026"),
        ("CM", "write a.b+c@d.co.uk tonight", "write <EMAIL_1> tonight"),
        ("CM", "see https://x.example/z?token=abc at 9", "see <URL_1> at 9"),
        ("CM", "card 4111 1111 1111 1111 exp 12/27", "card <CARD_1> exp 12/27"),
        ("DE", "IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN <IBAN_1> bitte"),
        ("CM", "passport C1234567", "passport <NUMBER_1>"),
        ("BR", "CPF 123.456.789-09 amanhã 14h", "CPF <NUMBER_1> amanhã 14h"),
        ("ES", "DNI 12345678Z el martes", "DNI <NUMBER_1> el martes"),
    ],
)
def test_what_tells_who_somebody_is_is_hidden(country: str, text: str, shown: str) -> None:
    redacted = redact(text, country)
    assert redacted.text == shown
    assert redacted.reveal(shown) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 10:30",
        "20260305",
        "2026-03-05T10:30",
        "le 05 03 2026 14 30",
        "tonight 18:00-19:30",
        "between 9 and 11 on the 21st, or 10am-12pm, 3 people",
        "9h-12h, 10h30-12h45, 1030am",
        "haircut on 12.03.2026 at 10.30",
        "je viens le 3 à 15 h 30 ou le 4 à 16 h 45",
        "le 21-22 mars",
    ],
)
def test_days_and_times_stay(text: str) -> None:
    assert redact(text, "CM").text == text


def test_a_placeholder_that_somebody_typed_reveals_nothing() -> None:
    assert redact("what is <PHONE_1>?", "CM").reveal("<PHONE_1>") == "<PHONE_1>"
