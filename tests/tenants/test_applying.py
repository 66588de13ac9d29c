import asyncio
import copy
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select

from core.errors import InputError
from core.runtime import Runtime
from core.tables import metadata
from core.uow import unit_of_work
from migrations.security import TENANT_TABLES_RLS
from tenants.channel_accounts import AccountGoneError, ChannelAccounts
from tenants.definition import find_tenant
from tenants.models import channel_accounts, merchants, payment_accounts, services, staff, tenant_keys, tenants
from tenants.tenant import get_tenant
from tests.support.tenants import TenantFixture, apply_document, make_tenant, tenant_document

Rows = dict[str, list[dict[str, Any]]]


async def everything_of(runtime: Runtime, tenant_id: int) -> Rows:
    """All rows of the tenant in the tables of a definition."""
    async with unit_of_work(runtime, tenant_id) as uow:
        tables = [table for table in metadata.sorted_tables if table.metadata is tenants.metadata]
        own = [table for table in tables if table.name in STORED]
        return {
            table.name: sorted((dict(row._mapping) for row in await uow.all(select(table))), key=repr) for table in own
        }


STORED = {
    *("tenants", "tenant_keys", "locations", "resources", "staff", "services", "service_staff", "service_resources"),
    *("holidays", "knowledge", "merchants", "channel_accounts", "payment_accounts"),
}


def full_document() -> dict[str, Any]:
    document = tenant_document(
        holidays=[{"date": "2027-01-01", "name": "New Year"}],
        knowledge=[{"topic": "parking", "text": "Free"}],
        llm={"enabled": True, "model": "gpt-4.1-mini", "tokens_per_day": 1000},
    )
    account = document["tenant"]["key"]
    key = {"value": f"sk-live-{account}"}
    document["payments"] = [{"provider": "paystack", "account": account, "secrets": {"secret_key": key}}]
    return document


async def test_applying_twice_changes_nothing(runtime: Runtime) -> None:
    document = full_document()
    tenant = await apply_document(runtime, document)
    before = await everything_of(runtime, tenant.tenant_id)
    assert all(before.values())
    again = await apply_document(runtime, copy.deepcopy(document))
    assert await everything_of(runtime, again.tenant_id) == before


async def test_a_change_raises_the_version_and_keeps_the_ids(runtime: Runtime) -> None:
    document = full_document()
    tenant = await apply_document(runtime, document)
    before = await everything_of(runtime, tenant.tenant_id)
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        first = await get_tenant(uow)
    document["services"][0] |= {"price": "6000"}
    document["tenant"] |= {"name": "Salon Deux"}
    await apply_document(runtime, document)
    after = await everything_of(runtime, tenant.tenant_id)
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        second = await get_tenant(uow)
    assert (second.version, second.name, second.rules) == (first.version + 1, "Salon Deux", first.rules)
    for table in ("services", "staff", "locations", "resources", "merchants", "channel_accounts"):
        assert [row["id"] for row in before[table]] == [row["id"] for row in after[table]]
    assert [row["price_minor"] for row in after["services"] if row["key"] == "cut"] == [6000]


async def test_a_changed_secret_is_a_change(runtime: Runtime) -> None:
    document = full_document()
    tenant = await apply_document(runtime, document)
    document["channels"][0]["access_token"] = {"value": "EAAG-new"}
    await apply_document(runtime, document)
    account = await ChannelAccounts(runtime).find("whatsapp", external_id=tenant.phone_number_id)
    assert account is not None
    assert account.secrets == {"access_token": "EAAG-new"}


