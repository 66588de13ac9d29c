"""What happens while a model thinks: more messages, another worker, a conversation that moves on."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from core.uow import unit_of_work
from dialog import thinking
from tests.support.channels import tg_message, tg_update
from tests.support.installation import until
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import make_tenant

UNSURE = "so my aunt quipped that this mane of mine would frighten geese"


@pytest.fixture
async def house(runtime: Runtime) -> AsyncIterator[ModelHouse]:
    async with model_house(runtime) as house:
        yield house


@pytest.fixture
async def phone(house: ModelHouse, client: "TestClient[Any, Any]") -> Phone:
    tenant = await make_tenant(house.runtime, languages=["en", "fr"], llm=LLM)
    return Phone(house.runtime, client, tenant, channel="telegram")


async def turns(phone: Phone) -> list[tuple[str, int]]:
    """Who read each turn, and how many messages it answered."""
    sql = "SELECT source, cardinality(inbound_ids) AS n FROM turns WHERE tenant_id = $1 ORDER BY id"
    return [(row["source"], row["n"]) for row in await query(phone.runtime, sql, phone.tenant.tenant_id)]


async def test_what_comes_in_meanwhile_is_answered_right_after_and_once(house: ModelHouse, phone: Phone) -> None:
    async def writes_on() -> None:
        house.api.on_question = None
        await phone.post(tg_update("message", tg_message(int(phone.address), text="tomorrow at 15:00 with Nadia")))

    house.api.on_question = writes_on
    summary = await phone.writes(UNSURE)
    assert await turns(phone) == [("llm", 1), ("rules", 1)]
    assert len(house.api.received) == 1
    assert all(fact in summary for fact in ("Haircut", "Nadia", "15:00"))
    assert "confirmed" in await phone.taps("Yes")
    statuses = "SELECT status FROM inbound_events WHERE tenant_id = $1"
    assert {row["status"] for row in await query(phone.runtime, statuses, phone.tenant.tenant_id)} == {"handled"}
    booked = "SELECT id FROM bookings WHERE tenant_id = $1"
    assert len(await query(phone.runtime, booked, phone.tenant.tenant_id)) == 1


async def test_a_second_worker_leaves_a_turn_alone_whose_model_thinks(house: ModelHouse, phone: Phone) -> None:
    async def another_worker() -> None:
        house.api.on_question = None
        await phone.reads()

    house.api.on_question = another_worker
    await phone.writes(UNSURE)
    assert await turns(phone) == [("llm", 1)]
    assert len(house.api.received) == 1


async def test_a_conversation_that_moved_on_meanwhile_is_read_anew_and_answered_once(
    house: ModelHouse, phone: Phone
) -> None:
    async def moves_on() -> None:
        house.api.on_question = None
        async with unit_of_work(phone.runtime, phone.tenant.tenant_id) as uow:
            await uow.driver.execute("UPDATE conversations SET revision = revision + 1, lane_until = NULL")

    house.api.on_question = moves_on
    await phone.writes(UNSURE)
    assert await turns(phone) == [("llm", 1)]
    assert len(await outbox(phone.runtime, phone.tenant.tenant_id, kind="reply")) == 1
    calls = await house.calls(phone.tenant.tenant_id)
    assert [call["status"] for call in calls] == ["ok", "ok"]
    assert len({call["turn_key"] for call in calls}) == 1


async def test_somebody_types_while_it_thinks_longer_than_a_moment(
    house: ModelHouse, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def signs() -> list[dict[str, Any]]:
        return await outbox(phone.runtime, phone.tenant.tenant_id, kind="interim")

    async def is_signed() -> bool:
        return bool(await signs())

    house.api.on_question = partial(until, is_signed)
    monkeypatch.setattr(thinking, "PATIENCE_S", 0.01)
    await phone.writes(UNSURE)
    (sign,) = await signs()
    assert (sign["payload"]["text"], sign["payload"]["is_interim"]) == ("", True)
    house.api.on_question = None
    monkeypatch.setattr(thinking, "PATIENCE_S", 60)
    await phone.writes("wibble wobble blargh")
    assert len(house.api.received) == 2
    assert len(await signs()) == 1


async def test_nobody_types_where_no_model_is_asked(
    house: ModelHouse, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinking, "PATIENCE_S", 0.0)
    await phone.writes("a haircut")
    assert await outbox(phone.runtime, phone.tenant.tenant_id, kind="interim") == []
