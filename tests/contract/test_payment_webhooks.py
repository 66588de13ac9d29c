"""What payment providers report, that it is genuine, and that nothing else gets in."""

import pytest

from payments.failures import SignatureInvalid, WebhookUnreadable
from payments.provider_values import EventKind, Trust
from payments.registry import PROVIDERS
from tests.support.providers import STAND_INS, Desk


async def test_a_payment_is_reported_and_the_report_is_genuine(desk: Desk) -> None:
    checkout = await desk.paid()
    events = desk.events()
    assert EventKind.PAYMENT_SUCCEEDED in {event.kind for event in events}
    for event in events:
        named = (event.payment.reference, event.payment.provider_id, event.payment.provider_ref)
        assert any(named) or event.kind is EventKind.UNKNOWN
    assert checkout.ids.reference in {event.payment.reference for event in events}
    trusted = {event.trust for event in events}
    assert trusted == ({Trust.TRIGGER} if desk.provider.key == "notchpay" else {Trust.FULL})


async def test_refunds_and_disputes_are_reported(desk: Desk) -> None:
    checkout = await desk.paid()
    other = await desk.paid()
    await desk.provider.create_refund(desk.account, desk.refund_request(checkout, 4500))
    await desk.server.webhooks.drain()
    if desk.provider.capabilities.disputes:
        desk.server.resolve(desk.server.dispute(other.ids.reference).id, won=True)
        await desk.server.webhooks.drain()
        kinds = {event.kind: event for event in desk.events()}
        assert kinds[EventKind.DISPUTE_OPENED].dispute_id == kinds[EventKind.DISPUTE_WON].dispute_id != ""
    done = [event for event in desk.events() if event.kind is EventKind.REFUND_SUCCEEDED and event.refund_id]
    assert done[0].refund_key == "refund-of-the-tests-0001"


async def test_the_same_fact_again_has_the_same_key(desk: Desk) -> None:
    desk.server.faults.plan("duplicate")
    await desk.paid()
    keys = [event.dedupe_key for event in desk.events()]
    assert len(keys) > len(set(keys))
    assert all(keys)


async def test_no_other_account_and_no_other_bytes_get_in(desk: Desk) -> None:
    await desk.paid()
    raw, headers = desk.taken[0]
    verify, now = desk.provider.verify_webhook, desk.clock.now()
    others = {name: f"{value}-of-another" for name, value in desk.account.secrets.items()}
    verify(raw, headers, now, desk.account.secrets)
    verify(raw, {name.upper(): value for name, value in headers.items()}, now, desk.account.secrets)
    both = {name: f"{others[name]} {value}" for name, value in desk.account.secrets.items()}
    verify(raw, headers, now, both)
    for wrong in (
        (raw + b" ", headers, now, desk.account.secrets),
        (raw.replace(b":", b": ", 1), headers, now, desk.account.secrets),
        (raw, headers, now, others),
        (raw, headers, now, {}),
        (raw, headers, now, dict.fromkeys(desk.account.secrets, "")),
        (raw, {}, now, desk.account.secrets),
        (raw, dict.fromkeys(headers, "é"), now, desk.account.secrets),
    ):
        with pytest.raises(SignatureInvalid):
            verify(*wrong)


@pytest.mark.parametrize("key", sorted(STAND_INS))
@pytest.mark.parametrize("raw", [b"", b"no json", b"[]", b"{}", b'"x"', b'{"id": 3}', b"\xff\xfe"])
def test_a_body_that_is_no_event_is_unreadable(key: str, raw: bytes) -> None:
    with pytest.raises(WebhookUnreadable):
        PROVIDERS[key].parse_webhook(raw)


@pytest.mark.parametrize("key", sorted(STAND_INS))
@pytest.mark.parametrize(
    "raw",
    [
        b'{"id":"e1","type":"checkout.session.completed","event":"charge.success","data":{}}',
        b'{"id":"e1","type":"payment.complete","event":"payment.complete","data":{}}',
        b'{"id":"e1","type":"charge.dispute.created","event":"refund.processed","data":{"object":{}}}',
        b'{"id":"e1","type":"something.new","event":"something.new","data":{"object":{"id":"x"}, "id": "x"}}',
    ],
)
def test_an_event_that_names_nothing_is_of_no_known_kind(key: str, raw: bytes) -> None:
    (event,) = PROVIDERS[key].parse_webhook(raw)
    assert event.kind is EventKind.UNKNOWN
    assert event.dedupe_key
