"""The play between the page, the real webhooks and the stand-ins: what people do goes out, what arrives is shown."""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import Clock
from standins.bot_api import BotApi
from standins.faults import Sent
from standins.graph_api import GraphApi
from standins.simulator import webhooks
from standins.simulator.drawing import QuickReplyLabel, from_bot, from_graph
from standins.simulator.people import Address, Channel, Inspector, SimAccount, SimPerson, SimTenant, made_up_customer
from standins.simulator.phones import Bubble, Phones
from standins.simulator.webhooks import Delivery, Postman, Sender

_WHATSAPP_TYPING_S = 25.0
_TELEGRAM_TYPING_S = 5.0
_WIRE_KEPT = 400


class Simulator:
    """Connect it to the stand-ins by `attach`; open and close it with the application that shows the page.

    `store` keeps what the phones show from one run to the next.
    """

    def __init__(
        self,
        *,
        tenants: Sequence[SimTenant],
        base_url: str,
        app_secret: str,
        graph: GraphApi,
        bot: BotApi,
        clock: Clock,
        inspector: Inspector,
        quick_reply_label: QuickReplyLabel,
        store: Path | None = None,
    ) -> None:
        self.tenants = {tenant.key: tenant for tenant in tenants}
        self.clock = clock
        self.phones = Phones(store)
        self.graph, self.bot = graph, bot
        self.inspector = inspector
        self._label = quick_reply_label
        self._postman = Postman(base_url, app_secret)
        self._accounts = {account.address: account for tenant in tenants for account in tenant.accounts.values()}
        self._wire: deque[tuple[Address, dict[str, Any]]] = deque(maxlen=_WIRE_KEPT)
        self._update_id = secrets.randbelow(10**6) + int(Clock().now().timestamp()) * 10
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self.phones.load()
        self.graph.on_sent, self.bot.on_sent = self._graph_sent, self._bot_sent
        await self._postman.open()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.phones.close()
        await self._postman.close()

    def customers(self) -> list[SimPerson]:
        return [made_up_customer(number) for number in range(1, self.phones.customers + 1)]

    def add_customer(self) -> SimPerson:
        self.phones.customers += 1
        self.phones.touch()
        return self.customers()[-1]

    def say(self, account: SimAccount, person: SimPerson, text: str, language: str) -> None:
        """The person writes; the webhook goes out by itself."""
        address, message_id = self.address(account, person), self._new_id(account)
        bubble = self.phones.say(address, text, self.clock.now(), message_id)
        is_whatsapp = account.channel is Channel.WHATSAPP
        content = webhooks.whatsapp_text(text) if is_whatsapp else webhooks.telegram_text(text)
        self._send_message(account, person, bubble, content, language)

    def send_attachment(self, account: SimAccount, person: SimPerson, kind: str, label: str, language: str) -> None:
        address, message_id = self.address(account, person), self._new_id(account)
        bubble = self.phones.say(address, label, self.clock.now(), message_id, label=kind)
        is_whatsapp = account.channel is Channel.WHATSAPP
        content = webhooks.whatsapp_attachment(kind) if is_whatsapp else webhooks.telegram_attachment(kind)
        self._send_message(account, person, bubble, content, language)

    def tap(self, account: SimAccount, person: SimPerson, seq: int, choice_id: str, language: str) -> bool:
        """A tap on a choice of a shown bubble; False when there is no such choice."""
        address = self.address(account, person)
        bubble = self.phones.find(address, seq)
        choice = next((c for c in bubble.choices if c["id"] == choice_id), None) if bubble else None
        if bubble is None or choice is None:
            return False
        if account.channel is Channel.TELEGRAM:
            self._tap_keyboard(account, person, bubble, choice_id, language)
            return True
        answer = self.phones.say(address, choice["label"], self.clock.now(), self._new_id(account))
        content = webhooks.whatsapp_tap(bubble.style, choice, account.address, bubble.vendor_id)
        self._send_message(account, person, answer, content, language)
        return True

    def read(self, account: SimAccount, person: SimPerson) -> None:
        """The person looks at the thread: WhatsApp reports read."""
        for message_id in self.phones.read(self.address(account, person)):
            if account.channel is Channel.WHATSAPP:
                self.graph.report(message_id, "read")

    def set_network(self, state: str) -> None:
        """ok, slow (two seconds an answer) or away (503), for both vendors."""
        for api in (self.graph, self.bot):
            api.faults.is_down = state == "away"
            api.faults.delay_s = 2.0 if state == "slow" else 0.0
        self.phones.touch()

    @property
    def network(self) -> str:
        if self.graph.faults.is_down:
            return "away"
        return "slow" if self.graph.faults.delay_s else "ok"

    async def timeline(self, account: SimAccount, person: SimPerson) -> list[dict[str, Any]]:
        """Webhooks, turns and calls of one thread in the order of the clock."""
        address = self.address(account, person)
        wire = [entry for owner, entry in self._wire if owner == address]
        return sorted(wire + await self.inspector(address), key=lambda entry: str(entry["at"]))

    def _send_message(
        self, account: SimAccount, person: SimPerson, bubble: Bubble, content: dict[str, Any], language: str
    ) -> None:
        address, timestamp = self.address(account, person), self._timestamp()
        sender = Sender(address.external_id, person.name)
        if account.channel is Channel.WHATSAPP:
            body = webhooks.whatsapp_webhook(account.address, sender, bubble.vendor_id, timestamp, content)
            self.graph.note_inbound(account.address, address.external_id, bubble.vendor_id)
        else:
            message_id = int(bubble.vendor_id)
            body = webhooks.telegram_message(self._next_update(), message_id, sender, language, timestamp, content)
        self._spawn(account, address, body, bubble)

    def _tap_keyboard(self, account: SimAccount, person: SimPerson, bubble: Bubble, data: str, language: str) -> None:
        address = self.address(account, person)
        sender = Sender(address.external_id, person.name)
        sent_at = int(datetime.fromisoformat(bubble.at).timestamp())
        message = webhooks.bot_message(int(bubble.vendor_id), sender, sent_at, bubble.text)
        body = webhooks.telegram_tap(self._next_update(), sender, language, data, message)
        self._spawn(account, address, body, None)

    def _spawn(self, account: SimAccount, address: Address, body: dict[str, Any], bubble: Bubble | None) -> None:
        task = asyncio.create_task(self._deliver(account, address, body, bubble))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, account: SimAccount, address: Address, body: dict[str, Any], bubble: Bubble | None
    ) -> None:
        at = self.clock.now()
        if account.channel is Channel.WHATSAPP:
            delivery = await self._postman.post_whatsapp(body)
        else:
            delivery = await self._postman.post_telegram(account, body)
        self._wire.append((address, _inbound_entry(at, delivery)))
        if bubble is not None:
            self.phones.tick(bubble, "delivered" if delivery.status == 200 else "failed")
        else:
            self.phones.touch()

    async def _graph_sent(self, sent: Sent) -> None:
        account = self._accounts.get(sent.account)
        if sent.type in ("typing", "read"):
            address = self.phones.find_by_vendor_id(sent.answer_id)
            if address and sent.type == "typing":
                self.phones.start_typing(address, _WHATSAPP_TYPING_S)
        elif account:
            address = Address(account.account, sent.recipient)
            self.phones.show(address, sent.at, sent.answer_id, from_graph(sent.body, self._label, self.graph.media))
        else:
            return
        if address:
            self._note_call(address, sent)

    async def _bot_sent(self, sent: Sent) -> None:
        account = self._accounts.get(sent.account)
        if account is None or not sent.recipient:
            return
        address = Address(account.account, sent.recipient)
        if sent.type == "sendChatAction":
            self.phones.start_typing(address, _TELEGRAM_TYPING_S)
        elif sent.type.startswith("edit"):
            self.phones.edit(address, sent.answer_id, from_bot(sent.body))
        else:
            self.phones.show(address, sent.at, sent.answer_id, from_bot(sent.body))
        self._note_call(address, sent)

    def _note_call(self, address: Address, sent: Sent) -> None:
        entry = {"kind": "out", "at": sent.at.isoformat(), "title": sent.type, "json": sent.body, "id": sent.answer_id}
        self._wire.append((address, entry))
        self.phones.touch()

    def address(self, account: SimAccount, person: SimPerson) -> Address:
        return Address(account.account, person.addresses[account.channel])

    def _new_id(self, account: SimAccount) -> str:
        if account.channel is Channel.WHATSAPP:
            return webhooks.new_wamid()
        return str(self.bot.next_message_id(account.address))

    def _next_update(self) -> int:
        self._update_id += 1
        return self._update_id

    def _timestamp(self) -> int:
        return int(self.clock.now().timestamp())


def _inbound_entry(at: datetime, delivery: Delivery) -> dict[str, Any]:
    return {
        "kind": "in",
        "at": at.isoformat(),
        "title": f"POST {delivery.path}",
        "status": delivery.status,
        "ms": round(delivery.duration_ms, 1),
        "json": delivery.body,
    }
