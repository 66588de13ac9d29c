"""A cancellation that comes later than the rule allows: the merchants are asked, the first who answers decides.

A button carries how the booking stood (`sequence`), which request it answers and the fee that the customer was shown,
so that one of last week decides nothing that has changed since.
"""

from dataclasses import dataclass
from typing import Any

from booking import fees, lifecycle
from booking.booking import Status, lock
from booking.queries import BookingView
from booking.results import store_result
from core.money import Money
from dialog.messages import Reply
from dialog.notices import Button, booking_words, tell_customer, tell_merchants
from dialog.skills.merchant import find, may_change, welcome
from dialog.taps import id_of
from dialog.turn import MERCHANTS, Skill, Turn
from payments.payment import lock_of_booking
from payments.standing import standing_of

_KEEP = "keep"


@dataclass(frozen=True, slots=True)
class _Answer:
    """`fee_minor` None: the booking is kept; 0: cancelled without a fee."""

    booking_id: int
    sequence: int
    request: str
    fee_minor: int | None

    @property
    def key(self) -> str:
        return f"late_cancel:{self.booking_id}:{self.request}"


async def ask_merchants(turn: Turn, view: BookingView, fee: Money | None) -> None:
    """One notice to each merchant concerned, with the ways there are to answer it."""
    request = turn.key.rsplit(":", 1)[-1]

    def button(decision: object, label: str) -> Button:
        return ("late", view.id, view.sequence, request, decision), label

    keep = button(_KEEP, "button.keep_booking")
    if fee is None:
        await tell_merchants(turn, view, "merchant.wants_cancel", buttons=(button(0, "button.call_off"), keep))
    else:
        ways = (button(fee.minor, "button.with_fee"), button(0, "button.cancel_free"), keep)
        await tell_merchants(turn, view, "merchant.wants_cancel_fee", buttons=ways, fee=fee)


async def answer(turn: Turn, values: dict[str, Any]) -> Reply:
    """The first answer decides; later ones, and those to a booking that has changed, are told how it stands."""
    given = _read(values["values"])
    if given is None:
        return await welcome(turn, {})
    await lock_of_booking(turn.uow, given.booking_id)  # before its booking, as everywhere
    await lock(turn.uow, given.booking_id)
    view = await find(turn, given.booking_id)
    if view is None or not may_change(turn, view):
        return await welcome(turn, {})
    stands = view.status in (Status.CONFIRMED, Status.PENDING_APPROVAL) and view.sequence == given.sequence
    is_open = stands and view.starts_at > turn.now
    if not is_open or not await store_result(turn.uow, given.key, view.id):
        status = turn.say(f"status.{view.status}")
        return Reply(turn.say("merchant.late_over", status=status, **booking_words(view, turn.language)))
    return await (_keep(turn, view, given) if given.fee_minor is None else _call_off(turn, view, given))


async def _keep(turn: Turn, view: BookingView, given: _Answer) -> Reply:
    is_told = await tell_customer(turn.uow, turn.tenant, view, "customer.late_kept", given.key)
    return Reply(_with_told(turn, turn.say("merchant.kept"), is_told))


async def _call_off(turn: Turn, view: BookingView, given: _Answer) -> Reply:
    fee = Money(given.fee_minor, turn.catalogue.currency) if given.fee_minor else None
    asked = await fees.late_fee(turn.uow, turn.catalogue.rules.late_cancel_fee, view)
    standing = await standing_of(turn.uow, view.id)
    paid = standing.kept if standing else Money(0, turn.catalogue.currency)
    await lifecycle.cancel(turn.uow, view.id, now=turn.now, by="merchant", key=f"{turn.key}:cancel", fee=fee)
    turn.facts["cancelled"] = view.id
    ending = "_fee" if fee else ""
    key = f"customer.late_cancelled{_told(fee, asked, paid)}"
    covered = Money(min(fee.minor, paid.minor), fee.currency) if fee else None
    is_told = await tell_customer(turn.uow, turn.tenant, view, key, given.key, fee=fee, money=covered)
    await tell_merchants(turn, view, f"merchant.called_off{ending}", but=turn.who.merchant, fee=fee)
    words = booking_words(view, turn.language) | {"fee": fee.format(turn.language) if fee else ""}
    return Reply(_with_told(turn, turn.say(f"merchant.late_cancelled{ending}", **words), is_told))


def _told(fee: Money | None, asked: Money | None, paid: Money) -> str:
    """Which text the customer reads: what the fee comes to, that there is none, or nothing where none was spoken of."""
    if fee is None:
        return "_free" if asked else ""
    return "_paid" if paid.minor else "_fee"


def _with_told(turn: Turn, text: str, is_told: bool) -> str:
    return f"{text} {turn.say('merchant.told' if is_told else 'merchant.not_told')}"


def _read(values: tuple[str, ...]) -> _Answer | None:
    """None for a button that is none of ours."""
    if len(values) != 4:
        return None
    booking_id, sequence, fee_minor = (id_of(values[n]) for n in (0, 1, 3))
    if booking_id is None or sequence is None or (fee_minor is None and values[3] != _KEEP):
        return None
    return _Answer(booking_id, sequence, values[2], fee_minor)


SKILL = Skill("late_requests", MERCHANTS, {"answer_late": answer})
