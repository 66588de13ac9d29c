"""The one place that decides what follows from a fault: when it is tried again, and when it is given up."""

import random

from bot.channel import Channel, DeliveryFault, Fault
from bot.outgoing import CLAIM_S, OutgoingRow, Settlement

_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 60.0
_LONGEST_SLOW_DOWN_S = 600.0
_LATER_S = 3600.0
_PAUSE_S = 300.0
_UNKNOWN_S = 60.0
_MOST_UNKNOWN = 5
_GIVE_UP_AFTER_S = 7 * 24 * 3600.0
_INTERIM_WORTH_S = 20.0
_MOST_FILE_TRIES = 3
_FILE_RETRY_S, _LONGEST_FILE_WAIT_S = 2.0, 60.0
_SEEN_BY_VENDOR = ("sent", "delivered", "read")


def after_fault(fault: DeliveryFault, row: OutgoingRow) -> Settlement:
    """`row.attempts` counts the attempt that failed. An interim is worthless late and never tried again."""
    blocked = fault.fault is Fault.UNREACHABLE
    if row.kind == "attachment":
        return _without_file(fault, row)
    if row.kind == "interim":
        return Settlement("dropped", error=fault.code, is_blocked=blocked)
    if fault.fault is Fault.OUTSIDE_WINDOW and row.payload.get("template") and not row.payload.get("as_template"):
        return Settlement("pending", error=fault.code, changes={"as_template": True, "parts_sent": 0})
    if fault.fault is Fault.EDIT_GONE:
        return Settlement("pending", error=fault.code, changes={"replaces": None})
    if fault.fault is Fault.UNKNOWN:
        return _in_doubt(row, fault.code)
    delay_s = _delay_s(fault, row.attempts)
    if delay_s is None or row.age_s > _GIVE_UP_AFTER_S:
        return Settlement("failed", error=fault.code, is_blocked=blocked)
    return Settlement("pending", delay_s=delay_s, error=fault.code)


def _without_file(fault: DeliveryFault, row: OutgoingRow) -> Settlement:
    """A few tries, then the person does without: the message said it all. In doubt it is not sent twice, and it tells
    nothing about the person: the next message will."""
    is_passing = fault.fault is Fault.RETRY or (
        fault.fault is Fault.SLOW_DOWN and (fault.retry_after_s or 0.0) <= _LONGEST_FILE_WAIT_S
    )
    if not is_passing or row.attempts >= _MOST_FILE_TRIES:
        return Settlement("dropped", error=fault.code)
    wait_s = max(fault.retry_after_s or 0.0, _FILE_RETRY_S * float(5.0 ** (row.attempts - 1)))
    return Settlement("pending", delay_s=wait_s * random.uniform(1.0, 1.25), error=fault.code)


def _delay_s(fault: DeliveryFault, attempts: int) -> float | None:
    """None: the same message will never be taken."""
    exponent = min(max(attempts - 1, 0), 10)
    match fault.fault:
        case Fault.RETRY:
            return min(_FIRST_RETRY_S * float(2.0**exponent), _LONGEST_RETRY_S) * random.uniform(0.75, 1.25)
        case Fault.SLOW_DOWN:
            wait_s = fault.retry_after_s or min(float(4.0 ** (exponent + 1)), _LONGEST_SLOW_DOWN_S)
            return wait_s + random.uniform(0.0, 0.5)
        case Fault.LATER:
            return _LATER_S
        case Fault.PAUSED:
            return _PAUSE_S * random.uniform(0.75, 1.25)
        case _:
            return None


def _in_doubt(row: OutgoingRow, code: str) -> Settlement:
    """It may have arrived. There is no key to send it twice as one, so a resend waits for news, longer each time.

    The chance of a second copy is taken rather than that of none, five times at most.
    """
    times = int(row.payload.get("times_unknown", 0)) + 1
    if times > _MOST_UNKNOWN:
        return Settlement("failed", error=f"unknown:{code}")
    delay_s = _UNKNOWN_S * 2.0 ** (times - 1)
    return Settlement("unknown", delay_s=delay_s, error=code, changes={"times_unknown": times})


def without_sending(row: OutgoingRow, channel: Channel | None) -> Settlement | None:
    """What is clear before any call; None: send it now. The row is due, or its sender died."""
    if row.delivery in _SEEN_BY_VENDOR:
        return Settlement("sent")
    if row.kind == "attachment":
        return Settlement("dropped", error="no_such_channel") if channel is None else _without_trying(row)
    if row.kind in ("reply", "interim") and row.mode == "human":
        return Settlement("dropped", error="human_took_over")
    if row.kind == "interim" and (row.status != "pending" or row.age_s > _INTERIM_WORTH_S):
        return Settlement("dropped", error="late")
    if row.kind not in ("reply", "interim") and row.is_blocked:
        return Settlement("failed", error="blocked")
    if channel is None:
        return Settlement("failed", error="no_such_channel")
    if row.status == "sending" and channel.confirms_sending:
        return Settlement("unknown", delay_s=_UNKNOWN_S - CLAIM_S, error="sender_died")
    return None


def _without_trying(row: OutgoingRow) -> Settlement | None:
    """Of a sender that died nobody knows how far it came: the same file twice does no harm, so it counts as a try."""
    if row.mode == "human":
        return Settlement("dropped", error="human_took_over")
    if row.is_blocked:
        return Settlement("dropped", error="blocked")
    return Settlement("dropped", error="sender_died") if row.attempts >= _MOST_FILE_TRIES else None
