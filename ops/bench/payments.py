"""Where every franc is after thousands of payments whose webhooks are lost and doubled.

    .venv/bin/python -m ops.bench.payments [HOW MANY, 10000 unless told]

By the real path, at the stand-ins of three providers in turn: a hold, our link, the provider's page, money, signed
webhooks over HTTP, their handling. A twentieth of all webhooks never comes, another comes twice; every tenth customer
cancels in time and is refunded. Pollers run beside it. Then the day is held against the providers' listings, and
pollers and reconciliation go on until nothing moves.
"""

import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

import asyncpg
import orjson
import uvloop

from booking import lifecycle
from cli.payments import reconcile_day
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants, in_unit
from ops.bench.counters import Counter, at_once, open_counter
from ops.bench.setting import stage
from payments.registry import PROVIDERS
from tests.conftest import NOW
from tests.support.psp import CURRENCY, SERVERS
from workers import payments
from workers import refunds as sending

_LOST = _DOUBLED = 0.05
_ROUND = 100
_CANCELS_EVERY = 10
_BETWEEN_ROUNDS = timedelta(seconds=10)
# Past all that is asked again soon, and some of what is asked again by the hour.
_AFTERWARDS = tuple(timedelta(minutes=minutes) for minutes in (2, 3, 5, 10, 20, 20, 60, 60))

# A payment ends in exactly one of: booked and paid, refunded in full, a case.
_ENDS = """
SELECT count(*) FILTER (WHERE b.status = 'confirmed' AND p.status = 'paid') AS booked,
    count(*) FILTER (WHERE b.status = 'cancelled' AND p.status = 'refunded') AS refunded,
    (SELECT count(*) FROM payment_cases c WHERE c.tenant_id = $1) AS cases,
    (SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries e
     WHERE e.tenant_id = $1 AND starts_with(e.account, 'psp_clearing')) AS clearing
FROM payments p JOIN bookings b ON b.tenant_id = p.tenant_id AND b.id = p.booking_id WHERE p.tenant_id = $1
"""
# How often the ledger was written, and the customer was told what this money became.
_CAPTURES = """
SELECT a.reference, a.captured_amount AS minor,
    (SELECT count(*) FROM ledger_transactions t WHERE t.tenant_id = $1 AND t.source_type = 'attempt'
     AND t.source_id = a.id AND starts_with(t.kind, 'captured')) AS entered,
    (SELECT count(*) FROM outbox_messages o WHERE o.tenant_id = $1
     AND o.dedupe_key = 'payment:' || a.id || ':' || a.captured_amount) AS told
FROM payment_attempts a WHERE a.tenant_id = $1
"""
_KNOWN = "SELECT count(*) FROM payment_attempts WHERE tenant_id = $1 AND captured_amount > 0"


@dataclass
class Findings:
    """Counts; minor units for `drift` (against the listings) and `ledger_off` (against what the provider holds)."""

    provider: str
    payments: int
    webhooks: int = 0
    dropped: int = 0
    polls: int = 0
    found_by_reconciliation: int = 0
    booked: int = 0
    refunded: int = 0
    cases: int = 0
    lost: int = 0
    doubled: int = 0
    drift: int = -1
    ledger_off: int = -1
    seconds: float = 0.0


