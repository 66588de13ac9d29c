"""The unit of work: the one place that begins, scopes to a tenant, commits and rolls back."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from sqlalchemy import CursorResult, Executable, Row
from sqlalchemy.exc import InterfaceError
from sqlalchemy.exc import TimeoutError as SqlTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    from core.runtime import Runtime

_RETRYABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)
# The database is away, stops, starts or cut us off; what was under way is rolled back and may be tried again.
CONNECTION_ERRORS = (
    OSError,
    SqlTimeoutError,
    InterfaceError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
_TRIES = 3
_T = TypeVar("_T")


class UnitOfWork:
    """One transaction of one tenant. `after_commit` wakes are sent only when the rows are there to be found."""

    def __init__(self, runtime: "Runtime", tenant_id: int, connection: AsyncConnection, driver: asyncpg.Connection):
        self.runtime = runtime
        self.tenant_id = tenant_id
        self.driver = driver
        self._connection = connection
        self._wakes: list[tuple[str, int, float]] = []
        self._savepoints = 0

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        return await self._connection.execute(statement, parameters)

    async def execute_many(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        if parameters:
            await self._connection.execute(statement, parameters)

    async def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        return (await self._connection.execute(statement, parameters)).all()

    async def first(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        return (await self._connection.execute(statement, parameters)).first()

    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        return (await self._connection.execute(statement, parameters)).scalar()

    def wake(self, job: str, subject_id: int, *, delay_s: float = 0.0) -> None:
        """Asks for a job once this unit is committed; a lost wake-up is found by a sweep."""
        if (job, subject_id, delay_s) not in self._wakes:
            self._wakes.append((job, subject_id, delay_s))

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Work inside is undone when the block raises; the error goes on to the caller."""
        self._savepoints += 1
        name = f"booka_{self._savepoints}"
        await self.driver.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            await self.driver.execute(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            raise
        await self.driver.execute(f"RELEASE SAVEPOINT {name}")

    async def send_wakes(self) -> None:
        await self.runtime.queue.wake_many(
            [(job, self.tenant_id, subject_id, delay_s) for job, subject_id, delay_s in self._wakes]
        )


@contextlib.asynccontextmanager
async def unit_of_work(runtime: "Runtime", tenant_id: int) -> AsyncIterator[UnitOfWork]:
    """Begin and tenant in one round trip, commit at the end, rollback on any error.

    >>> async with unit_of_work(runtime, tenant_id) as uow: ...
    """
    begin = f"BEGIN; SELECT set_config('app.tenant_id', '{int(tenant_id)}', true)"
    async with runtime.engine.connect() as connection:
        driver = await _driver(connection)
        uow = UnitOfWork(runtime, tenant_id, connection, driver)
        try:
            await driver.execute(begin)
            yield uow
            await driver.execute("COMMIT")
        except BaseException:
            await _roll_back(connection, driver)
            raise
    await uow.send_wakes()


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    """The asyncpg connection underneath: BEGIN with the tenant in one round trip, and the hottest statements."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return driver


async def _roll_back(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """A connection that cannot roll back (cancelled in mid-query, lost) is thrown away: the next one to get it from
    the pool would commit what was left in it."""
    try:
        await driver.execute("ROLLBACK")
    except BaseException as error:
        await connection.invalidate()
        if not isinstance(error, Exception):
            raise


async def in_unit(runtime: "Runtime", tenant_id: int, work: Callable[[UnitOfWork], Awaitable[_T]]) -> _T:
    """Runs `work` in a unit of its own, again (three times in all) after a deadlock or a lock timeout."""
    for attempt in range(1, _TRIES + 1):
        try:
            async with unit_of_work(runtime, tenant_id) as uow:
                return await work(uow)
        except Exception as error:
            if attempt == _TRIES or not is_retryable(error):
                raise
    raise AssertionError("unreachable")


def is_retryable(error: BaseException) -> bool:
    """Two got into each other's way: the same work may be done again at once."""
    return _is_caused_by(error, _RETRYABLE)


def is_passing(error: BaseException) -> bool:
    """The same work may succeed later: a lock, or a database that is away."""
    return _is_caused_by(error, (*_RETRYABLE, *CONNECTION_ERRORS))


def _is_caused_by(error: BaseException, kinds: tuple[type[BaseException], ...]) -> bool:
    """SQLAlchemy wraps what its own statements meet, twice."""
    causes = (error, getattr(error, "orig", None), error.__cause__)
    nested = [getattr(cause, "__cause__", None) for cause in causes if cause is not None]
    return any(isinstance(cause, kinds) for cause in (*causes, *nested))


_ALL_TENANTS = "SELECT tenant_id FROM list_tenants() ORDER BY 1"


async def call_across_tenants(runtime: "Runtime", sql: str, *arguments: Any) -> list[asyncpg.Record]:
    """Calls one of the narrow SECURITY DEFINER functions; without a tenant no table shows a row."""
    async with runtime.engine.connect() as connection:
        driver = await _driver(connection)
        try:
            return list(await driver.fetch(sql, *arguments))
        except BaseException:
            await _roll_back(connection, driver)
            raise


async def all_tenants(runtime: "Runtime") -> list[int]:
    """Their ids, in order: for chores that go through all of them, one transaction each."""
    return [row["tenant_id"] for row in await call_across_tenants(runtime, _ALL_TENANTS)]
