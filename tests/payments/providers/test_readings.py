"""Webhooks, amounts and names as providers write them: what is read of them, and what is not believed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import ConfigurationError
from core.settings import load_settings
from payments.provider_values import (
    EventKind,
    PaymentIds,
)
from payments.providers import notchpay_answers
from payments.registry import PROVIDERS
from payments.wire import instant, text, whole
from tests.conftest import NOW

Answers = dict[str, Any]


@pytest.mark.parametrize(
    ("key", "kind", "known"),
    [
        ("stripe", "checkout.session.expired", EventKind.PAYMENT_EXPIRED),
        ("stripe", "checkout.session.async_payment_failed", EventKind.PAYMENT_FAILED),
        ("stripe", "checkout.session.completed", EventKind.PAYMENT_PROCESSING),
        ("stripe", "payment_intent.canceled", EventKind.PAYMENT_CANCELLED),
        ("stripe", "refund.failed", EventKind.REFUND_PENDING),  # the object's own status decides
        ("stripe", "charge.dispute.updated", EventKind.DISPUTE_UPDATED),
        ("stripe", "payout.canceled", EventKind.PAYOUT_FAILED),
        ("stripe", "customer.created", EventKind.UNKNOWN),
        ("paystack", "refund.failed", EventKind.REFUND_FAILED),
        ("paystack", "refund.needs-attention", EventKind.REFUND_PENDING),
        ("paystack", "charge.dispute.remind", EventKind.DISPUTE_UPDATED),
        ("paystack", "transfer.reversed", EventKind.PAYOUT_REVERSED),
        ("paystack", "subscription.create", EventKind.UNKNOWN),
        ("notchpay", "payment.partially_pay", EventKind.PAYMENT_PARTIAL),
        ("notchpay", "payment.cancelled", EventKind.PAYMENT_CANCELLED),
        ("notchpay", "payment.canceled", EventKind.PAYMENT_CANCELLED),
        ("notchpay", "payment.authorized", EventKind.UNKNOWN),
        ("notchpay", "transfer.complete", EventKind.PAYOUT_PAID),
        ("notchpay", "refund.complete", EventKind.REFUND_SUCCEEDED),
    ],
)
def test_events_go_by_the_providers_name_for_them(key: str, kind: str, known: EventKind) -> None:
    body = {"id": "7", "reference": "pay-1", "transaction_reference": "pay-1", "status": "new"}
    raw = f'{{"id":"e1","type":"{kind}","event":"{kind}","data":{{"object":{_json(body)},{_json(body)[1:-1]}}}}}'
    (event,) = PROVIDERS[key].parse_webhook(raw.encode())
    assert (event.kind, event.raw_kind) == (known, kind)


@pytest.mark.parametrize(
    ("names", "ours", "theirs"),
    [
        ({"reference": "trx.1", "trxref": "pay-1"}, "pay-1", "trx.1"),
        ({"reference": "pay-1", "trxref": "trx_1"}, "pay-1", "trx_1"),
        ({"reference": "trx_1", "merchant_reference": "pay-1", "id": "pay_9"}, "pay-1", "trx_1"),
        ({"reference": "pay-1", "id": "pay_9"}, "pay-1", "pay_9"),
        ({"reference": "pay-1", "id": 9}, "pay-1", "9"),
        ({"reference": "trx.1"}, "", "trx.1"),
        ({"reference": "pay-1"}, "pay-1", ""),
        ({}, "", ""),
    ],
)
def test_our_name_and_theirs_are_told_apart_wherever_they_stand(names: Answers, ours: str, theirs: str) -> None:
    assert notchpay_answers.ids(names) == PaymentIds(ours, theirs)


def test_the_old_and_the_new_envelope_of_notch_pay_say_the_same() -> None:
    transaction = '{"reference": "trx.1", "merchant_reference": "pay-1", "status": "complete"}'
    new = f'{{"id": "evt.1", "type": "payment.complete", "created_at": "2026-03-02T08:00:00Z", "data": {transaction}}}'
    old = f'{{"id": "whk.1", "event": "payment.complete", "data": {{"transaction": {transaction}}}}}'
    events = [PROVIDERS["notchpay"].parse_webhook(raw.encode())[0] for raw in (new, old)]
    assert [(event.kind, event.payment.reference, event.payment.provider_id) for event in events] == [
        (EventKind.PAYMENT_SUCCEEDED, "pay-1", "trx.1")
    ] * 2
    assert events[0].occurred_at == NOW


def test_what_the_old_envelope_of_notch_pay_calls_its_id_may_be_the_same_for_all() -> None:
    raw = b'{"id": "whk.1", "event": "payment.complete", "data": {"reference": "pay-%d"}}'
    first, second, again = (PROVIDERS["notchpay"].parse_webhook(raw % n)[0].dedupe_key for n in (1, 2, 1))
    assert first == again != second


def test_paystack_events_without_an_id_are_told_apart() -> None:
    body = '{"event": "refund.processed", "data": {"status": "processed", "transaction_reference": "%s"}}'
    parse = PROVIDERS["paystack"].parse_webhook
    keys = {parse((body % name).encode())[0].dedupe_key for name in ("pay-1", "pay-2", "pay-1")}
    assert keys == {"refund.processed:pay-1:processed", "refund.processed:pay-2:processed"}
    first, second = (parse(b'{"event": "x", "data": {"n": %d}}' % n)[0].dedupe_key for n in (1, 2))
    assert first != second


@pytest.mark.parametrize("value", [True, None, "x", 1.5, "1.5", [], {}, "", float("nan"), "1e400000"])
def test_an_amount_is_a_whole_number_or_nothing(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        whole(value)


def test_ids_and_instants_are_read_leniently() -> None:
    told: list[Any] = ["a", 7, {"id": "b"}, None, True, [], "a\0b"]
    assert [text(value) for value in told] == ["a", "7", "b", "", "", "", ""]
    assert instant("2026-03-02 08:00:00") == instant("2026-03-02T09:00:00+01:00") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert [instant(value) for value in ("yesterday", None, 10**20, True)] == [None] * 4


@pytest.mark.parametrize("name", ["stripe", "paystack", "notchpay"])
def test_where_a_provider_is_asked_is_a_setting_and_encrypted_in_production(name: str) -> None:
    own = load_settings(**{name: {"api_url": "http://127.0.0.1:9/psp"}})
    assert PROVIDERS[name].api_url(own) == "http://127.0.0.1:9/psp"
    with pytest.raises(ConfigurationError, match=f"BOOKA_{name.upper()}_API_URL must be https in production"):
        load_settings(**{name: {"api_url": "http://127.0.0.1:9/psp"}, "env": "production"})


def _json(body: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in body.items()) + "}"
