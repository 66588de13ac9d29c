"""A verified webhook body, read into one event: what it cannot name it does not claim."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from core.money import Money
from payments.failures import AmountOutOfRange, WebhookUnreadable
from payments.provider_values import ProviderEvent
from payments.wire import Json

# By the beginning of the provider's name for the event: what its object says.
Readers = Mapping[str, Callable[[str, Json], dict[str, Any]]]


def json_body(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise WebhookUnreadable("no JSON", code="json") from error
    if not isinstance(body, dict):
        raise WebhookUnreadable("no event", code="shape")
    return body


def read_event(event: ProviderEvent, readers: Readers, body: Json) -> ProviderEvent:
    """`event` completed by the first reader whose prefix fits. One that names nothing stays UNKNOWN: fail closed."""
    reader = next((read for prefix, read in readers.items() if event.raw_kind.startswith(prefix)), None)
    known = replace(event, **reader(event.raw_kind, body)) if reader else event
    return known if _names_something(known) else event


def amount_of(read: Callable[[Any, Any], Money], amount: Any, currency: Any) -> Money | None:
    """None where it is not told or not in order: an event is worth reading for its ids alone."""
    try:
        return read(amount, currency)
    except (KeyError, TypeError, ValueError, AmountOutOfRange):
        return None


def _names_something(event: ProviderEvent) -> bool:
    ids = event.payment
    named = (ids.reference, ids.provider_id, ids.provider_ref, event.refund_id, event.dispute_id)
    return any(named) or bool(event.payout_id or event.payout_reference)