async def test_what_leaves_the_file_becomes_inactive_and_may_return(runtime: Runtime) -> None:
    document = full_document()
    tenant = await apply_document(runtime, document)
    less = document | {"services": document["services"][:1], "merchants": [], "channels": document["channels"][:2]}
    less["staff"] = document["staff"][:1]
    less["services"][0] = less["services"][0] | {"staff": ["nadia"]}
    less["payments"] = []
    await apply_document(runtime, less)
    assert await active_counts(runtime, tenant) == {"services": 1, "staff": 1, "merchants": 0, "payment_accounts": 0}
    await apply_document(runtime, document)
    assert await active_counts(runtime, tenant) == {"services": 3, "staff": 2, "merchants": 2, "payment_accounts": 1}


async def test_an_account_keeps_its_provider(runtime: Runtime) -> None:
    """What is still to be paid through it would be looked for at the other one, and never be found."""
    document = full_document()
    tenant = await apply_document(runtime, document)
    before = await everything_of(runtime, tenant.tenant_id)
    (account,) = document["payments"]
    secrets = {name: {"value": "sk-of-another"} for name in ("secret_key", "webhook_secret")}
    with pytest.raises(InputError, match=r"provider: an account of another provider needs another name"):
        await apply_document(runtime, document | {"payments": [account | {"provider": "stripe", "secrets": secrets}]})
    assert await everything_of(runtime, tenant.tenant_id) == before
    other = account | {"provider": "stripe", "secrets": secrets, "account": f"{account['account']}-2"}
    await apply_document(runtime, document | {"payments": [other]})


async def active_counts(runtime: Runtime, tenant: TenantFixture) -> dict[str, int]:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        return {
            table.name: len(await uow.all(select(table).where(table.c.active)))
            for table in (services, staff, merchants, payment_accounts)
        }


async def test_one_tenant_never_sees_a_row_of_another(runtime: Runtime) -> None:
    one, other = await apply_document(runtime, full_document()), await apply_document(runtime, full_document())
    seen = await everything_of(runtime, one.tenant_id)
    assert all(seen.values())
    for table, rows in seen.items():
        assert {row["id" if table == "tenants" else "tenant_id"] for row in rows} == {one.tenant_id}
    async with unit_of_work(runtime, other.tenant_id) as uow:
        changed = await uow.execute(services.update().where(services.c.tenant_id == one.tenant_id).values(capacity=9))
    assert changed.rowcount == 0


async def test_no_table_shows_a_row_of_another_tenant(runtime: Runtime) -> None:
    one, _ = await make_tenant(runtime), await make_tenant(runtime)
    async with unit_of_work(runtime, one.tenant_id) as uow:
        for table, column in TENANT_TABLES_RLS:
            foreign = f"SELECT count(*) FROM {table} WHERE {column} IS DISTINCT FROM $1"
            assert await uow.driver.fetchval(foreign, one.tenant_id) == 0, table


async def test_a_row_cannot_be_written_into_another_tenant(runtime: Runtime) -> None:
    one, other = await make_tenant(runtime), await make_tenant(runtime)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with unit_of_work(runtime, one.tenant_id) as uow:
            await uow.driver.execute(
                "INSERT INTO knowledge (tenant_id, topic, text) VALUES ($1, 'x', '{}')", other.tenant_id
            )


async def test_no_secret_is_readable_in_the_database(runtime: Runtime) -> None:
    document = full_document()
    tenant = await apply_document(runtime, document)
    stored = repr(await everything_of(runtime, tenant.tenant_id))
    secrets = [tenant.access_token, tenant.bot_token, tenant.telegram_secret, f"sk-live-{tenant.key}"]
    assert not [secret for secret in secrets if secret in stored]


@pytest.mark.parametrize("name", ["account", "phone_number_id"])
async def test_an_account_of_another_tenant_is_refused_and_nothing_is_stored(runtime: Runtime, name: str) -> None:
    first = await make_tenant(runtime)
    document = full_document()
    document["channels"][0][name] = {
        "account": first.whatsapp_account,
        "phone_number_id": first.phone_number_id,
    }[name]
    with pytest.raises(InputError) as refused:
        await apply_document(runtime, document)
    account = document["channels"][0]["account"]
    assert refused.value.problems == [f"channels[{account}].{name}: belongs to another tenant"]
    assert await find_tenant(runtime, document["tenant"]["key"]) is None


