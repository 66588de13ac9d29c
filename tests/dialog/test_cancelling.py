"""Pointing at one of several bookings. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import TenantFixture


@pytest.fixture
async def busy(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture) -> Phone:
    """Thursday 10:00 and Friday 11:00, told in English."""
    phone = Phone(runtime, client, tenant)
    for wish in ("book a haircut with Nadia on Thursday at 10", "book a haircut with Émile on Friday at 11"):
        await phone.writes(wish)
        assert "confirmed" in await phone.writes("yes")
    return phone


async def cancelled(runtime: Runtime, phone: Phone) -> list[str]:
    sql = "SELECT to_char(starts_at, 'DD') AS day FROM bookings WHERE tenant_id = $1 AND status = 'cancelled'"
    return [row["day"] for row in await query(runtime, sql, phone.tenant.tenant_id)]


@pytest.mark.parametrize("words", ["cancel my Friday one", "cancel my Friday appointment", "cancel the one with Émile"])
async def test_words_point_at_the_booking(runtime: Runtime, busy: Phone, words: str) -> None:
    assert "Friday 6 March 2026 at 11:00" in await busy.writes(words)
    assert "cancelled" in await busy.writes("yes")
    assert await cancelled(runtime, busy) == ["06"]


@pytest.mark.parametrize("words", ["the second", "cancel the second", "2", "Friday", "the Friday one"])
async def test_one_of_the_list_is_picked_by_place_or_day(busy: Phone, words: str) -> None:
    assert "Which booking" in await busy.writes("cancel")
    assert "Friday 6 March 2026 at 11:00" in await busy.writes(words)


async def test_words_that_fit_no_booking_cancel_none(runtime: Runtime, busy: Phone) -> None:
    assert "can't find" in await busy.writes("cancel my Saturday appointment")
    assert [label[:3] for label in busy.labels] == ["Thu", "Fri"]
    assert "can't find" in await busy.writes("Sunday")
    assert await cancelled(runtime, busy) == []


async def test_cancel_it_begins_a_cancellation(busy: Phone) -> None:
    assert "Which booking" in await busy.writes("cancel it")
