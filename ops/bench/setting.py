"""The stage of every measurement: embedded servers, one tenant, and how figures are printed."""

import contextlib
import json
import os
import secrets
import statistics
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from core.clock import FixedClock
from core.runtime import Runtime, open_runtime, spare_what_is_loaded
from core.settings import load_settings
from tests.conftest import NOW
from tests.support.tenants import HOURS, SERVICES, TenantFixture, make_tenant

# The servers are processes of their own and get it from the one that starts them.
APP_SECRET = os.environ.get("BENCH_APP_SECRET") or secrets.token_hex(16)


@dataclass(frozen=True)
class Stage:
    runtime: Runtime
    tenant: TenantFixture
    data_dir: Path
    superuser_url: str


@contextlib.asynccontextmanager
async def stage(*, staff: int = 1) -> AsyncIterator[Stage]:
    """A fresh database with one salon whose haircut `staff` people do."""
    with tempfile.TemporaryDirectory(prefix="booka-bench-", ignore_cleanup_errors=True) as folder:
        data_dir = Path(folder)
        data_dir.chmod(0o755)
        settings = load_settings(data_dir=data_dir, quiet_window_ms=0)
        async with open_runtime(settings, clock=FixedClock(NOW)) as runtime:
            people = [f"p{n}" for n in range(staff)]
            tenant = await make_tenant(
                runtime,
                services=[{**SERVICES[0], "staff": people}],
                staff=[{"key": p, "name": p.upper(), "location": "centre", "hours": HOURS} for p in people],
                merchants=[],
                rules={"max_open_bookings_per_customer": 1000},
            )
            spare_what_is_loaded()
            yield Stage(runtime, tenant, data_dir, runtime.database_url.replace("booka_app@", "postgres@"))


async def run_as_superuser(stage: Stage, sql: str) -> None:
    connection = await asyncpg.connect(stage.superuser_url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def report(name: str, floor: Sequence[float], product: Sequence[float], unit: str) -> None:
    """Rates of interleaved rounds; the ratio is of the medians, its range over the rounds."""
    ratios = [ours / theirs for ours, theirs in zip(product, floor, strict=True)]
    print(
        json.dumps(
            {
                "bench": name,
                f"floor_{unit}": round(statistics.median(floor)),
                f"product_{unit}": round(statistics.median(product)),
                "ratio": round(statistics.median(product) / statistics.median(floor), 2),
                "ratio_of_rounds": [round(ratio, 2) for ratio in sorted(ratios)],
            }
        )
    )
