"""What every channel has to keep, whichever file it comes from."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel import Channel, DeliveryFault, Fault, Line
from bot.registry import CHANNELS
from core.runtime import Runtime
from dialog.messages import Choice, Document, InboundMessage, Reply
from tenants.channel_accounts import ChannelAccount
from tests.support.channels import (
    tg_message,
    tg_tap,
    tg_update,
    wa_message,
    wa_status,
    wa_text,
    wa_value,
    wa_webhook,
)
from tests.support.outbox import with_vendors

_junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.just([]),
    st.just({}),
    st.just([{"id": []}, None]),
    st.just({"type": [], "id": {}, "from": 1}),
)
_DELIVERIES = (
    wa_webhook(wa_value("1001", messages=[wa_text("hello"), wa_message("image", {"caption": "so"})])),
    wa_webhook(wa_value("1001", messages=[wa_message("interactive", {"list_reply": {"id": "a", "title": "A"}})])),
    wa_webhook(wa_value("1001", messages=[wa_message("edit", {"message": {"type": "text", "text": {"body": "x"}}})])),
    wa_webhook(wa_value("1001", statuses=[wa_status("wamid.x", "failed", errors=[{"code": 131047}])])),
    tg_update("message", tg_message(42, text="/start abc")),
    tg_update("message", tg_message(42, contact={"phone_number": "237699000003", "user_id": 42})),
    tg_update("edited_message", tg_message(42, caption="so", photo=[{}])),
    tg_update("my_chat_member", {"chat": {"id": 42, "type": "private"}, "new_chat_member": {"status": "kicked"}}),
    tg_tap(42, "slot:9", label="10:30"),
)


@st.composite
def broken_deliveries(draw: st.DrawFn) -> dict[str, Any]:
    """A true delivery in which up to three places hold something else, or nothing."""
    body: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(_DELIVERIES)))
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(body))
        if places:
            container, key = draw(st.sampled_from(places))
            container[key] = copy.deepcopy(draw(_junk))
    return body


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield node, key
        yield from _places(value)


FILE = Document("calendar:1:1", "Coupe 2026-03-03.ics", "BEGIN:VCALENDAR")
_KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "status", "other", "")


@pytest.fixture(params=sorted(CHANNELS))
def channel(request: pytest.FixtureRequest) -> Channel:
    return CHANNELS[request.param]


def account_of(channel: Channel) -> ChannelAccount:
    secrets = {"access_token": "t", "bot_token": "1:token", "secret_token": "right", "api_key": "k"}
    return ChannelAccount(1, 1, channel.key, "account-1", "1001", secrets)


def test_the_channels_of_the_first_release_are_found() -> None:
    assert {"whatsapp", "telegram"} <= set(CHANNELS)


def test_the_key_is_that_of_the_registry(channel: Channel) -> None:
    assert CHANNELS[channel.key] is channel


@pytest.mark.parametrize("name", sorted(CHANNELS))
@settings(max_examples=300, deadline=None)
@given(body=broken_deliveries())
def test_splitting_and_reading_never_fail(name: str, body: dict[str, Any]) -> None:
    channel = CHANNELS[name]
    arrivals = channel.split(body, "account-1")
    assert arrivals
    for arrival in arrivals:
        assert arrival.event_key
        assert len(arrival.event_key) <= 512
        for kind in (arrival.kind, *_KINDS):
            for payload in (arrival.payload, body):
                read = channel.parse(kind, payload, 7)
                assert read is None or isinstance(read, InboundMessage)
                channel.read_receipt(kind, payload)
                channel.tap_to_acknowledge(kind, payload)


def test_the_same_delivery_splits_into_the_same_events(channel: Channel) -> None:
    body = {"entry": [{"changes": [{"field": "x", "value": {"a": 1}}]}], "poll": {"id": "1"}}
    first, second = channel.split(body, "account-1"), channel.split(dict(body), "account-1")
    assert [arrival.event_key for arrival in first] == [arrival.event_key for arrival in second]


@pytest.mark.parametrize("headers", [{}, {"X-Hub-Signature-256": "sha256="}, {"X-Telegram-Bot-Api-Secret-Token": ""}])
def test_nobody_gets_in_without_a_secret(channel: Channel, runtime: Runtime, headers: dict[str, str]) -> None:
    for account in (None, account_of(channel), ChannelAccount(1, 1, channel.key, "a", None, {})):
        assert not channel.is_genuine(runtime.settings, account, headers, b"{}")


def test_a_handshake_with_nothing_in_it_is_refused(channel: Channel, runtime: Runtime) -> None:
    assert channel.answer_handshake(runtime.settings, {}) is None


def test_a_reply_without_words_is_still_a_message(channel: Channel) -> None:
    assert channel.render(Reply(""))
    assert channel.render(Reply("", (Choice("c:1", ""),)))


@pytest.mark.parametrize("as_template", [False, True])
def test_a_file_is_one_message_without_choices(channel: Channel, as_template: bool) -> None:
    (wire,) = channel.render(Reply("", document=FILE), as_template=as_template)
    assert FILE.filename in str(wire)


@pytest.mark.parametrize("reply", [Reply("Bonjour"), Reply("", document=FILE)], ids=["message", "file"])
@pytest.mark.parametrize("name", sorted(set(CHANNELS) - {"terminal"}))  # behind the terminal there is no vendor
async def test_a_vendor_that_cannot_be_reached_may_be_tried_again(name: str, reply: Reply, runtime: Runtime) -> None:
    """Nothing left this machine: no doubt, no second copy."""
    channel = CHANNELS[name]
    nowhere = f"http://127.0.0.1:{unused_port()}"
    line = Line(with_vendors(runtime, nowhere, nowhere), account_of(channel), 2.0)
    with pytest.raises(DeliveryFault) as caught:
        await channel.send(line, "237699000001", channel.render(reply)[0], tag="1", replaces=None)
    assert caught.value.fault is Fault.RETRY
