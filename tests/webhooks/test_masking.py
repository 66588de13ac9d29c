"""Numbers of cards and PINs never reach a table, and whoever typed one is warned."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.masking import HIDDEN, mask
from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import make_tenant
from webhooks.app import create_app

# A number that test systems of card schemes use.
CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_a_card_is_masked_before_it_is_stored_and_its_owner_is_warned(runtime: Runtime, channel: str) -> None:
    tenant = await make_tenant(runtime)
    async with TestClient(TestServer(create_app(runtime))) as client:
        phone = Phone(runtime, client, tenant, channel=channel)
        answer = await phone.writes(f"my card is {CARD}, pin 1234")
    assert "never send card numbers" in answer
    rows: list[Any] = await query(runtime, "SELECT * FROM inbound_events WHERE tenant_id = $1", tenant.tenant_id)
    stored = " ".join(str(dict(row)) for row in rows)
    assert "4242 4242" not in stored
    assert "1234" not in stored.replace(tenant.phone_number_id, "")
    assert HIDDEN in stored or "\\u2022" in stored


@pytest.mark.parametrize(
    "text",
    [
        "call me on +237 6 70 00 00 01",
        "le 12/03/2026 à 10h30, ou 2026-03-12 14:00",
        "my booking number is 1234567890123",
        "we are 4, from 10 to 12",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("5555-5555-5555-4444", f"{HIDDEN} 4444"),
        ("mon code PIN est 4321", f"mon code PIN est {HIDDEN}"),
        ("cvv: 123", f"cvv: {HIDDEN}"),
    ],
)
def test_secrets_do_not(text: str, masked: str) -> None:
    assert mask(text) == masked
