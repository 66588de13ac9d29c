"""Real PostgreSQL and Redis, once a session, from the Python packages; every test makes tenants of its own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.clock import FixedClock
from core.database import with_role
from core.runtime import Runtime, open_runtime
from core.settings import Settings, load_settings
from tests.support.reading import open_for

# A Monday morning in Douala (UTC+1): shops are open, no daylight saving, no holiday.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
APP_SECRET = "app-secret-of-the-tests"
VERIFY_TOKEN = "verify-token-of-the-tests"

# The same examples at every run; `pytest --hypothesis-profile=oracle tests/booking` asks many more, and other ones.
_suite = hypothesis_settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), print_blob=True
)
hypothesis_settings.register_profile("suite", _suite)
hypothesis_settings.register_profile("oracle", _suite, max_examples=10_000, derandomize=False)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="booka-tests-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return load_settings(
        data_dir=data_dir,
        quiet_window_ms=0,
        whatsapp={"app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN},
    )


@pytest.fixture(scope="session")
async def shared_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings, clock=FixedClock(NOW)) as runtime, open_for(runtime.reading_url):
        await _commit_without_waiting(runtime.database_url)
        yield runtime


async def _commit_without_waiting(url: str) -> None:
    """Thousands of commits need not wait for the disk: no test here kills the server (tests/crash has its own)."""
    server = await asyncpg.connect(with_role(url, "postgres"))
    await server.execute("ALTER SYSTEM SET synchronous_commit = off")
    await server.execute("SELECT pg_reload_conf()")
    await server.close()


@pytest.fixture
def clock(shared_runtime: Runtime) -> FixedClock:
    assert isinstance(shared_runtime.clock, FixedClock)
    shared_runtime.clock.set(NOW)
    return shared_runtime.clock


@pytest.fixture
def runtime(shared_runtime: Runtime, clock: FixedClock) -> Runtime:
    """The shared runtime with its clock set back to NOW."""
    return shared_runtime
