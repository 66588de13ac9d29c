import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dialog import texts

FOLDER = Path(texts.__file__).parent
SOURCES = [path for path in FOLDER.parent.parent.rglob("*.py") if "dialog" in path.parts and "tests" not in path.parts]


def entries(language: str) -> dict[str, str]:
    """A text with forms is found under its key for the last of them, and under `key[n]` for the others."""
    found: dict[str, str] = {}
    with (FOLDER / language / "LC_MESSAGES" / "booka.po").open("rb") as file:
        for message in read_po(file):
            if message.pluralizable:
                *others, found[message.id[0]] = tuple(message.string or ())
                found |= {f"{message.id[0]}[{n}]": text for n, text in enumerate(others)}
            elif message.id:
                found[str(message.id)] = str(message.string)
    return found


@pytest.mark.parametrize("language", texts.languages())
def test_every_language_has_every_text_with_the_same_values(language: str) -> None:
    reference, own = entries("en"), entries(language)
    assert set(own) == set(reference)
    for key, text in own.items():
        assert text, key
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", reference[key])), key


def test_button_labels_fit_the_narrowest_button() -> None:
    for language in texts.languages():
        for key, text in entries(language).items():
            if key.startswith(("button.", "list.")):
                assert len(text) <= 20, (language, key)


def test_the_confirming_button_alone_begins_with_yes() -> None:
    for language, yes in (("en", ("yes", "confirm")), ("fr", ("oui", "confirmer"))):
        found = {
            key for key, text in entries(language).items() if key.startswith("button.") and text.lower().startswith(yes)
        }
        assert found == {f"button.yes_{what}" for what in ("book", "series", "move", "cancel", "cancel_all")}


def test_a_text_that_does_not_exist_is_a_fault_of_ours() -> None:
    with pytest.raises(texts.MissingTextError):
        texts.say("en", "no.such.text")


def test_a_language_without_catalogue_is_answered_in_english() -> None:
    assert texts.say("xx", "button.book") == "Book"


@pytest.mark.parametrize("language", texts.languages())
def test_one_is_singular(language: str) -> None:
    words = {"service": "X", "staff": "X", "time": "X", "days": "X", "customer": "X"}
    one, several = (texts.say(language, "merchant.series", count=str(count), **words) for count in (1, 2))
    assert "1" not in one
    assert "2" in several
    one, several = (texts.say(language, "policy.late", hours=hours, fee="X") for hours in (1, 12))
    assert "1" not in one
    assert "12" in several