async def test_a_number_that_was_given_up_can_be_taken_over(runtime: Runtime) -> None:
    document = full_document()
    first = await apply_document(runtime, document)
    document["channels"][0]["phone_number_id"] = f"9{first.phone_number_id}"
    await apply_document(runtime, document)
    second = full_document()
    second["channels"][0]["phone_number_id"] = first.phone_number_id
    taken = await apply_document(runtime, second)
    account = await ChannelAccounts(runtime).find("whatsapp", external_id=first.phone_number_id)
    assert account is not None
    assert account.tenant_id == taken.tenant_id


async def test_two_numbers_of_one_tenant_can_be_swapped(runtime: Runtime) -> None:
    document = full_document()
    more = copy.deepcopy(document["channels"][0])
    more |= {"account": f"{more['account']}-b", "phone_number_id": f"9{more['phone_number_id']}"}
    document["channels"].append(more)
    tenant = await apply_document(runtime, document)
    first, second = document["channels"][0], document["channels"][2]
    swapped = (second["phone_number_id"], first["phone_number_id"])
    first["phone_number_id"], second["phone_number_id"] = swapped
    await apply_document(runtime, document)
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        rows = await uow.all(select(channel_accounts).where(channel_accounts.c.kind == "whatsapp"))
    assert {row.account: row.external_id for row in rows} == dict(
        zip((first["account"], second["account"]), swapped, strict=True)
    )


async def test_the_same_new_tenant_applied_by_two_processes_at_once_exists_once(runtime: Runtime) -> None:
    document = full_document()
    applied = await asyncio.gather(*(apply_document(runtime, copy.deepcopy(document)) for _ in range(4)))
    assert len({tenant.tenant_id for tenant in applied}) == 1
    async with unit_of_work(runtime, applied[0].tenant_id) as uow:
        assert (await uow.scalar(select(tenants.c.version)), len(await uow.all(select(tenant_keys)))) == (1, 1)


async def test_an_account_is_found_by_both_names_and_by_id(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    accounts = ChannelAccounts(runtime)
    by_name = await accounts.find("whatsapp", account=tenant.whatsapp_account)
    assert by_name is not None
    assert by_name == await accounts.find("whatsapp", external_id=tenant.phone_number_id)
    assert by_name == await accounts.get(tenant.tenant_id, by_name.id)
    assert by_name.secrets == {"access_token": tenant.access_token}
    assert tenant.access_token not in repr(by_name)
    assert await accounts.find("telegram", account=tenant.whatsapp_account) is None


async def test_a_removed_account_is_gone_within_two_seconds(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tenant_document()
    tenant = await apply_document(runtime, document)
    accounts = ChannelAccounts(runtime)
    account = await accounts.find("telegram", account=tenant.telegram_account)
    assert account is not None
    whatsapp, telegram = document["channels"]
    renamed = document | {"channels": [whatsapp, telegram | {"account": f"{telegram['account']}-new"}]}
    await apply_document(runtime, renamed)
    later = runtime.clock.monotonic() + 1.6
    monkeypatch.setattr(type(runtime.clock), "monotonic", staticmethod(lambda: later))
    assert await accounts.find("telegram", account=tenant.telegram_account) is None
    with pytest.raises(AccountGoneError):
        await accounts.get(tenant.tenant_id, account.id)


async def test_a_stranger_account_that_is_applied_works_after_half_a_second(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tenant_document()
    name = document["channels"][1]["account"]
    accounts = ChannelAccounts(runtime)
    assert await accounts.find("telegram", account=name) is None
    await apply_document(runtime, document)
    later = runtime.clock.monotonic() + 0.6
    monkeypatch.setattr(type(runtime.clock), "monotonic", staticmethod(lambda: later))
    assert await accounts.find("telegram", account=name) is not None
