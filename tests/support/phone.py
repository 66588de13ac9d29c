"""A person with a phone: writes and taps through the webhooks, reads what the outbox holds for them."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from aiohttp.test_utils import TestClient

from bot.inbound import handle
from core.runtime import Runtime
from tests.support.channels import (
    dumps,
    new_number,
    signed,
    tg_message,
    tg_tap,
    tg_update,
    wa_message,
    wa_text,
    wa_value,
    wa_webhook,
)
from tests.support.reading import fetch
from tests.support.tenants import TenantFixture


@dataclass
class Phone:
    """`address` is a wa_id or a Telegram user id. Turns run at once, in this process."""

    runtime: Runtime
    client: "TestClient[Any, Any]"
    tenant: TenantFixture
    channel: str = "whatsapp"
    address: str = ""
    _seen: int = 0
    last: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.address = self.address or f"2376{new_number()}"

    async def writes(self, *texts: str) -> str:
        """Sends each text as a message, all before any is answered; returns the text of the last answer."""
        if self.channel == "whatsapp":
            messages = [wa_text(text, sender=self.address) for text in texts]
            await self.post(wa_webhook(wa_value(self.tenant.phone_number_id, messages=messages)))
        else:
            for text in texts:
                await self.post(tg_update("message", tg_message(int(self.address), text=text)))
        return await self.reads()

    async def taps(self, label: str) -> str:
        """Taps the choice of the last message whose label begins with `label`."""
        choice = next((c for c in self.last.get("choices", ()) if c["label"].startswith(label)), None)
        assert choice is not None, f"no choice {label!r} among {[c['label'] for c in self.last.get('choices', ())]}"
        return await self.taps_id(choice["id"], choice["label"])

    async def taps_id(self, choice_id: str, label: str = "?") -> str:
        if self.channel == "whatsapp":
            reply = {"type": "button_reply", "button_reply": {"id": choice_id, "title": label}}
            message = wa_message("interactive", reply, sender=self.address)
            await self.post(wa_webhook(wa_value(self.tenant.phone_number_id, messages=[message])))
        else:
            await self.post(tg_tap(int(self.address), choice_id, label=label))
        return await self.reads()

    async def reads(self) -> str:
        """Runs what waits and returns the newest answer's text, empty when there is none."""
        await run_turns(self.runtime, self.tenant.tenant_id)
        fresh = await self.received()
        if not fresh:
            return ""
        self._seen, self.last = fresh[-1]["id"], fresh[-1]["payload"]
        return str(self.last["text"])

    async def received(self, *, kinds: tuple[str, ...] = ("reply", "notice", "reminder")) -> list[dict[str, Any]]:
        """What was written to this person since the last look."""
        rows = await outbox(self.runtime, self.tenant.tenant_id, recipient=self.address)
        return [row for row in rows if row["id"] > self._seen and row["kind"] in kinds]

    @property
    def labels(self) -> list[str]:
        return [choice["label"] for choice in self.last.get("choices", ())]

    async def post(self, body: dict[str, Any]) -> None:
        raw = dumps(body)
        if self.channel == "whatsapp":
            path, headers = "/webhooks/whatsapp", signed(raw)
        else:
            path = f"/webhooks/telegram/{self.tenant.telegram_account}"
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.tenant.telegram_secret}
        async with self.client.post(path, data=raw, headers=headers) as answer:
            assert answer.status == 200, answer.status


async def run_turns(runtime: Runtime, tenant_id: int) -> None:
    for row in await query(
        runtime,
        "SELECT DISTINCT conversation_id FROM inbound_events"
        " WHERE tenant_id = $1 AND status = 'new' AND conversation_id IS NOT NULL ORDER BY 1",
        tenant_id,
    ):
        await handle(runtime, tenant_id, row["conversation_id"])


async def outbox(runtime: Runtime, tenant_id: int, **where: Any) -> list[dict[str, Any]]:
    """Outbox rows of a tenant in order, payloads decoded."""
    conditions = "".join(f" AND {column} = ${index}" for index, column in enumerate(where, 2))
    sql = f"SELECT * FROM outbox_messages WHERE tenant_id = $1{conditions} ORDER BY id"
    rows = await query(runtime, sql, tenant_id, *where.values())
    return [dict(row) | {"payload": orjson.loads(row["payload"])} for row in rows]


async def query(runtime: Runtime, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    """Reads with the role that may see all rows."""
    return await fetch(runtime.reading_url, sql, *arguments)
