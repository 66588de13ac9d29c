"""`booka chat`: a conversation in the terminal, over the same inbox, turns and outbox as on any channel."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape

from bot.channels.terminal import ensure_account
from bot.inbound import handle
from core.errors import InputError
from core.ids import new_token
from core.inbox import InboundEvent, store
from core.runtime import Runtime, open_runtime
from core.settings import Settings
from core.uow import unit_of_work
from dialog.conversation import ensure_conversation
from tenants.definition import find_tenant

_POLL_S = 0.2
_PATIENCE_S = 15.0

_MERCHANT = "SELECT phone FROM merchants WHERE tenant_id = $1 AND active AND lower(name) = lower($2)"
_SPEAK = "UPDATE conversations SET language = $3 WHERE tenant_id = $1 AND id = $2"
_NEW = """
SELECT id, kind, payload FROM outbox_messages
WHERE tenant_id = $1 AND conversation_id = $2 AND id > $3 AND kind <> 'interim' ORDER BY id
"""
_OPEN = "SELECT count(*) FROM inbound_events WHERE tenant_id = $1 AND conversation_id = $2 AND status = 'new'"


@dataclass
class _Terminal:
    """`choices` are those of the last message: their number taps them."""

    runtime: Runtime
    console: Console
    tenant_id: int
    account_id: int
    account: str
    address: str
    name: str
    conversation_id: int
    seen: int = 0
    sent: int = 0
    choices: tuple[dict[str, Any], ...] = ()

    async def say(self, line: str) -> None:
        """Stores the line as a message or a tap, and sees to it that it is answered."""
        self.sent += 1
        payload: dict[str, Any] = {"text": line, "name": self.name}
        number = int(line) if line.isascii() and line.isdigit() else 0
        if 0 < number <= len(self.choices):
            chosen = self.choices[number - 1]
            payload = {"text": chosen["label"], "choice_id": chosen["id"], "name": self.name}
        key = f"{self.address}:{new_token(6)}:{self.sent}"
        event = InboundEvent(
            self.tenant_id,
            self.account_id,
            "terminal",
            self.account,
            key,
            "message",
            payload,
            self.address,
            urgent=True,
        )
        await store(self.runtime, [event])
        for _ in range(int(_PATIENCE_S / _POLL_S)):
            await handle(self.runtime, self.tenant_id, self.conversation_id)
            if await self._is_answered():
                return
            await asyncio.sleep(_POLL_S)
        self.console.print("[red]No answer yet: is the worker busy? It will come.[/red]")

    async def _is_answered(self) -> bool:
        async with unit_of_work(self.runtime, self.tenant_id) as uow:
            return not await uow.driver.fetchval(_OPEN, self.tenant_id, self.conversation_id)

    async def show(self) -> None:
        """Prints what is new; buttons are numbered."""
        async with unit_of_work(self.runtime, self.tenant_id) as uow:
            rows = await uow.driver.fetch(_NEW, self.tenant_id, self.conversation_id, self.seen)
        for row in rows:
            self.seen = row["id"]
            payload = row["payload"]
            if "document" in payload:
                self.console.print(f"[cyan]📎 {escape(payload['document']['filename'])}[/cyan]")
                continue
            self.choices = tuple(payload.get("choices", ()))
            self.console.print(f"[green]{escape(payload['text'])}[/green]")
            for number, choice in enumerate(self.choices, 1):
                about = f"  {choice['description']}" if choice.get("description") else ""
                self.console.print(f"  {number}. {escape(choice['label'] + about)}")

    async def watch(self) -> None:
        """Notices and reminders appear while the person thinks."""
        while True:
            await asyncio.sleep(_POLL_S)
            await self.show()


async def run_chat(settings: Settings, tenant: str, *, language: str | None, as_merchant: str | None) -> None:
    """Until the end of input. Raises InputError when there is no such tenant or merchant."""
    async with open_runtime(settings.model_copy(update={"quiet_window_ms": 0})) as runtime:
        terminal = await _open(runtime, tenant, language, as_merchant)
        watcher = asyncio.create_task(terminal.watch()) if sys.stdin.isatty() else None
        try:
            while line := await asyncio.to_thread(sys.stdin.readline):
                if line.strip():
                    if not sys.stdin.isatty():
                        terminal.console.print(f"> {escape(line.strip())}")
                    await terminal.say(line.strip())
                    await terminal.show()
        finally:
            if watcher is not None:
                watcher.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watcher


async def _open(runtime: Runtime, tenant: str, language: str | None, as_merchant: str | None) -> _Terminal:
    tenant_id = await find_tenant(runtime, tenant)
    if tenant_id is None:
        raise InputError([f"there is no tenant {tenant!r}; apply a file first: booka tenant apply FILE.toml"])
    account = f"{tenant}-terminal"
    async with unit_of_work(runtime, tenant_id) as uow:
        account_id = await ensure_account(uow, account)
        address, name = f"terminal-{new_token(6)}", "Terminal"
        if as_merchant is not None:
            phone = await uow.driver.fetchval(_MERCHANT, tenant_id, as_merchant)
            if phone is None:
                raise InputError([f"{tenant!r} has no merchant {as_merchant!r} with a phone"])
            address, name = str(phone).lstrip("+"), as_merchant
        conversation = await ensure_conversation(uow, account_id, "terminal", address)
        if language is not None:
            await uow.driver.execute(_SPEAK, tenant_id, conversation.id, language)
        newest = await uow.driver.fetch(_NEW, tenant_id, conversation.id, 0)
    console = Console(highlight=False, soft_wrap=True)
    seen = newest[-1]["id"] if newest else 0
    return _Terminal(runtime, console, tenant_id, account_id, account, address, name, conversation.id, seen)
