import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.database import APP_ROLE, open_engine
from core.runtime import Runtime
from core.uow import CONNECTION_ERRORS, call_across_tenants, is_passing, unit_of_work


async def test_every_transaction_knows_its_tenant_and_runs_as_the_application_role(runtime: Runtime) -> None:
    async with unit_of_work(runtime, 7) as uow:
        row = await uow.first(text("SELECT current_user AS role, current_setting('app.tenant_id') AS tenant"))
    assert row is not None
    assert (row.role, row.tenant) == ("booka_app", "7")


async def test_without_a_tenant_no_row_is_seen(runtime: Runtime) -> None:
    rows = await call_across_tenants(runtime, "SELECT count(*) AS seen FROM tenants")
    assert rows[0]["seen"] == 0


async def test_an_error_rolls_everything_back(runtime: Runtime) -> None:
    async def fail_half_way() -> None:
        async with unit_of_work(runtime, 1) as uow:
            await uow.driver.execute("CREATE TEMP TABLE left_over (id int)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail_half_way()
    async with unit_of_work(runtime, 1) as uow:
        assert await uow.scalar(text("SELECT to_regclass('left_over')")) is None


async def test_a_connection_that_was_cut_off_never_returns_to_the_pool(runtime: Runtime) -> None:
    with pytest.raises(CONNECTION_ERRORS):
        async with unit_of_work(runtime, 1) as uow:
            await uow.driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    for _ in range(2 * runtime.settings.database.pool_size):
        async with unit_of_work(runtime, 1) as uow:
            assert await uow.scalar(text("SELECT 1")) == 1


async def test_a_cut_connection_is_told_from_a_fault_of_ours_also_through_sqlalchemy(runtime: Runtime) -> None:
    with pytest.raises(DBAPIError) as cut:
        async with unit_of_work(runtime, 1) as uow:
            await uow.scalar(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DBAPIError) as wrong:
        async with unit_of_work(runtime, 1) as uow:
            await uow.scalar(text("SELECT 1 / 0"))
    assert is_passing(cut.value)
    assert not is_passing(wrong.value)


async def test_a_url_may_say_how_to_encrypt(runtime: Runtime) -> None:
    engine = open_engine(f"{runtime.database_url}&sslmode=prefer", role=APP_ROLE)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT current_user")) == APP_ROLE
    await engine.dispose()
