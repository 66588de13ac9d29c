from typing import Any

import pytest

from bot.channels import telegram_events
from bot.inbound import parse_event
from dialog.messages import InboundMessage
from tests.support.channels import tg_message, tg_tap, tg_update


def _read(update: dict[str, Any]) -> InboundMessage | None:
    (arrival,) = telegram_events.split(update, "bot-1")
    return parse_event("telegram", arrival.kind, arrival.payload, 7)


def test_words_with_name_and_time() -> None:
    message = tg_message(42, text="Bonjour")
    read = _read(tg_update("message", message))
    assert read is not None
    assert (read.event_id, read.kind, read.text, read.phone) == (7, "text", "Bonjour", None)
    assert (read.display_name, read.vendor_id) == ("Paul Essomba", str(message["message_id"]))
    assert read.occurred_at is not None


def test_a_tap_carries_the_id_and_the_label_of_the_choice() -> None:
    read = _read(tg_tap(42, "slot:9", label="10h30"))
    assert read is not None
    assert (read.kind, read.choice_id, read.text) == ("choice", "slot:9", "10h30")


@pytest.mark.parametrize("message", [None, {"message_id": 1, "chat": {"id": 42, "type": "private"}, "date": 0}])
def test_a_tap_under_a_message_that_is_out_of_reach_counts(message: Any) -> None:
    read = _read(tg_tap(42, "slot:9", message=message))
    assert read is not None
    assert (read.kind, read.choice_id, read.text) == ("choice", "slot:9", "")


@pytest.mark.parametrize(
    ("text", "kind", "words", "detail"),
    [
        ("/start", "start", "", None),
        ("/start@salon_bot", "start", "", None),
        ("/start nadia-2", "start", "", "nadia-2"),
        ("/menu", "text", "menu", None),
        ("/my_bookings@salon_bot", "text", "my bookings", None),
        ("/book haircut tomorrow", "text", "book haircut tomorrow", None),
        ("a/b", "text", "a/b", None),
    ],
)
def test_commands(text: str, kind: str, words: str, detail: str | None) -> None:
    (arrival,) = telegram_events.split(tg_update("message", tg_message(42, text=text)), "bot-1")
    read = parse_event("telegram", arrival.kind, arrival.payload, 7)
    assert read is not None
    assert (read.kind, read.text, read.detail, arrival.urgent) == (kind, words, detail, kind == "start")


def test_an_edited_message_corrects_the_one_with_its_id() -> None:
    message = tg_message(42, text="vendredi", edit_date=1772438460)
    read = _read(tg_update("edited_message", message))
    assert read is not None
    assert (read.kind, read.text, read.is_edit, read.vendor_id) == (
        "text",
        "vendredi",
        True,
        str(message["message_id"]),
    )


@pytest.mark.parametrize(("owner", "phone"), [(42, "+237699000003"), (43, None), (None, None)])
def test_only_ones_own_contact_tells_ones_phone(owner: int | None, phone: str | None) -> None:
    contact = {"phone_number": "237699000003", "first_name": "Paul", "user_id": owner}
    read = _read(tg_update("message", tg_message(42, contact=contact)))
    assert read is not None
    assert (read.kind, read.detail, read.phone) == ("unsupported", "contact", phone)


@pytest.mark.parametrize("medium", ["voice", "photo", "sticker", "location", "video_note", "document", "poll"])
def test_what_cannot_be_read_is_told_apart_by_its_kind(medium: str) -> None:
    read = _read(tg_update("message", tg_message(42) | {medium: {}}))
    assert read is not None
    assert (read.kind, read.detail) == ("unsupported", medium)


def test_an_unheard_of_kind_of_message_is_not_met_with_silence() -> None:
    read = _read(tg_update("message", tg_message(42, hologram={})))
    assert read is not None
    assert (read.kind, read.detail) == ("unsupported", "unknown")


def test_a_caption_is_words() -> None:
    read = _read(tg_update("message", tg_message(42, photo=[], caption="comme ça")))
    assert read is not None
    assert (read.kind, read.text, read.detail) == ("text", "comme ça", "photo")


@pytest.mark.parametrize(
    "update",
    [
        tg_update("message", tg_message(42, pinned_message={})),
        tg_update("message", tg_message(42, message_auto_delete_timer_changed={})),
        tg_update("edited_message", tg_message(42, location={"live_period": 60})),
        tg_update("message", tg_message(-100, chat_type="group", text="hello")),
        tg_update("channel_post", tg_message(-100, chat_type="channel", text="hello")),
        tg_update("my_chat_member", {"chat": {"id": 42, "type": "private"}, "new_chat_member": {"status": "kicked"}}),
        tg_tap(42, ""),
        {"update_id": 1, "message": None},
    ],
)
def test_what_needs_no_answer(update: dict[str, Any]) -> None:
    assert _read(update) is None
