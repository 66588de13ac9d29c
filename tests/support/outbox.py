"""A conversation with rows in its outbox, driven and looked at by tests; the vendors are on this machine."""

import dataclasses
import itertools
from datetime import timedelta
from typing import Any

from bot.delivery import accounts_of, deliver
from bot.receipts import apply_receipt
from core.inbox import InboundEvent, store
from core.outbox import Outgoing, enqueue
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.messages import Choice, Reply, WaTemplate
from standins.bot_api import BotApi
from standins.graph_api import GraphApi
from tests.support.channels import new_number, wa_status
from tests.support.tenants import TenantFixture

_keys = itertools.count(1)

CHOICES = (Choice("a:1", "10:30"), Choice("a:2", "11:15"))
_GRAPH_REFUSALS = {"broken": (0, 500), "invalid": (131009, 400), "token": (190, 401), "shut_out": (131026, 400)}
_BOT_REFUSALS = {"broken": 500, "invalid": 400, "token": 401, "shut_out": 403}
TEMPLATE = WaTemplate("booka_booking_confirmed", "fr", ("Coupe · mardi 10h30",))


class Outbox:
    """One conversation of a tenant on one channel; what goes out of it, and what the rows say afterwards."""

    def __init__(self, runtime: Runtime, tenant: TenantFixture, channel: str, api: GraphApi | BotApi) -> None:
        self.runtime, self.tenant, self.channel, self.api = runtime, tenant, channel, api
        self.recipient = str(new_number()) if channel == "telegram" else f"237{new_number()}"
        self.account_id = self.conversation_id = 0

    async def open(self, *, mode: str = "bot", has_window: bool = True) -> "Outbox":
        name = self.tenant.whatsapp_account if self.channel == "whatsapp" else self.tenant.telegram_account
        account = await accounts_of(self.runtime).find(self.channel, account=name)
        assert account is not None
        self.account_id = account.id
        until = self.runtime.clock.now() + timedelta(hours=23) if has_window else None
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            self.conversation_id = await uow.driver.fetchval(
                "INSERT INTO conversations (tenant_id, account_id, channel, external_id, mode, window_until)"
                " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                uow.tenant_id,
                account.id,
                self.channel,
                self.recipient,
                mode,
                until,
            )
            await uow.driver.execute(
                "INSERT INTO channel_identities (tenant_id, account_id, external_id) VALUES ($1, $2, $3)",
                uow.tenant_id,
                account.id,
                self.recipient,
            )
        return self

    async def put(self, reply: Reply | str = "Bonjour", *, kind: str = "reply", **extra: Any) -> int:
        reply = Reply(reply) if isinstance(reply, str) else reply
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            row_id = await enqueue(
                uow,
                Outgoing(
                    self.conversation_id,
                    self.account_id,
                    self.channel,
                    self.recipient,
                    f"test:{next(_keys)}",
                    kind,
                    reply.to_payload() | extra,
                ),
            )
        assert row_id is not None
        return row_id

    async def deliver(self, **options: Any) -> None:
        await deliver(self.runtime, self.tenant.tenant_id, self.conversation_id, **options)

    async def deliver_when_due(self) -> None:
        """Moves the due time instead of waiting for it."""
        await self.change("next_attempt_at = clock_timestamp() - interval '1 ms'")
        await self.deliver()

    async def change(self, assignment: str) -> None:
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            await uow.driver.execute(
                f"UPDATE outbox_messages SET {assignment} WHERE conversation_id = $1"
                " AND status IN ('pending', 'sending', 'unknown')",
                self.conversation_id,
            )

    async def row(self, row_id: int) -> dict[str, Any]:
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            row = await uow.driver.fetchrow(
                "SELECT *, extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS due_in_s"
                " FROM outbox_messages WHERE id = $1",
                row_id,
            )
        assert row is not None
        return dict(row)

    async def status(self, row_id: int) -> str:
        return str((await self.row(row_id))["status"])

    async def is_blocked(self) -> bool:
        async with unit_of_work(self.runtime, self.tenant.tenant_id) as uow:
            return bool(
                await uow.driver.fetchval(
                    "SELECT blocked_at IS NOT NULL FROM channel_identities WHERE account_id = $1 AND external_id = $2",
                    self.account_id,
                    self.recipient,
                )
            )

    async def receive_status(self, wamid: str, status: str, **extra: Any) -> str:
        """A status webhook as stored, applied; the state of its inbox row."""
        payload = {"status": wa_status(wamid, status, **extra)}
        return await self.receive("status", f"{wamid}:{status}", payload)

    async def receive(self, kind: str, key: str, payload: dict[str, Any]) -> str:
        tenant_id = self.tenant.tenant_id
        await store(self.runtime, [InboundEvent(tenant_id, self.account_id, self.channel, "scope", key, kind, payload)])
        async with unit_of_work(self.runtime, tenant_id) as uow:
            event_id = await uow.driver.fetchval("SELECT id FROM inbound_events WHERE event_key = $1", key)
        await apply_receipt(self.runtime, tenant_id, event_id)
        async with unit_of_work(self.runtime, tenant_id) as uow:
            return str(await uow.driver.fetchval("SELECT status FROM inbound_events WHERE id = $1", event_id))

    def refuse_next(self, fault: str) -> None:
        """The vendor's next answer is a refusal of this kind: broken | invalid | token | shut_out."""
        if isinstance(self.api, GraphApi):
            code, status = _GRAPH_REFUSALS[fault]
            self.api.fail_next(code, status=status)
        else:
            self.api.fail_next(_BOT_REFUSALS[fault])

    def sent(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The bodies that the vendor took, of all or of one type or method."""
        return [call.body for call in self.api.received if kind in (None, call.type)]

    def texts(self) -> list[str]:
        return [_words(body) for body in self.sent() if _words(body)]


def _words(body: dict[str, Any]) -> str:
    interactive = body.get("interactive", {}).get("body", {}).get("text")
    text = body.get("text", "")
    return str(interactive or (text["body"] if isinstance(text, dict) else text))


def with_vendors(runtime: Runtime, graph_url: str, bot_url: str) -> Runtime:
    settings = runtime.settings
    changes = {
        "whatsapp": settings.whatsapp.model_copy(update={"api_url": graph_url}),
        "telegram": settings.telegram.model_copy(update={"api_url": bot_url}),
    }
    return dataclasses.replace(runtime, settings=settings.model_copy(update=changes))
