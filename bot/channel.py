"""What a channel is: how its deliveries are checked, split, read, and how a reply leaves. One file per channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.errors import BookaError
from core.runtime import Runtime
from core.settings import Settings
from dialog.messages import InboundMessage, Reply
from tenants.channel_accounts import ChannelAccount

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event of a delivery, before it is known whose it is. (scope, event_key) is the vendor's identity of it.

    kind `message` and its like carry a `sender` and become a turn; without a sender the receipt job reads it.
    """

    scope: str
    event_key: str
    kind: str
    payload: dict[str, Any]
    sender: str | None = None
    urgent: bool = False
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An account to speak from, and how long to wait for the vendor."""

    runtime: Runtime
    account: ChannelAccount
    timeout_s: float


class Fault(StrEnum):
    """What a vendor's refusal means for the message; bot/retries.py decides what follows from each."""

    RETRY = "retry"
    SLOW_DOWN = "slow_down"
    LATER = "later"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    OUTSIDE_WINDOW = "outside_window"
    EDIT_GONE = "edit_gone"
    UNREACHABLE = "unreachable"
    PERMANENT = "permanent"


class DeliveryFault(BookaError):
    """The vendor, or the way to it, did not take the message. `retry_after_s` when the other side says."""

    def __init__(self, fault: Fault, code: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"{fault}: {code}")
        self.fault = fault
        self.code = code
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours: by our `tag` (outbox id, `id.part` before the last part) or the vendor's id."""

    vendor_id: str
    tag: str | None
    delivery: str
    fault: DeliveryFault | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A person shut the bot out, or let it in again."""

    external_id: str
    is_blocked: bool


class Channel(Protocol):
    """`confirms_sending`: receipts come by webhook. `has_reply_window`: late replies go out as templates only."""

    key: str
    has_account_in_url: bool
    confirms_sending: bool
    has_reply_window: bool

    def answer_handshake(self, settings: Settings, query: Mapping[str, str]) -> str | None:
        """The body that proves to the vendor that the URL is ours; None refuses."""

    def is_genuine(
        self, settings: Settings, account: ChannelAccount | None, headers: Mapping[str, str], raw: bytes
    ) -> bool:
        """Compares in constant time, on the bytes as they came. `account` is that of the URL, if there is one."""

    def split(self, body: dict[str, Any], account_key: str) -> list[Arrival]:
        """Total: whatever the JSON object holds, each part of it becomes an arrival."""

    def parse(self, kind: str, payload: dict[str, Any], event_id: int) -> InboundMessage | None:
        """Total. None: stored, and nothing to answer (a reaction, a status, a group)."""

    def read_receipt(self, kind: str, payload: dict[str, Any]) -> Receipt | Blocked | None:
        """Total. What an event without a sender tells about messages or addresses of ours."""

    def tap_to_acknowledge(self, kind: str, payload: dict[str, Any]) -> str | None:
        """The id of a button press for which the vendor's app shows a spinner until it is acknowledged."""

    def render(self, reply: Reply, *, as_template: bool = False) -> list[Wire]:
        """One or more messages within the vendor's limits, the choices on the last; or the file alone."""

    async def send(self, line: Line, recipient: str, wire: Wire, *, tag: str, replaces: str | None) -> str:
        """One call, one message; the vendor's id of it. `replaces`: edit that message where the vendor can.

        Raises DeliveryFault.
        """

    async def show_progress(self, line: Line, recipient: str, reply: Reply, in_reply_to: str | None) -> str | None:
        """An interim: a message to be edited later (its id), or a sign that somebody types. Raises DeliveryFault."""

    async def acknowledge_tap(self, line: Line, tap_id: str) -> None:
        """Best effort; too late is fine. Raises DeliveryFault."""
