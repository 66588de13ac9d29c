"""What stands on the phones: threads of bubbles, fed by what people do and by what the stand-ins received."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from core.clock import Clock
from standins.simulator.people import Address

_SHOWN = 80
_KEPT = 300


@dataclass
class Bubble:
    """`style` says how the choices are drawn: buttons, list, template or keyboard. `ticks` are of one's own words.

    `file` is the name and the content of a file that can be saved.
    """

    seq: int
    is_mine: bool
    text: str
    at: str
    vendor_id: str
    ticks: str = ""
    style: str = ""
    choices: list[dict[str, str]] = field(default_factory=list)
    list_label: str = ""
    label: str = ""
    file: dict[str, str] = field(default_factory=dict)
    is_edited: bool = False


@dataclass
class Thread:
    bubbles: list[Bubble] = field(default_factory=list)
    unread: int = 0
    typing_until: float = 0.0


class Phones:
    """All threads of all phones; `version` grows with every change and `wait_beyond` wakes the pages."""

    def __init__(self, store: Path | None) -> None:
        self.version = 1
        self.customers = 1
        self._threads: dict[Address, Thread] = {}
        self._store = store
        self._seq = 0
        self._changed = asyncio.Event()
        self._is_closed = False

    def say(self, address: Address, text: str, at: datetime, vendor_id: str, *, label: str = "") -> Bubble:
        """A bubble of the phone's owner, with a clock until the webhook answers."""
        bubble = self._new(text, at, vendor_id, is_mine=True, ticks="waiting", label=label)
        self._append(address, bubble)
        return bubble

    def show(self, address: Address, at: datetime, vendor_id: str, content: dict[str, Any]) -> None:
        """A bubble of the business; it ends the typing and makes the owner's words read. A file without words hangs on
        the message before it."""
        thread = self.thread(address)
        last = thread.bubbles[-1] if thread.bubbles else None
        if last and not last.is_mine and not last.file and content.get("file") and not content["text"]:
            last.file = content["file"]
            self.touch()
            return
        thread.typing_until, thread.unread = 0.0, thread.unread + 1
        self._mark_read(thread)
        self._append(address, self._new(content.pop("text"), at, vendor_id, is_mine=False, **content))

    def edit(self, address: Address, vendor_id: str, content: dict[str, Any]) -> None:
        for bubble in reversed(self.thread(address).bubbles):
            if bubble.vendor_id == vendor_id and not bubble.is_mine:
                bubble.text = content.get("text", bubble.text)
                bubble.style, bubble.choices = content.get("style", ""), content.get("choices", [])
                bubble.is_edited = True
                self.thread(address).typing_until = 0.0
                self.touch()
                return

    def tick(self, bubble: Bubble, ticks: str) -> None:
        if bubble.ticks != "read":
            bubble.ticks = ticks
        self.touch()

    def start_typing(self, address: Address, seconds: float) -> None:
        thread = self.thread(address)
        thread.typing_until = Clock.monotonic() + seconds
        self._mark_read(thread)
        self.touch()

    def find_by_vendor_id(self, vendor_id: str) -> Address | None:
        for address, thread in self._threads.items():
            if any(bubble.vendor_id == vendor_id for bubble in thread.bubbles[-10:]):
                return address
        return None

    def thread(self, address: Address) -> Thread:
        return self._threads.setdefault(address, Thread())

    def find(self, address: Address, seq: int) -> Bubble | None:
        return next((bubble for bubble in self.thread(address).bubbles if bubble.seq == seq), None)

    def read(self, address: Address) -> list[str]:
        """The owner looks at the thread: the vendor ids of what was unread."""
        thread = self.thread(address)
        theirs = [bubble.vendor_id for bubble in thread.bubbles if not bubble.is_mine]
        unread = theirs[len(theirs) - thread.unread :]
        if unread:
            thread.unread = 0
            self.touch()
        return unread

    def view(self, address: Address, clock_time: Callable[[str], str]) -> dict[str, Any]:
        """The thread as the page draws it. Choices stay tappable on every bubble, as on real phones."""
        thread = self.thread(address)
        bubbles = [asdict(bubble) | {"time": clock_time(bubble.at)} for bubble in thread.bubbles[-_SHOWN:]]
        typing_ms = max(0, round((thread.typing_until - Clock.monotonic()) * 1000))
        return {"thread": str(address), "bubbles": bubbles, "typing_ms": typing_ms}

    def touch(self) -> None:
        self.version += 1
        event, self._changed = self._changed, asyncio.Event()
        event.set()

    async def wait_beyond(self, version: int, timeout_s: float) -> bool:
        """False when nothing changed in time, or when the demo ends."""
        if self.version == version and not self._is_closed:
            try:
                await asyncio.wait_for(self._changed.wait(), timeout_s)
            except TimeoutError:
                return False
        return self.version != version

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        self._is_closed = True
        self.touch()
        self.save()

    def save(self) -> None:
        if self._store is None:
            return
        threads = [
            {"account": a.account, "external_id": a.external_id, "unread": t.unread, "bubbles": _bubbles(t)}
            for a, t in self._threads.items()
        ]
        waiting = self._store.with_suffix(".new")
        waiting.write_bytes(orjson.dumps({"customers": self.customers, "seq": self._seq, "threads": threads}))
        waiting.replace(self._store)

    def load(self) -> None:
        """What the phones showed when the demo ended; a file that cannot be read is begun anew."""
        if self._store is None or not self._store.exists():
            return
        try:
            saved = orjson.loads(self._store.read_bytes())
            for item in saved["threads"]:
                bubbles = [Bubble(**bubble) for bubble in item["bubbles"]]
                self._threads[Address(item["account"], item["external_id"])] = Thread(bubbles, item["unread"])
            self.customers, self._seq = int(saved["customers"]), int(saved["seq"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            self._threads.clear()

    def _append(self, address: Address, bubble: Bubble) -> None:
        bubbles = self.thread(address).bubbles
        bubbles.append(bubble)
        del bubbles[:-_KEPT]
        self.touch()

    def _new(self, text: str, at: datetime, vendor_id: str, **more: Any) -> Bubble:
        self._seq += 1
        return Bubble(seq=self._seq, text=text, at=at.isoformat(), vendor_id=vendor_id, **more)

    def _mark_read(self, thread: Thread) -> None:
        for bubble in thread.bubbles:
            if bubble.is_mine and bubble.ticks in ("sent", "delivered"):
                bubble.ticks = "read"


def _bubbles(thread: Thread) -> list[dict[str, Any]]:
    return [asdict(bubble) for bubble in thread.bubbles]