async def take(counter: Counter, count: int) -> Findings:
    shop, found, began = counter.shop, Findings(counter.shop.provider, count), time.perf_counter()
    clock = shop.runtime.clock
    assert isinstance(clock, FixedClock)
    clock.set(NOW)
    shop.psp.faults.share(drop=_LOST, duplicate=_DOUBLED)
    for start in range(0, count, _ROUND):
        await at_once(lambda _: counter.pay(), range(min(_ROUND, count - start)))
        await work(counter, found)
        await at_once(partial(cancel, counter), counter.bookings[start::_CANCELS_EVERY])
        clock.advance(_BETWEEN_ROUNDS)
        print(f"{shop.provider}: {len(counter.bookings)} in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    known = await one(counter, _KNOWN)
    await drift(counter)
    found.found_by_reconciliation = (await one(counter, _KNOWN))[0] - known[0]
    for pause in _AFTERWARDS:
        await work(counter, found)
        clock.advance(pause)
    found.drift = await drift(counter)
    found.seconds = round(time.perf_counter() - began, 1)
    return await judged(counter, found)


async def work(counter: Counter, found: Findings) -> None:
    """What the workers would do now, till nothing is due."""
    await counter.shop.psp.webhooks.drain()
    while True:
        events = await _due(counter, payments._EVENTS, payments.handle_event)
        polls = await _due(counter, payments._ATTEMPTS, payments.sync)
        refunds = await _due(counter, payments._REFUNDS, sending.send_refund)
        await counter.shop.psp.webhooks.drain()
        found.webhooks, found.polls = found.webhooks + events, found.polls + polls
        if not events + polls + refunds:
            return


async def _due(counter: Counter, sql: str, job: Callable[[Runtime, int, int], Awaitable[None]]) -> int:
    runtime, tenant_id = counter.shop.runtime, counter.shop.tenant.tenant_id
    rows = await call_across_tenants(runtime, sql, runtime.clock.now(), 500)
    return await at_once(
        lambda id: job(runtime, tenant_id, id), [row["id"] for row in rows if row["tenant_id"] == tenant_id]
    )


async def cancel(counter: Counter, booking_id: int) -> None:
    now = counter.shop.runtime.clock.now()

    async def end(uow: UnitOfWork) -> None:
        await lifecycle.cancel(uow, booking_id, now=now, by="customer", key=f"bench:cancel:{booking_id}")

    await in_unit(counter.shop.runtime, counter.shop.tenant.tenant_id, end)


async def drift(counter: Counter) -> int:
    """After what differs was asked about again; an incomplete listing is no figure."""
    said = await reconcile_day(counter.shop.runtime, counter.shop.tenant.key, NOW.date().isoformat())
    runs = [orjson.loads(line) for line in said.splitlines()]
    assert all(run["status"] == "complete" for run in runs), runs
    return sum(run["drift"] for run in runs)


async def judged(counter: Counter, found: Findings) -> Findings:
    """The provider's own books decide: each payment there is one capture and one message here, of the same amount."""
    shop = counter.shop
    (account,) = shop.psp.accounts.values()
    currency, adapter = CURRENCY[shop.provider], PROVIDERS[shop.provider]
    ours = {row["reference"]: row for row in await many(counter, _CAPTURES)}
    for payment in account.books.payments.values():
        row = ours[payment.reference]
        found.lost += row["minor"] != adapter.from_units(payment.received, currency).minor or not row["told"]
        found.doubled += row["entered"] > 1 or row["told"] > 1
    ends = await one(counter, _ENDS)
    found.booked, found.refunded, found.cases = ends["booked"], ends["refunded"], ends["cases"]
    found.ledger_off = ends["clearing"] - adapter.from_units(account.books.balance(currency), currency).minor
    found.dropped = len(shop.psp.webhooks.dropped)
    return found


async def many(counter: Counter, sql: str) -> list[asyncpg.Record]:
    tenant_id = counter.shop.tenant.tenant_id
    return await in_unit(counter.shop.runtime, tenant_id, lambda uow: uow.driver.fetch(sql, tenant_id))


async def one(counter: Counter, sql: str) -> asyncpg.Record:
    return (await many(counter, sql))[0]


async def main(count: int) -> None:
    began, findings = time.perf_counter(), []
    async with stage() as stage_:
        for number, provider in enumerate(sorted(SERVERS)):
            share = count // len(SERVERS) + (number < count % len(SERVERS))
            async with open_counter(stage_.runtime, provider) as counter:
                findings.append(await take(counter, share))
                print(json.dumps({"bench": "payments"} | asdict(findings[-1])), flush=True)
    whole = {name: sum(asdict(one)[name] for one in findings) for name in ("payments", "lost", "doubled", "drift")}
    seconds = round(time.perf_counter() - began)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"bench": "payments"} | whole | {"seconds": seconds, "peak_mb": megabytes}))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
