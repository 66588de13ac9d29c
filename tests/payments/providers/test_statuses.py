"""What each provider's word for the state of a payment or dispute means; an unknown one is kept and decides nothing."""

from typing import Any

import pytest

from core.money import Money
from payments.provider_values import DisputeState, PaymentIds, PaymentState
from payments.providers import notchpay_answers, paystack_answers, stripe_answers
from tests.payments.providers.said import SESSION, XAF


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", PaymentState.PENDING),
        ("processing", PaymentState.PROCESSING),
        ("incomplete", PaymentState.PARTIAL),
        ("canceled", PaymentState.CANCELLED),
        ("cancelled", PaymentState.CANCELLED),
        ("rejected", PaymentState.FAILED),
        ("abandoned", PaymentState.FAILED),
        ("expired", PaymentState.EXPIRED),
        ("complete", PaymentState.PAID),
        ("refunded", PaymentState.REVERSED),
        ("partialy-refunded", PaymentState.PAID),
        ("partialy_refunded", PaymentState.PAID),
        ("something new", PaymentState.UNKNOWN),
        (None, PaymentState.UNKNOWN),
    ],
)
def test_each_status_of_notch_pay_is_known_or_kept(status: str | None, state: PaymentState) -> None:
    read = notchpay_answers.payment({"reference": "trx.1", "status": status, **XAF})
    assert (read.state, read.raw_status) == (state, status or "")
    assert (read.captured is not None) == (state in (PaymentState.PAID, PaymentState.REVERSED))


@pytest.mark.parametrize(
    ("status", "state", "captured"),
    [
        ("success", PaymentState.PAID, True),
        ("abandoned", PaymentState.PENDING, False),
        ("ongoing", PaymentState.PROCESSING, False),
        ("failed", PaymentState.FAILED, False),
        ("reversed", PaymentState.REVERSED, True),
        ("something new", PaymentState.UNKNOWN, False),
    ],
)
def test_each_status_of_paystack_is_known_or_kept(status: str, state: PaymentState, captured: bool) -> None:
    read = paystack_answers.payment({"id": 7, "status": status, "amount": 450000, "currency": "XOF", "fees": 8778})
    assert (read.state, read.raw_status, read.captured is not None) == (state, status, captured)
    assert read.fee == (Money(88, "XOF") if captured else None)  # a fee may be a part of a coin that does not exist


@pytest.mark.parametrize(
    ("status", "resolution", "state"),
    [
        ("pending", None, DisputeState.OPEN),
        ("awaiting-merchant-feedback", None, DisputeState.OPEN),
        ("resolved", "declined", DisputeState.WON),
        ("resolved", "merchant-accepted", DisputeState.LOST),
        ("resolved", "something new", DisputeState.OPEN),
    ],
)
def test_a_paystack_dispute_ends_only_by_a_resolution_we_know(
    status: str, resolution: str | None, state: DisputeState
) -> None:
    transaction = {"id": 7, "reference": "pay-1", "amount": 450000, "currency": "XOF"}
    read = paystack_answers.dispute({"id": 3, "status": status, "resolution": resolution, "transaction": transaction})
    assert (read.state, read.amount, read.payment) == (state, Money(4500, "XOF"), PaymentIds("pay-1", "", "7"))


@pytest.mark.parametrize(
    ("status", "payment_status", "intent", "state"),
    [
        ("open", "unpaid", None, PaymentState.PENDING),
        ("open", "unpaid", {"id": "pi_1", "status": "processing"}, PaymentState.PROCESSING),
        ("complete", "paid", "pi_1", PaymentState.PAID),
        ("complete", "paid", {"id": "pi_1", "amount_received": 4500}, PaymentState.PAID),
        ("complete", "paid", {"id": "pi_1", "amount_received": 4000}, PaymentState.PARTIAL),
        ("complete", "unpaid", "pi_1", PaymentState.PROCESSING),
        ("complete", "unpaid", {"id": "pi_1", "status": "requires_payment_method"}, PaymentState.FAILED),
        ("expired", "unpaid", None, PaymentState.EXPIRED),
        ("something new", "unpaid", None, PaymentState.UNKNOWN),
    ],
)
def test_a_session_is_what_its_money_is(status: str, payment_status: str, intent: Any, state: PaymentState) -> None:
    read = stripe_answers.payment(
        SESSION | {"status": status, "payment_status": payment_status, "payment_intent": intent}
    )
    assert (read.state, read.raw_status) == (state, f"{status}/{payment_status}")
    assert (read.captured is not None) == (payment_status == "paid")
    assert read.ids == PaymentIds("pay-1", "cs_1", "pi_1" if intent else "")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("warning_needs_response", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("appeal_something", DisputeState.OPEN),
        ("warning_closed", DisputeState.WON),
        ("prevented", DisputeState.WON),
        ("lost", DisputeState.LOST),
    ],
)
def test_an_unknown_status_of_a_dispute_is_open(status: str, state: DisputeState) -> None:
    lines = [{"fee": 1500, "currency": "eur"}, {"fee": -500, "currency": "eur"}]
    read = stripe_answers.dispute(
        {"id": "dp_1", "status": status, "amount": 100, "currency": "eur", "balance_transactions": lines}
    )
    assert (read.state, read.raw_status, read.fee) == (state, status, Money(1000, "EUR"))
