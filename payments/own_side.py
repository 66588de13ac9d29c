"""Our side of a window of an account: what happened in it, and whatever the provider's listing names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.money import Money
from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.provider import Window
from payments.provider_values import PaymentIds
from payments.reconciliation import SETTLED, Entry, Kind
from payments.refunds import RefundStatus, refund_in, refund_key

# Money in another currency than was asked for was set aside in the ledger and stands in no attempt. Names are looked
# up in subqueries, which are hashed: there may be thousands.
_ATTEMPTS = """
SELECT a.id, a.payment_id, a.reference, a.provider_id, a.provider_ref, a.status, a.captured_amount, a.currency, a.fee,
    -e.amount AS other_amount, e.currency AS other_currency
FROM payment_attempts a
LEFT JOIN ledger_transactions t ON t.tenant_id = $1 AND t.source_type = 'attempt' AND t.source_id = a.id
    AND starts_with(t.kind, 'other_currency:')
LEFT JOIN ledger_entries e ON e.tenant_id = $1 AND e.transaction_id = t.id AND e.account = 'suspense'
WHERE a.tenant_id = $1 AND a.account_id = $2 AND (a.captured_at >= $3 AND a.captured_at < $4
    OR a.reference IN (SELECT unnest($5::text[])) OR a.provider_id IN (SELECT unnest($5::text[]))
    OR a.provider_ref IN (SELECT unnest($5::text[])))
"""
_REFUNDS = """
SELECT r.id, r.payment_id, r.provider_id, r.status, r.amount, r.currency, a.reference FROM refunds r
JOIN payment_attempts a ON a.tenant_id = r.tenant_id AND a.id = r.attempt_id
WHERE r.tenant_id = $1 AND a.account_id = $2 AND (r.done_at >= $3 AND r.done_at < $4 AND r.status = 'succeeded'
    OR r.provider_id IN (SELECT unnest($5::text[])) OR r.id IN (SELECT unnest($6::bigint[])))
"""
# All that are open: what became of one may never have been told.
_DISPUTES = """
SELECT d.id, a.payment_id, d.provider_id, d.status, d.amount, d.currency FROM disputes d
JOIN payment_attempts a ON a.tenant_id = d.tenant_id AND a.id = d.attempt_id
WHERE d.tenant_id = $1 AND a.account_id = $2
    AND (d.opened_at >= $3 AND d.opened_at < $4 OR d.status = 'open' OR d.provider_id = ANY ($5))
"""
_PAYOUTS = """
SELECT id, reference, provider_id, amount, currency FROM payouts
WHERE tenant_id = $1 AND account_id = $2 AND status IN ('submitted', 'unknown', 'paid')
    AND (created_at >= $3 AND created_at < $4 OR reference = ANY ($5) OR provider_id = ANY ($5))
"""


async def own_entries(uow: UnitOfWork, account: PaymentAccount, window: Window, listed: Iterable[Entry]) -> list[Entry]:
    """Of the kinds that the provider lists."""
    names: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for entry in listed:
        names[entry.kind] += entry.names
    can = account.adapter.capabilities
    span = (uow.tenant_id, account.id, window.starts_at, window.ends_at)
    rows = uow.driver.fetch
    refund_ids = [number for name in names[Kind.REFUND] if (number := refund_in(name)) is not None]
    return [
        *(entry for row in await rows(_ATTEMPTS, *span, names[Kind.PAYMENT]) for entry in _payments(row)),
        *(_refund(row) for row in await rows(_REFUNDS, *span, names[Kind.REFUND], refund_ids)),
        *(_dispute(row) for row in (await rows(_DISPUTES, *span, names[Kind.DISPUTE]) if can.disputes else ())),
        *(_payout(row) for row in (await rows(_PAYOUTS, *span, names[Kind.PAYOUT]) if can.payouts else ())),
    ]


def _payments(row: Mapping[str, Any]) -> Iterator[Entry]:
    ids = _ids(row["reference"], row["provider_id"], row["provider_ref"])
    captured, fee = Money(row["captured_amount"], row["currency"]), Money(row["fee"], row["currency"])
    state = SETTLED if captured.minor else row["status"]
    yield Entry(Kind.PAYMENT, ids, captured, state, fee, row["id"], row["payment_id"])
    if row["other_amount"] is not None:
        aside = Money(row["other_amount"], row["other_currency"])
        yield Entry(Kind.PAYMENT, ids, aside, SETTLED, None, row["id"], row["payment_id"])


def _refund(row: Mapping[str, Any]) -> Entry:
    """What has not gone back counts as nothing."""
    is_back = row["status"] == RefundStatus.SUCCEEDED
    ids = _ids(refund_key(row["id"], row["reference"]), row["provider_id"])
    money = Money(row["amount"] if is_back else 0, row["currency"])
    return Entry(Kind.REFUND, ids, money, SETTLED if is_back else row["status"], None, row["id"], row["payment_id"])


def _dispute(row: Mapping[str, Any]) -> Entry:
    ids, money = _ids("", row["provider_id"]), Money(row["amount"], row["currency"])
    return Entry(Kind.DISPUTE, ids, money, row["status"], None, row["id"], row["payment_id"])


def _payout(row: Mapping[str, Any]) -> Entry:
    money = Money(row["amount"], row["currency"])
    return Entry(Kind.PAYOUT, _ids(row["reference"], row["provider_id"]), money, row_id=row["id"])


def _ids(reference: str, provider_id: str | None, provider_ref: str | None = None) -> PaymentIds:
    return PaymentIds(reference, provider_id or "", provider_ref or "")
