"""Vendors deliver at least once: a hundred copies, shuffled, in other batches, a week late, are one message."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.conftest import NOW
from tests.support.callers import WISH, Caller, wa_message_body
from tests.support.channels import dumps, signed
from tests.support.installation import Delivery, Installation, install, running, until
from tests.support.tenants import TenantFixture, make_tenant

_COPIES = 100
_CHANNELS = ("whatsapp", "telegram")
_LATE = (NOW + timedelta(days=8)).isoformat()


@dataclass(frozen=True)
class Crowd:
    """By channel: who wrote today, and whose first message took eight days to come."""

    callers: dict[str, Caller]
    latecomers: dict[str, Caller]


@pytest.fixture(scope="module")
async def crowd() -> AsyncIterator[Crowd]:
    """After all deliveries have come; each channel has a tenant of its own."""
    chance = random.Random(1)
    async with install() as house:
        tenants = {channel: await make_tenant(house.runtime) for channel in _CHANNELS}
        callers, latecomers = (
            {channel: Caller(house, tenants[channel], channel) for channel in _CHANNELS} for _ in range(2)
        )
        async with running(house, "serve"), running(house, "work"):
            wishes = {channel: caller.says(WISH) for channel, caller in callers.items()}
            await _flood(house, tenants, wishes, chance)
            yeses = {channel: caller.taps("Yes") for channel, caller in callers.items()}
            await _flood(house, tenants, yeses, chance)
        async with running(house, "serve", BOOKA_NOW=_LATE), running(house, "work", BOOKA_NOW=_LATE):
            await _flood(house, tenants, wishes, chance)
            await _flood(house, tenants, yeses, chance)
            await _flood(house, tenants, {name: late.says("hello") for name, late in latecomers.items()}, chance)
        yield Crowd(callers, latecomers)


async def _flood(
    house: Installation, tenants: dict[str, TenantFixture], originals: dict[str, Delivery], chance: random.Random
) -> None:
    """Every copy of both channels, mixed with strangers' messages, alone or in a batch with them."""
    copies = [originals["telegram"]] * _COPIES
    for number in range(_COPIES):
        stranger = Caller(house, tenants["whatsapp"], "whatsapp").says("hello")
        is_alone = number % 10
        copies.append(originals["whatsapp"] if is_alone else _batch(originals["whatsapp"], stranger, chance))
    chance.shuffle(copies)
    for start in range(0, len(copies), 50):
        statuses = [await house.post(delivery) for delivery in copies[start : start + 50]]
        assert set(statuses) == {200}
    await until(house.is_settled)


def _batch(original: Delivery, stranger: Delivery, chance: random.Random) -> Delivery:
    """Both messages in one value, the original twice: Meta promises no order and no batch."""
    messages = [*_messages(original), *_messages(stranger), *_messages(original)]
    chance.shuffle(messages)
    body = orjson.loads(original.raw)
    number = body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"]
    raw = dumps(wa_message_body(number, *messages))
    return Delivery(original.path, raw, signed(raw))


def _messages(delivery: Delivery) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = orjson.loads(delivery.raw)["entry"][0]["changes"][0]["value"]["messages"]
    return messages


@pytest.fixture(params=_CHANNELS)
def caller(request: pytest.FixtureRequest, crowd: Crowd) -> Caller:
    return crowd.callers[request.param]


async def test_each_message_has_one_reply(caller: Caller) -> None:
    shown = caller.screen()
    assert sum(any(label.startswith("Yes") for label in message.choices) for message in shown) == 1
    assert sum("confirmed" in message.text for message in shown) == 1
    assert len(shown) == (3 if caller.channel == "telegram" else 2)  # "reserving…" is edited into the result


@pytest.mark.parametrize("channel", _CHANNELS)
async def test_a_message_that_comes_eight_days_late_has_one_reply(crowd: Crowd, channel: str) -> None:
    assert len(crowd.latecomers[channel].screen()) == 1


async def test_there_is_one_effect(caller: Caller) -> None:
    house, tenant_id = caller.installation, caller.tenant.tenant_id
    assert await house.value("SELECT count(*) FROM bookings WHERE tenant_id = $1", tenant_id) == 1
    told = [len(messages) for messages in caller.merchant_screens()]
    assert told == [1, 1]


async def test_each_event_is_stored_once(caller: Caller) -> None:
    events = "SELECT count(*) FROM inbound_events e JOIN conversations c ON c.id = e.conversation_id"
    count = await caller.installation.value(f"{events} WHERE c.external_id = $1", caller.address)
    assert count == 2
