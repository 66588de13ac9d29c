from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.runtime import Runtime
from core.uow import unit_of_work
from tenants.channel_accounts import ChannelAccounts
from tenants.models import channel_identities, customers
from tenants.resolve import Role, Who, merchants_concerned, who_is
from tests.support.tenants import TenantFixture, apply_document, make_tenant, tenant_document


async def writer(runtime: Runtime, tenant: TenantFixture, channel: str, address: str, **told: str) -> Who:
    account = tenant.whatsapp_account if channel == "whatsapp" else tenant.telegram_account
    found = await ChannelAccounts(runtime).find(channel, account=account)
    assert found is not None
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        return await who_is(uow, found.id, channel, address, **told)


async def count_people(runtime: Runtime, tenant: TenantFixture) -> tuple[int, int]:
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        identities = await uow.scalar(select(func.count()).select_from(channel_identities))
        return identities, await uow.scalar(select(func.count()).select_from(customers))


async def test_a_stranger_becomes_a_customer_once(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    first = await writer(runtime, tenant, "whatsapp", "237699000001", display_name="Zoé")
    again = await writer(runtime, tenant, "whatsapp", "237699000001")
    assert first == again
    assert (first.role, first.merchant, first.display_name, first.phone) == (
        Role.CUSTOMER,
        None,
        "Zoé",
        "+237699000001",
    )
    assert await count_people(runtime, tenant) == (1, 1)


async def test_the_same_address_at_another_tenant_is_another_person(runtime: Runtime) -> None:
    one, other = await make_tenant(runtime), await make_tenant(runtime)
    here = await writer(runtime, one, "whatsapp", "237699000001")
    there = await writer(runtime, other, "whatsapp", "237699000001")
    assert here.customer_id != there.customer_id
    assert await count_people(runtime, other) == (1, 1)


async def test_merchants_are_known_by_phone_on_whatsapp_and_by_user_on_telegram(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    awa = tenant.merchants["awa"]
    by_phone = await writer(runtime, tenant, "whatsapp", awa.wa_id)
    by_user = await writer(runtime, tenant, "telegram", str(awa.telegram_user_id))
    for who in (by_phone, by_user):
        assert who.role is Role.MERCHANT
        assert who.merchant is not None
        assert (who.merchant.name, who.merchant.role, who.customer_id) == ("Awa", "owner", None)
    assert await count_people(runtime, tenant) == (2, 0)


async def test_a_merchants_phone_number_means_nothing_on_telegram(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    who = await writer(runtime, tenant, "telegram", tenant.merchants["awa"].wa_id)
    assert (who.role, who.phone) == (Role.CUSTOMER, None)


async def test_a_merchant_with_a_hidden_number_is_known_once_the_vendor_tells_it(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    hidden = await writer(runtime, tenant, "whatsapp", "CM.1349ab")
    told = await writer(runtime, tenant, "whatsapp", "CM.1349ab", phone=tenant.merchants["awa"].phone)
    assert (hidden.role, told.role) == (Role.CUSTOMER, Role.MERCHANT)
    assert hidden.identity_id == told.identity_id


@pytest.mark.parametrize(
    ("written", "wa_id"),
    [("+525512345678", "5215512345678"), ("+5491123456789", "541123456789"), ("+5511987654321", "551187654321")],
)
async def test_a_merchant_is_known_however_whatsapp_writes_the_number(
    runtime: Runtime, written: str, wa_id: str
) -> None:
    tenant = await make_tenant(runtime, merchants=[{"name": "Ana", "role": "owner", "phone": written}])
    assert (await writer(runtime, tenant, "whatsapp", wa_id)).role is Role.MERCHANT


async def test_a_removed_merchant_is_a_customer_again_and_may_return(runtime: Runtime) -> None:
    document = tenant_document()
    tenant = await apply_document(runtime, document)
    nadia = tenant.merchants["nadia"]
    await writer(runtime, tenant, "whatsapp", nadia.wa_id)
    await apply_document(runtime, document | {"merchants": document["merchants"][:1]})
    removed = await writer(runtime, tenant, "whatsapp", nadia.wa_id)
    await apply_document(runtime, document)
    returned = await writer(runtime, tenant, "whatsapp", nadia.wa_id)
    assert (removed.role, returned.role) == (Role.CUSTOMER, Role.MERCHANT)
    assert removed.customer_id is not None
    assert removed == replace(returned, role=Role.CUSTOMER, merchant=None)


async def test_a_new_display_name_is_remembered(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    await writer(runtime, tenant, "telegram", "5551", display_name="Zoé")
    await writer(runtime, tenant, "telegram", "5551", display_name="Zoé M.")
    assert (await writer(runtime, tenant, "telegram", "5551")).display_name == "Zoé M."


async def test_owners_and_the_person_of_the_calendar_are_concerned_each_once(runtime: Runtime) -> None:
    tenant = await make_tenant(
        runtime,
        merchants=[
            {"name": "Owner", "role": "owner", "staff": "nadia"},
            {"name": "Manager", "role": "manager"},
            {"name": "Nadia", "role": "staff", "staff": "nadia"},
            {"name": "Emile", "role": "staff", "staff": "emile"},
        ],
    )
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        staff_id = await uow.driver.fetchval("SELECT id FROM staff WHERE key = 'nadia'")
        concerned = await merchants_concerned(uow, staff_id)
    assert [merchant.name for merchant in concerned] == ["Owner", "Manager", "Nadia"]
