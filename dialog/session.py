"""The bounded working state of a conversation: what is being put together and what was just asked."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

SCHEMA = 1
_IDLE_LIMIT = timedelta(hours=24)
ANY = "*"
MISSES_BEFORE_PERSON = 3


@dataclass(frozen=True, slots=True)
class OfferItem:
    """One thing on the table. `tap` is the id of its button, so that a word and a tap mean the same."""

    handle: str
    field: str
    value: Any
    label: str
    tap: str


@dataclass(frozen=True, slots=True)
class Session:
    """Immutable: flows return a new one. Values are JSON; prices and names are never kept here.

    fields: service, also (further services of the visit), variants and add_ons (keys by the service's id; without an
    entry the add-ons were not asked for yet), staff (key or ANY), location, date, time, date_range, time_range,
    party_size, asap, starts_at (the instant of a tapped slot). `draft` is the hash of the summary that was shown, the
    only thing a yes can confirm. `pointer` holds the words that point at an existing booking.
    """

    flow: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    excluded: dict[str, list[Any]] = field(default_factory=dict)
    pointer: dict[str, str] = field(default_factory=dict)
    booking_id: int | None = None
    asked: tuple[str, ...] = ()
    question: str | None = None
    draft: str | None = None
    offer: tuple[OfferItem, ...] = ()
    page: int = 0
    misses: int = 0
    is_silent: bool = False
    language_votes: dict[str, int] = field(default_factory=dict)
    touched_at: str | None = None

    @property
    def services(self) -> list[str]:
        """The keys of the visit's services, in their order."""
        return [self.fields["service"], *self.fields.get("also", ())] if "service" in self.fields else []

    def with_services(self, keys: Sequence[str]) -> "Session":
        return self.with_fields(service=keys[0] if keys else None, also=list(keys[1:]) or None)

    def fresh(self, flow: str | None = None) -> "Session":
        """Nothing under way, but what belongs to the person (silence, language) stays."""
        return Session(flow=flow, is_silent=self.is_silent, language_votes=self.language_votes)

    def with_fields(self, **values: Any) -> "Session":
        merged = {key: value for key, value in {**self.fields, **values}.items() if value is not None}
        return replace(self, fields=merged)

    def without_question(self) -> "Session":
        return replace(self, asked=(), question=None, draft=None, offer=(), page=0)

    def to_json(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **asdict(self)}


def session_from_json(data: dict[str, Any], now: datetime) -> Session:
    """The stored session; a fresh one when it has another shape than ours or a day has gone by. Silence stays."""
    try:
        session = _restored(data)
    except (KeyError, TypeError):
        return Session(is_silent=data.get("is_silent") is True)
    if session.touched_at and now - datetime.fromisoformat(session.touched_at) > _IDLE_LIMIT:
        return session.fresh()
    return session


def _restored(data: dict[str, Any]) -> Session:
    stored = dict(data)
    if stored.pop("schema") != SCHEMA:
        raise KeyError("schema")
    offer = tuple(OfferItem(**item) for item in stored["offer"])
    return Session(**stored | {"asked": tuple(stored["asked"]), "offer": offer})
