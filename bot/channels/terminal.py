"""The terminal of `booka chat`: no vendor, no webhook; what is sent is read from the outbox."""

from collections.abc import Mapping
from typing import Any

from bot.channel import Arrival, Blocked, Line, Receipt, Wire
from bot.reading import as_text, content_key
from core.settings import Settings
from core.uow import UnitOfWork
from dialog.messages import InboundMessage, Reply
from tenants.channel_accounts import ChannelAccount
from tenants.sealing import data_key, seal_secrets

_ACCOUNT = """
INSERT INTO channel_accounts (tenant_id, kind, account, secrets) VALUES ($1, 'terminal', $2, $3)
ON CONFLICT (account) DO UPDATE SET active = true RETURNING id
"""


async def ensure_account(uow: UnitOfWork, account: str) -> int:
    """The account that a tenant's terminals speak through; made when the first one is opened."""
    sealed = seal_secrets(await data_key(uow), "channel_accounts", uow.tenant_id, account, {})
    account_id: int = await uow.driver.fetchval(_ACCOUNT, uow.tenant_id, account, sealed)
    return account_id


class Terminal:
    """Its webhook route lets nobody in: messages come through the command alone."""

    key = "terminal"
    has_account_in_url = True
    confirms_sending = False
    has_reply_window = False

    def answer_handshake(self, settings: Settings, query: Mapping[str, str]) -> str | None:
        return None

    def is_genuine(
        self, settings: Settings, account: ChannelAccount | None, headers: Mapping[str, str], raw: bytes
    ) -> bool:
        return False

    def split(self, body: dict[str, Any], account_key: str) -> list[Arrival]:
        """A delivery that cannot be: kept whole, as any channel keeps what it does not know."""
        return [Arrival(account_key, content_key(body), "other", body)]

    def parse(self, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
        if kind != "message":
            return None
        choice_id = payload.get("choice_id")
        return InboundMessage(
            event_id,
            "choice" if isinstance(choice_id, str) else "text",
            text=as_text(payload.get("text")),
            choice_id=choice_id if isinstance(choice_id, str) else None,
            display_name=as_text(payload.get("name")) or None,
        )

    def read_receipt(self, kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
        return None

    def tap_to_acknowledge(self, kind: str, payload: dict[str, Any]) -> str | None:
        return None

    def render(self, reply: Reply, *, as_template: bool = False) -> list[Wire]:
        return [{"text": reply.document.filename if reply.document else reply.text}]

    async def send(self, line: Line, recipient: str, wire: Wire, *, tag: str, replaces: str | None) -> str:
        """The row itself is the message: the terminal reads it there."""
        return f"terminal:{tag}"

    async def show_progress(self, line: Line, recipient: str, reply: Reply, in_reply_to: str | None) -> str | None:
        return None

    async def acknowledge_tap(self, line: Line, tap_id: str) -> None:
        """Nothing spins in a terminal."""


CHANNEL = Terminal()
