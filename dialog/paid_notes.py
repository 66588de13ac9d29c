"""Paid or not, as merchants read it beside a booking; what goes back, as the customer does."""

from collections.abc import Sequence

from booking.queries import BookingView
from core.money import Money
from core.uow import UnitOfWork
from dialog.labels import moment_words
from dialog.texts import say
from payments.refunds import GONE, Refund, RefundStatus, refunds_of
from payments.standing import Standing


def paid_words(view: BookingView, standing: Standing, language: str) -> str:
    """`deposit paid (1,500 FCFA)`; of what went back and is on its way, too."""
    paid = standing.payment
    words = {"amount": (paid.captured if paid.captured_amount else paid.asked).format(language)}
    if standing.is_all_back:
        return say(language, "paid.back", **words)
    if paid.captured_amount == 0:
        key = "paid.held" if view.status == "held" else "paid.not"
        said = say(language, key, until=moment_words(paid.expires_at, view.zone, language), **words)
    elif not paid.is_paid:
        said = say(language, "paid.partly", asked=paid.asked.format(language), **words)
    else:
        said = say(language, "paid.full" if standing.is_full else "paid.deposit", **words)
    back = [("paid.partly_back", paid.refunded_amount), ("paid.going_back", standing.returning)]
    parts = [say(language, key, amount=Money(minor, paid.currency).format(language)) for key, minor in back if minor]
    return " · ".join([said, *parts])


async def going_back_words(uow: UnitOfWork, standing: Standing | None, tenant_name: str, language: str) -> str:
    """What is on its way back, and what the merchants are asked about; empty where nothing is."""
    if standing is None or not standing.payment.captured_amount:
        return ""
    made = [refund for refund in await refunds_of(uow, standing.payment.id) if refund.status not in _ENDED]
    asked = [refund for refund in made if refund.status is RefundStatus.REQUESTED]
    kinds = (("payment.goes_back", [one for one in made if one not in asked]), ("payment.back_asked", asked))
    said = [say(language, key, amount=_sum(some).format(language), tenant=tenant_name) for key, some in kinds if some]
    return " ".join(said)


def _sum(refunds: Sequence[Refund]) -> Money:
    return Money(sum(refund.amount for refund in refunds), refunds[0].currency)


_ENDED = (*GONE, RefundStatus.SUCCEEDED)


def with_money(text: str, view: BookingView, standing: Standing | None, language: str) -> str:
    """A line more under what is said about one booking."""
    if standing is None:
        return text
    return f"{text}\n{say(language, 'merchant.money', paid=paid_words(view, standing, language))}"
