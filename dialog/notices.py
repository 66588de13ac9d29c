"""Messages that are nobody's answer: to merchants about bookings, to customers about decisions, reminders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from booking.queries import BookingView, bookings_by_id
from core.money import Money
from core.uow import UnitOfWork
from dialog.calendar_file import calendar_file
from dialog.labels import day_label, moment_words, time_label, with_people
from dialog.messages import Choice, Document, Reply
from dialog.paid_notes import with_money
from dialog.reach import NO_ACCOUNT, customer_conversation, merchant_conversation, owner_phone
from dialog.sending import notice_template, send_asking, send_unasked
from dialog.taps import tap_id
from dialog.texts import say
from dialog.turn import Turn
from payments.standing import standing_of
from tenants.resolve import Merchant, merchants_concerned
from tenants.tenant import Tenant

Button = tuple[tuple[Any, ...], str]
"""A button in whatever language its reader speaks: verb and values of its tap, key of its label."""
InWords = Callable[[str], Mapping[str, str]]
"""Further words of a text, by language."""

_ARE_ASKED = (
    *("merchant.requested", "merchant.move_requested", "merchant.series_requested"),
    "merchant.paid_requested",
)
_FOR_LEADERS = (
    *("merchant.refund_wanted", "merchant.refund_failed"),
    *("merchant.to_be_paid", "merchant.said_paid", "merchant.give_back"),
    *("merchant.hand_over", "merchant.hand_given_up"),
    *("merchant.disputed", "merchant.dispute_won", "merchant.dispute_lost"),
)
_ASK_FOR_ANOTHER = (
    *("customer.declined", "customer.expired", "customer.move_lost", "customer.series_declined"),
    "payment.too_late",
)
_NEED_ANOTHER = ("customer.cancelled", *_ASK_FOR_ANOTHER)
# What a customer's calendar has to follow. A request is not in it yet, what goes back to what was agreed still is.
_CHANGE_CALENDAR = (
    *("customer.approved", "customer.series_approved", "payment.confirmed"),
    *("customer.cancelled", "customer.late_cancelled", "customer.move_lost"),
)


@dataclass(frozen=True, slots=True)
class _Desk:
    """From where merchants are told: the account that is taken where they have not written, and on what occasion."""

    uow: UnitOfWork
    tenant: Tenant
    account_id: int
    occasion: str
    takes_payments: bool = True


def booking_words(view: BookingView, language: str) -> dict[str, str]:
    """The words that every sentence about a booking is filled with."""
    return {
        "service": with_people(view.service_name(language), view.party_size, language),
        "staff": view.staff_name,
        "moment": moment_words(view.starts_at, view.zone, language),
        "location": ", ".join(filter(None, (view.location_name(language), view.location_address))),
    }


def series_words(views: Sequence[BookingView], language: str) -> dict[str, str]:
    """Of bookings that recur: how many, on which days, at which time; with whom where it is somebody else."""
    if not views:
        return {}
    first = views[0]
    days = (
        day_label(view.starts_at.astimezone(view.zone).date(), language)
        + (f" ({view.staff_name})" if view.staff_name != first.staff_name else "")
        for view in views
    )
    time = time_label(first.starts_at.astimezone(first.zone), language)
    return {"count": str(len(views)), "days": ", ".join(days), "time": time}


def old_words(old: BookingView | None, language: str) -> dict[str, str]:
    """With whom and when it was before a move."""
    if old is None:
        return {}
    return {"old_staff": old.staff_name, "old_moment": moment_words(old.starts_at, old.zone, language)}


async def tell_merchants(
    turn: Turn,
    view: BookingView,
    key: str,
    *,
    old: BookingView | None = None,
    but: Merchant | None = None,
    buttons: Sequence[Button] = (),
    fee: Money | None = None,
    series: Sequence[BookingView] = (),
) -> None:
    """One message to each merchant concerned, on the channel where they are reached best.

    `old` is how a booking stood before its move: who loses it is concerned too. `but` is who did it and knows. Of a
    `series` the view is one; all of it is said at once.
    """
    takes_payments = bool(turn.catalogue.pays_by)
    desk = _Desk(turn.uow, turn.tenant, turn.conversation.account_id, f"{turn.key}:", takes_payments)
    await _tell_concerned(desk, view, key, old=old, but=but, buttons=buttons, fee=fee, series=series)


async def tell_merchants_of(
    uow: UnitOfWork,
    tenant: Tenant,
    view: BookingView,
    key: str,
    occasion: str,
    *,
    old: BookingView | None = None,
    but: Merchant | None = None,
    money: Money | None = None,
    buttons: Sequence[Button] = (),
    in_words: InWords = lambda language: {},
) -> None:
    """The same where nobody wrote: `occasion` is what this happens once for."""
    desk = _Desk(uow, tenant, NO_ACCOUNT, f"{occasion}:")
    await _tell_concerned(desk, view, key, old=old, but=but, money=money, buttons=buttons, in_words=in_words)


async def _tell_concerned(
    desk: _Desk,
    view: BookingView,
    key: str,
    *,
    old: BookingView | None = None,
    but: Merchant | None = None,
    buttons: Sequence[Button] = (),
    fee: Money | None = None,
    money: Money | None = None,
    series: Sequence[BookingView] = (),
    in_words: InWords = lambda language: {},
) -> None:
    is_of_money = key in _FOR_LEADERS or money is not None
    standing = None if is_of_money or not desk.takes_payments else await standing_of(desk.uow, view.id)

    def text(language: str) -> str:
        filled = {**booking_words(view, language), "customer": customer_words(view, language), **in_words(language)}
        more = old_words(old, language) | _money_words(language, fee, money) | series_words(series, language)
        return with_money(say(language, key, **filled | more), view, standing, language)

    if key in _ARE_ASKED:
        stand = (view.id, view.sequence, *(("all",) if series else ()))
        buttons = (("approve", *stand), "button.accept"), (("decline", *stand), "button.decline")
    told = {but.id} if but else set()
    whose = dict.fromkeys(id for v in (view, old, *series) if v for id in v.staff_ids)
    for staff_id in (None,) if key in _FOR_LEADERS else whose:
        for merchant in await merchants_concerned(desk.uow, staff_id):
            if merchant.id not in told:
                told.add(merchant.id)
                await _tell(desk, merchant, key, text, f"{key}:{view.id}:{merchant.id}", buttons)


async def _tell(
    desk: _Desk,
    merchant: Merchant,
    key: str,
    text: Callable[[str], str],
    dedupe_key: str,
    buttons: Sequence[Button] = (),
) -> None:
    conversation = await merchant_conversation(desk.uow, merchant, desk.account_id)
    if conversation is None:
        return
    language = conversation.language or merchant.language or desk.tenant.languages[0]
    choices = tuple(Choice(tap_id(*values), say(language, label)) for values, label in buttons)
    words = text(language)
    template = notice_template(key, language, words, tuple(choice.id for choice in choices))
    reply = Reply(words, choices, template=template)
    await send_unasked(desk.uow, conversation, reply, desk.occasion + dedupe_key, "notice")


def _money_words(language: str, fee: Money | None, money: Money | None) -> dict[str, str]:
    said = {"fee": fee, "amount": money}
    return {name: amount.format(language) for name, amount in said.items() if amount}


def customer_words(view: BookingView, language: str) -> str:
    """Name and phone as far as they are known."""
    name = view.customer_name or say(language, "customer.unnamed")
    return f"{name} ({view.customer_phone})" if view.customer_phone else name


async def tell_customer(
    uow: UnitOfWork,
    tenant: Tenant,
    view: BookingView,
    key: str,
    dedupe_key: str,
    *,
    old: BookingView | None = None,
    fee: Money | None = None,
    money: Money | None = None,
    series: Sequence[BookingView] = (),
    buttons: Sequence[Button] = (),
    in_words: InWords = lambda language: {},
) -> bool:
    """A message about a booking in the conversation in which it was made, unless silence was wished for there.

    False when the customer is not told.
    """
    conversation = await customer_conversation(uow, view.conversation_id)
    if conversation is None:
        return False
    language = conversation.language or tenant.languages[0]
    words = {**booking_words(view, language), **old_words(old, language), **_money_words(language, fee, money)}
    words |= {"tenant": tenant.name, **series_words(series, language), **in_words(language)}
    text = say(language, key, **words)
    kind = "reminder" if key == "reminder" else "notice"
    buttons = ((("flow", "book"), "button.book"),) if key in _NEED_ANOTHER else buttons
    choices = tuple(Choice(tap_id(*values), say(language, label)) for values, label in buttons)
    template = notice_template(key, language, text, tuple(choice.id for choice in choices))
    document = await _file_of(uow, language, series or (view,)) if key.startswith(_CHANGE_CALENDAR) else None
    reply = Reply(text, choices, template=template, document=document)
    if key in _ASK_FOR_ANOTHER:
        await send_asking(uow, conversation, reply, dedupe_key, kind)
    else:
        await send_unasked(uow, conversation, reply, dedupe_key, kind)
    return True


async def _file_of(uow: UnitOfWork, language: str, views: Sequence[BookingView]) -> Document | None:
    """A caller may tell of a booking as it was before."""
    return await calendar_file(uow, language, *await bookings_by_id(uow, [view.id for view in views]))


async def contact_words(turn: Turn) -> str:
    """How to reach a person by phone, where the business has given a number."""
    phone = await owner_phone(turn.uow)
    return turn.say("handoff.contact", phone=phone) if phone else ""


async def tell_owners(turn: Turn, key: str, *, in_words: InWords = lambda language: {}, **words: str) -> None:
    """A word about the person who writes, not about a booking, to owners and managers; `in_words` by language."""

    def text(language: str) -> str:
        name = turn.who.display_name or say(language, "customer.unnamed")
        customer = f"{name} ({turn.who.phone})" if turn.who.phone else name
        return say(language, key, customer=customer, **words, **in_words(language))

    desk = _Desk(turn.uow, turn.tenant, turn.conversation.account_id, f"{turn.key}:")
    for merchant in await merchants_concerned(turn.uow, None):
        await _tell(desk, merchant, key, text, f"{key}:{merchant.id}")
