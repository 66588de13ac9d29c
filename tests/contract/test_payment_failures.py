"""A call to a payment provider that fails, or whose answer is lost, says what is to be done."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from payments.failures import AuthError, KeySpent, Retryable, UnknownOutcome
from payments.provider_values import CancelOutcome, PaymentIds, PaymentState
from tests.conftest import NOW
from tests.support.providers import Desk

Call = Callable[[Desk], Any]


async def test_our_reference_is_enough_to_find_a_payment_whose_answer_was_lost(desk: Desk) -> None:
    request = desk.request()
    desk.server.faults.plan("lost_answer")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_checkout(desk.account, request)
    found = await desk.provider.fetch_payment(desk.account, PaymentIds(request.reference, created_at=NOW))
    assert found is not None
    assert (found.ids.reference, found.state) == (request.reference, PaymentState.PENDING)


@pytest.mark.parametrize("fault", ["500", "500_after"])
async def test_after_a_failure_another_reference_works_at_once(desk: Desk, fault: str) -> None:
    request = desk.request()
    desk.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_checkout(desk.account, request)
    found = await desk.provider.fetch_payment(desk.account, PaymentIds(request.reference, created_at=NOW))
    assert (found is not None) == (fault == "500_after")
    if desk.provider.capabilities.repeats_create:
        with pytest.raises(KeySpent):
            await desk.provider.create_checkout(desk.account, request)
    assert (await desk.provider.create_checkout(desk.account, desk.request())).url


@pytest.mark.parametrize("fault", ["500", "500_after"])
async def test_after_a_failure_a_refund_is_looked_for_and_asked_for_under_another_key(desk: Desk, fault: str) -> None:
    checkout = await desk.paid()
    request = desk.refund_request(checkout, 4500)
    desk.server.faults.plan(fault, on="POST /")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_refund(desk.account, request)
    found = await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key)
    assert (found is not None) == (fault == "500_after")
    if found is None:
        again = replace(request, idempotency_key=f"{request.idempotency_key}-2")
        assert (await desk.provider.create_refund(desk.account, again)).amount == desk.money()


@pytest.mark.parametrize("fault", ["500", "lost_answer"])
async def test_a_cancellation_without_an_answer_is_unknown(desk: Desk, fault: str) -> None:
    checkout = await desk.open()
    desk.server.faults.plan(fault, times=2)  # the client repeats a DELETE once whose connection broke
    assert await desk.provider.cancel_checkout(desk.account, checkout.ids) is CancelOutcome.UNKNOWN


@pytest.mark.parametrize("fault", ["500_after", "lost_answer"])
async def test_a_refund_whose_answer_was_lost_is_found_again_by_our_key(desk: Desk, fault: str) -> None:
    checkout = await desk.paid()
    request = desk.refund_request(checkout, 4500)
    assert await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key) is None
    desk.server.faults.plan(fault, on="POST /")
    with pytest.raises(UnknownOutcome):
        await desk.provider.create_refund(desk.account, request)
    found = await desk.provider.find_refund(desk.account, checkout.ids, request.refund_key)
    assert found is not None
    assert (found.amount, found.refund_key) == (desk.money(), request.refund_key)
    assert await desk.provider.find_refund(desk.account, checkout.ids, "refund-of-somebody-else") is None


CALLS: dict[str, Call] = {
    "create": lambda desk: desk.provider.create_checkout(desk.account, desk.request()),
    "read": lambda desk: desk.provider.fetch_payment(desk.account, PaymentIds("pay-of-the-tests-0001", _first(desk))),
}


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize(
    ("fault", "when_it_moves", "when_it_reads"),
    [
        ("401", AuthError, AuthError),
        ("429", Retryable, Retryable),
        ("500", UnknownOutcome, Retryable),
        ("503", UnknownOutcome, Retryable),
        ("500_after", UnknownOutcome, Retryable),
        ("lost_answer", UnknownOutcome, Retryable),
        ("timeout", UnknownOutcome, Retryable),
        ("garbage", UnknownOutcome, Retryable),
    ],
)
async def test_each_failure_says_what_is_to_be_done(
    desk: Desk, call: str, fault: str, when_it_moves: type[Exception], when_it_reads: type[Exception]
) -> None:
    await desk.open()
    desk.server.calls.clear()
    repeats = 2 if (call, fault) == ("read", "lost_answer") else 1  # by the HTTP client, and only what reads
    desk.server.faults.plan(fault, times=repeats)
    desk.account = replace(desk.account, timeout_s=0.2 if fault == "timeout" else 5)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        await CALLS[call](desk)
    expected = when_it_moves if call == "create" else when_it_reads
    if desk.provider.capabilities.repeats_create and call == "create" and fault.startswith("5"):
        expected = KeySpent
    assert type(caught.value) is expected
    assert len(desk.server.calls) == repeats
    if fault == "429":
        assert isinstance(caught.value, Retryable)
        assert caught.value.retry_after_s == 2
    assert "of-the-tests" not in str(caught.value)


async def test_nobody_at_home_can_be_asked_again(desk: Desk) -> None:
    desk.account = replace(desk.account, base_url="http://127.0.0.1:9")
    with pytest.raises(Retryable):
        await desk.provider.create_checkout(desk.account, desk.request())


async def test_a_wrong_or_missing_key_is_the_owners_to_mend(desk: Desk) -> None:
    for secrets in ({}, {name: f"{value}-not" for name, value in desk.account.secrets.items()}):
        with pytest.raises(AuthError):
            await desk.provider.create_checkout(replace(desk.account, secrets=secrets), desk.request())


def _first(desk: Desk) -> str:
    return next(iter(desk.books.books.payments))
