"""Whatever a provider sends, nothing but our own failures comes out: each body is a true one with places broken."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.failures import AmountOutOfRange, Retryable, WebhookUnreadable
from payments.provider_values import ProviderEvent
from payments.providers import notchpay_answers, paystack_answers, stripe_answers
from payments.registry import PROVIDERS
from payments.wire import understood

_junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.just([]),
    st.just({}),
    st.just([{"id": []}, None]),
    st.just({"id": {"id": []}, "amount": []}),
)
_TRANSACTION = {
    "id": 7,
    "reference": "pay-1",
    "status": "success",
    "amount": 450000,
    "requested_amount": 450000,
    "currency": "XOF",
    "fees": 9000,
    "paid_at": "2026-03-02T08:00:00Z",
}
_CHARGE = {"id": "ch_1", "amount": 4500, "currency": "xaf", "payment_intent": "pi_1", "metadata": {"reference": "p"}}
_SESSION = {
    "id": "cs_1",
    "url": "https://pay.example/1",
    "status": "complete",
    "payment_status": "paid",
    "amount_total": 4500,
    "currency": "xaf",
    "client_reference_id": "pay-1",
    "payment_intent": {
        "id": "pi_1",
        "status": "succeeded",
        "amount_received": 4500,
        "latest_charge": _CHARGE | {"balance_transaction": {"fee": 90, "currency": "eur"}},
    },
}
_REFUND = {"id": "re_1", "status": "succeeded", "amount": 100, "currency": "xaf", "metadata": {"refund_key": "r"}}
_NOTCH = {"reference": "trx.1", "trxref": "pay-1", "status": "complete", "amount": 4500, "currency": "XAF", "fee": 90}
_READ: tuple[tuple[Any, Mapping[str, Any]], ...] = (
    (stripe_answers.payment, _SESSION),
    (lambda body: stripe_answers.checkout(body, "pay-1"), _SESSION),
    (stripe_answers.moved, {"amount": 4500, "currency": "xaf", "fee": 90, "created": 1, "source": _CHARGE}),
    (stripe_answers.refund, _REFUND),
    (stripe_answers.dispute, _REFUND | {"balance_transactions": [{"fee": 1, "currency": "xaf"}]}),
    (stripe_answers.payout, _REFUND),
    (paystack_answers.payment, _TRANSACTION),
    (paystack_answers.refund, _TRANSACTION | {"transaction": _TRANSACTION, "merchant_note": "r of it"}),
    (paystack_answers.dispute, {"id": 3, "status": "pending", "refund_amount": 100, "transaction": _TRANSACTION}),
    (paystack_answers.payout, _TRANSACTION),
    (lambda body: notchpay_answers.checkout(body, "pay-1"), {"transaction": _NOTCH, "authorization_url": "https://x"}),
    (notchpay_answers.payment, _NOTCH),
    (notchpay_answers.refund, _NOTCH | {"payment": _NOTCH, "reason": "r of it"}),
    (notchpay_answers.payout, _NOTCH),
)
_SENT: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("stripe", {"id": "e", "type": "checkout.session.completed", "created": 1, "data": {"object": _SESSION}}),
    ("stripe", {"id": "e", "type": "payment_intent.succeeded", "data": {"object": _SESSION["payment_intent"]}}),
    ("stripe", {"id": "e", "type": "charge.refunded", "data": {"object": _CHARGE}}),
    ("stripe", {"id": "e", "type": "refund.updated", "data": {"object": _REFUND}}),
    ("stripe", {"id": "e", "type": "charge.dispute.closed", "data": {"object": _REFUND}}),
    ("stripe", {"id": "e", "type": "payout.paid", "data": {"object": _REFUND}}),
    ("paystack", {"event": "charge.success", "data": _TRANSACTION}),
    ("paystack", {"event": "refund.processed", "data": {"transaction_reference": "pay-1", "amount": "5"}}),
    ("paystack", {"event": "charge.dispute.resolve", "data": {"id": 3, "transaction": _TRANSACTION}}),
    ("paystack", {"event": "transfer.failed", "data": _TRANSACTION}),
    ("notchpay", {"id": "e", "type": "payment.complete", "data": _NOTCH}),
    ("notchpay", {"id": "e", "event": "refund.complete", "data": {"refund": {"payment": _NOTCH}}}),
    ("notchpay", {"id": "e", "event": "transfer.failed", "data": {"transfer": _NOTCH}}),
)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield node, key
        yield from _places(value)


def _broken(draw: st.DrawFn, body: Mapping[str, Any]) -> Any:
    """Up to three places hold something else."""
    broken = copy.deepcopy(dict(body))
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(broken))
        if places:
            container, key = draw(st.sampled_from(places))
            container[key] = copy.deepcopy(draw(_junk))
    return broken


@st.composite
def broken_answers(draw: st.DrawFn) -> tuple[Any, Any]:
    read, body = draw(st.sampled_from(_READ))
    return read, _broken(draw, body)


@st.composite
def broken_webhooks(draw: st.DrawFn) -> tuple[str, bytes]:
    key, body = draw(st.sampled_from(_SENT))
    return key, orjson.dumps(_broken(draw, body))


@pytest.mark.parametrize("read", _READ, ids=lambda read: f"{getattr(read[0], '__module__', '')}.{read[0].__name__}")
def test_the_true_answers_are_read(read: tuple[Any, Any]) -> None:
    assert read[0](read[1]).raw


@settings(max_examples=300)
@given(broken_answers())
def test_an_answer_is_read_or_garbled(case: tuple[Any, Any]) -> None:
    read, body = case
    try:
        with understood():
            read(body)
    except (Retryable, AmountOutOfRange):
        pass


@settings(max_examples=300)
@given(broken_webhooks())
def test_a_webhook_is_read_or_unreadable_and_the_same_one_reads_alike(case: tuple[str, bytes]) -> None:
    key, raw = case
    try:
        events = PROVIDERS[key].parse_webhook(raw)
    except WebhookUnreadable:
        return
    for event in events:
        assert isinstance(event, ProviderEvent)
        assert event.dedupe_key
        assert "\0" not in f"{event.dedupe_key}{event.raw_kind}{event.payment}{event.refund_id}{event.payout_id}"
    assert events == PROVIDERS[key].parse_webhook(raw)
