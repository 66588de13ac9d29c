"""The ledger: where every franc is. Entries are only ever added, each fact once, and every transaction sums to zero.

A debit is positive. `psp_clearing:<provider>` is what the provider owes us, `escrow` what customers have paid for what
is still to come, `merchant_payable` what the business may be paid out. What goes out is in transit until it is known
to have arrived: taken from whoever holds the payment's money then (payments/holders.py), and given back to whoever
holds it when it fails. Corrections are transactions of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from core.uow import UnitOfWork

ESCROW = "escrow"
PAYABLE = "merchant_payable"
PLATFORM_FEE = "platform_fee"
PSP_FEE = "psp_fee"
REFUNDS = "refunds_in_transit"
DISPUTES = "dispute_reserve"
PAYOUTS = "payouts_in_transit"
BANK = "bank"
SUSPENSE = "suspense"


def clearing(provider: str) -> str:
    return f"psp_clearing:{provider}"


@dataclass(frozen=True, slots=True)
class Source:
    """The fact that a transaction writes down: of each there is one."""

    type: str
    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    account: str
    minor: int


_POST = """
WITH made AS (
    INSERT INTO ledger_transactions (tenant_id, source_type, source_id, kind, happened_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant_id, source_type, source_id, kind) DO NOTHING RETURNING id
), written AS (
    INSERT INTO ledger_entries (tenant_id, transaction_id, account, amount, currency)
    SELECT $1, made.id, account, amount, $6 FROM made, unnest($7::text[], $8::bigint[]) AS entry (account, amount)
)
SELECT id FROM made
"""


async def post(uow: UnitOfWork, source: Source, entries: Sequence[Entry], *, currency: str, now: datetime) -> bool:
    """False when this fact was written before. Raises ValueError when the entries do not sum to zero."""
    moved = [entry for entry in entries if entry.minor]
    if sum(entry.minor for entry in moved) != 0:
        raise ValueError(f"{source} does not balance: {entries}")
    if not moved:
        return False
    columns = ([entry.account for entry in moved], [entry.minor for entry in moved])
    row_id = await uow.driver.fetchval(
        _POST, uow.tenant_id, source.type, source.id, source.kind, now, currency, *columns
    )
    return row_id is not None


_BALANCES = """
SELECT account, sum(amount)::bigint AS minor FROM ledger_entries
WHERE tenant_id = $1 AND currency = $2 GROUP BY account HAVING sum(amount) <> 0 ORDER BY account
"""


async def balances(uow: UnitOfWork, currency: str) -> dict[str, int]:
    """Minor units by account, those that are not zero."""
    return {row["account"]: row["minor"] for row in await uow.driver.fetch(_BALANCES, uow.tenant_id, currency)}


def _move(origin: str, target: str, minor: int) -> list[Entry]:
    """What `origin` held (as a credit) is held by `target`."""
    return [Entry(origin, minor), Entry(target, -minor)]


def captured(provider: str, amount: Money, fee: Money) -> list[Entry]:
    """A customer has paid: the provider keeps its fee, the rest waits for the service."""
    return [
        Entry(clearing(provider), amount.minor - fee.minor),
        Entry(PSP_FEE, fee.minor),
        Entry(ESCROW, -amount.minor),
    ]


def released(amount: Money, *, fee: Money, commission: Money, holder: str = PAYABLE) -> list[Entry]:
    """The service is done: the business may have it, less what the provider and the platform take for it."""
    return [
        *_move(ESCROW, holder, amount.minor),
        Entry(PAYABLE, fee.minor + commission.minor),
        Entry(PSP_FEE, -fee.minor),
        Entry(PLATFORM_FEE, -commission.minor),
    ]


def refund_asked(amount: Money, *, holder: str = ESCROW) -> list[Entry]:
    return _move(holder, REFUNDS, amount.minor)


def refund_done(provider: str, amount: Money) -> list[Entry]:
    return _move(REFUNDS, clearing(provider), amount.minor)


def refund_failed(amount: Money, *, holder: str = ESCROW) -> list[Entry]:
    return _move(REFUNDS, holder, amount.minor)


def refund_returned(provider: str, amount: Money, *, holder: str = ESCROW) -> list[Entry]:
    """It had arrived, and came back."""
    return _move(clearing(provider), holder, amount.minor)


def dispute_opened(amount: Money, *, holder: str = ESCROW) -> list[Entry]:
    return _move(holder, DISPUTES, amount.minor)


def dispute_won(amount: Money, *, holder: str = ESCROW) -> list[Entry]:
    return _move(DISPUTES, holder, amount.minor)


def dispute_lost(provider: str, amount: Money) -> list[Entry]:
    return _move(DISPUTES, clearing(provider), amount.minor)


def dispute_charged(provider: str, fee: Money) -> list[Entry]:
    """What the provider takes for its work, whoever wins; below zero when it gives that back."""
    return _move(PAYABLE, clearing(provider), fee.minor)


def payout_sent(amount: Money) -> list[Entry]:
    return _move(PAYABLE, PAYOUTS, amount.minor)


def payout_arrived(provider: str, amount: Money) -> list[Entry]:
    return _move(PAYOUTS, clearing(provider), amount.minor)


def payout_failed(amount: Money) -> list[Entry]:
    """Before it arrived; one that comes back later is `payout_returned`."""
    return _move(PAYOUTS, PAYABLE, amount.minor)


def payout_returned(provider: str, amount: Money) -> list[Entry]:
    return _move(clearing(provider), PAYABLE, amount.minor)


def payout_arrived_after_all(provider: str, amount: Money) -> list[Entry]:
    """It was taken for failed, and given back to the business."""
    return _move(PAYABLE, clearing(provider), amount.minor)
