from typing import Any

import pytest

from bot.channels import whatsapp_events
from bot.inbound import parse_event
from dialog.messages import InboundMessage
from tests.support.channels import wa_message, wa_text, wa_value, wa_webhook


def _read(message: dict[str, Any], **value: Any) -> InboundMessage | None:
    (arrival,) = whatsapp_events.split(wa_webhook(wa_value("1", messages=[message], **value)))
    return parse_event("whatsapp", arrival.kind, arrival.payload, 7)


def test_words_with_name_phone_and_time() -> None:
    message = wa_text("Bonjour, une coupe demain ?")
    read = _read(message)
    assert read is not None
    assert (read.event_id, read.kind, read.text, read.vendor_id) == (
        7,
        "text",
        "Bonjour, une coupe demain ?",
        message["id"],
    )
    assert (read.display_name, read.phone, read.is_edit) == ("Mireille", "+237699000001", False)
    assert read.occurred_at is not None
    assert read.occurred_at.isoformat() == "2026-03-02T08:00:00+00:00"


@pytest.mark.parametrize(
    ("message", "choice_id", "label"),
    [
        (
            wa_message("interactive", {"type": "button_reply", "button_reply": {"id": "y:1", "title": "Oui"}}),
            "y:1",
            "Oui",
        ),
        (
            wa_message("interactive", {"type": "list_reply", "list_reply": {"id": "s:2", "title": "10:30"}}),
            "s:2",
            "10:30",
        ),
        (wa_message("button", {"payload": "approve:3", "text": "Accepter"}), "approve:3", "Accepter"),
    ],
)
def test_taps_carry_the_id_of_the_choice(message: dict[str, Any], choice_id: str, label: str) -> None:
    read = _read(message)
    assert read is not None
    assert (read.kind, read.choice_id, read.text) == ("choice", choice_id, label)


def test_a_template_button_without_payload_is_its_words() -> None:
    read = _read(wa_message("button", {"text": "Oui"}))
    assert read is not None
    assert (read.kind, read.text, read.choice_id) == ("text", "Oui", None)


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        (wa_message("audio", {"id": "1", "voice": True}), "audio"),
        (wa_message("image", {"id": "1"}), "image"),
        (wa_message("location", {"latitude": 4.05, "longitude": 9.7}), "location"),
        (wa_message("contacts", [{"name": {}}]), "contacts"),
        (wa_message("unsupported", {"type": "poll"}, errors=[{"code": 131051}]), "poll"),
        (wa_message("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}), "nfm_reply"),
        (wa_message("interactive", None), "interactive"),
        (wa_message("something_of_2030", {"a": 1}), "something_of_2030"),
        (wa_message("text", {"body": "  "}), "text"),
        (wa_message("text", None), "text"),
    ],
)
def test_what_cannot_be_read_is_told_apart_by_its_kind(message: dict[str, Any], detail: str) -> None:
    read = _read(message)
    assert read is not None
    assert (read.kind, read.detail) == ("unsupported", detail)


def test_a_caption_is_words() -> None:
    read = _read(wa_message("image", {"id": "1", "caption": "This cut, tomorrow"}))
    assert read is not None
    assert (read.kind, read.text, read.detail) == ("text", "This cut, tomorrow", "image")


@pytest.mark.parametrize(
    "message",
    [
        wa_message("reaction", {"message_id": "wamid.x", "emoji": "👍"}),
        wa_message("reaction", {"message_id": "wamid.x"}),
        wa_message("system", {"type": "user_changed_number", "wa_id": "237699000009"}),
        wa_message("revoke", {"original_message_id": "wamid.x"}),
    ],
)
def test_reactions_system_notices_and_deletions_are_not_answered(message: dict[str, Any]) -> None:
    assert _read(message) is None


def test_an_edit_names_the_message_that_it_corrects() -> None:
    edit = {"original_message_id": "wamid.first", "message": {"type": "text", "text": {"body": "Friday, not Monday"}}}
    read = _read(wa_message("edit", edit))
    assert read is not None
    assert (read.kind, read.text, read.is_edit, read.vendor_id) == ("text", "Friday, not Monday", True, "wamid.first")


def test_opening_the_chat_is_a_start() -> None:
    read = _read(wa_message("request_welcome", None))
    assert read is not None
    assert read.kind == "start"


def test_a_person_without_a_phone_has_none() -> None:
    message = wa_text("hello", from_user_id="CM.8814120")
    del message["from"]
    read = _read(message, contacts=[{"user_id": "CM.8814120", "profile": {"name": "Ngo"}}])
    assert read is not None
    assert (read.phone, read.display_name) == (None, "Ngo")


def test_contacts_are_matched_by_address_and_not_by_order() -> None:
    messages = [wa_text("one", sender="237600000001"), wa_text("two", sender="237600000002")]
    contacts = [{"wa_id": f"23760000000{n}", "profile": {"name": f"Person {n}"}} for n in (2, 1)]
    arrivals = whatsapp_events.split(wa_webhook(wa_value("1", messages=messages, contacts=contacts)))
    read = [parse_event("whatsapp", arrival.kind, arrival.payload, 1) for arrival in arrivals]
    assert [message.display_name for message in read if message] == ["Person 1", "Person 2"]


@pytest.mark.parametrize("code", [131047, 131026, 190, 131056, 130429, 131009, 999_999])
def test_a_failed_status_tells_its_fault(code: int) -> None:
    status = {"id": "wamid.x", "status": "failed", "errors": [{"code": code}]}
    receipt = whatsapp_events.read_receipt("status", {"status": status})
    assert getattr(getattr(receipt, "fault", None), "code", None) == str(code)
