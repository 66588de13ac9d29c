"""What the people of the business see and decide in chat."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.conversation import ensure_conversation
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import TenantFixture, make_tenant


@pytest.fixture
async def strict(runtime: Runtime) -> TenantFixture:
    """A tenant that decides on each booking itself."""
    return await make_tenant(runtime, rules={"requires_approval": True})


@pytest.fixture(params=["whatsapp", "telegram"])
def people(
    runtime: Runtime, client: "TestClient[Any, Any]", strict: TenantFixture, request: pytest.FixtureRequest
) -> tuple[Phone, Phone]:
    """A customer and the owner, on the same channel."""
    owner = strict.merchants["awa"]
    address = owner.wa_id if request.param == "whatsapp" else str(owner.telegram_user_id)
    return (
        Phone(runtime, client, strict, channel=request.param),
        Phone(runtime, client, strict, channel=request.param, address=address),
    )


async def status_of(runtime: Runtime, tenant: TenantFixture) -> str:
    return str(
        (await query(runtime, "SELECT status FROM bookings WHERE tenant_id = $1", tenant.tenant_id))[0]["status"]
    )


async def request_a_booking(customer: Phone, owner: Phone) -> None:
    await customer.writes("une coupe avec Émile demain à 10h")
    assert "transmise" in await customer.writes("oui")
    assert "Acceptez-vous" in await owner.reads()
    assert owner.labels == ["Accepter", "Refuser"]


async def test_accepting_confirms_and_tells_the_customer(
    runtime: Runtime, strict: TenantFixture, people: tuple[Phone, Phone]
) -> None:
    customer, owner = people
    await request_a_booking(customer, owner)
    request = owner.last
    assert "Accepté" in await owner.taps("Accepter")
    assert "confirmé" in await customer.reads()
    assert await status_of(runtime, strict) == "confirmed"
    decline = request["choices"][1]["id"]
    assert "déjà réglée" in await owner.taps_id(decline)
    assert await status_of(runtime, strict) == "confirmed"
    assert await customer.received() == []


async def test_declining_frees_the_time_and_offers_another(
    runtime: Runtime, strict: TenantFixture, people: tuple[Phone, Phone]
) -> None:
    customer, owner = people
    await request_a_booking(customer, owner)
    assert "Refusé" in await owner.taps("Refuser")
    assert "ne peut pas" in await customer.reads()
    assert await status_of(runtime, strict) == "cancelled"
    assert await query(runtime, "SELECT 1 FROM occupancy WHERE tenant_id = $1", strict.tenant_id) == []


async def test_only_merchants_decide(runtime: Runtime, strict: TenantFixture, people: tuple[Phone, Phone]) -> None:
    customer, owner = people
    await request_a_booking(customer, owner)
    await customer.taps_id(owner.last["choices"][0]["id"])
    assert await status_of(runtime, strict) == "pending_approval"


async def test_staff_decide_for_their_own_calendar_only(
    runtime: Runtime, client: "TestClient[Any, Any]", strict: TenantFixture
) -> None:
    """Their own is also what is to be moved away from it."""
    customer = Phone(runtime, client, strict)
    owner, nadia = (Phone(runtime, client, strict, address=strict.merchants[name].wa_id) for name in ("awa", "nadia"))
    await request_a_booking(customer, owner)
    asked = [choice["id"] for choice in owner.last["choices"]]
    for button in asked:
        await nadia.taps_id(button)
        assert await status_of(runtime, strict) == "pending_approval"
    await owner.taps_id(asked[0])
    await customer.writes("déplacer mon rendez-vous avec Nadia mercredi à 11h")
    await customer.writes("oui")
    assert "Accepté" in await nadia.taps_id((await nadia.received())[-1]["payload"]["choices"][0]["id"])
    assert await status_of(runtime, strict) == "confirmed"


async def test_a_cancellation_is_told_to_the_merchants(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture
) -> None:
    phone = Phone(runtime, client, tenant)
    await phone.writes("haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    assert "Cancel this booking?" in await phone.writes("cancel")
    assert "cancelled" in await phone.taps("Yes")
    notices = await outbox(runtime, tenant.tenant_id, kind="notice")
    cancelled = [notice for notice in notices if "Annulé" in notice["payload"]["text"]]
    assert {notice["recipient"] for notice in cancelled} == {person.wa_id for person in tenant.merchants.values()}


async def test_today_shows_the_day_to_the_owner_and_their_own_calendar_to_staff(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture
) -> None:
    customer = Phone(runtime, client, tenant)
    await customer.writes("une coupe avec Émile aujourd'hui à 15h")
    assert "confirmé" in await customer.writes("oui")
    owner = Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    nadia = Phone(runtime, client, tenant, address=tenant.merchants["nadia"].wa_id)
    assert "15h00 Coupe, Émile : Mireille" in await owner.writes("aujourd'hui")
    assert "aucun rendez-vous" in await nadia.writes("aujourd'hui")


async def test_staff_without_a_calendar_see_nobodys_customers(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    bare = [{"name": "Zoé", "role": "staff", "phone": "+237699000111"}]
    tenant = await make_tenant(runtime, merchants=bare)
    customer, desk = (Phone(runtime, client, tenant), Phone(runtime, client, tenant, address="237699000111"))
    await customer.writes("une coupe avec Nadia demain à 10h")
    assert "confirmé" in await customer.writes("oui")
    assert "Coupe" not in await desk.writes("demain")
    assert desk.last["text"]


async def test_a_notice_goes_where_the_merchant_wrote_last(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture
) -> None:
    owner = tenant.merchants["awa"]
    on_telegram = Phone(runtime, client, tenant, channel="telegram", address=str(owner.telegram_user_id))
    assert "bot de" in await on_telegram.writes("bonjour")
    customer = Phone(runtime, client, tenant)
    await customer.writes("une coupe avec Émile demain à 10h")
    await customer.writes("oui")
    assert "Nouveau rendez-vous" in await on_telegram.reads()
    assert await outbox(runtime, tenant.tenant_id, recipient=owner.wa_id) == []


async def test_a_notice_keeps_nobody_waiting_who_tells_the_other(runtime: Runtime, tenant: TenantFixture) -> None:
    """Each of two merchants' turns tells the other and then stores its own: a lock on the other's would be a circle."""
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        account = await uow.driver.fetchval("SELECT id FROM channel_accounts WHERE kind = 'whatsapp'")
        known = await ensure_conversation(uow, account, "whatsapp", "237600000001")
    async with unit_of_work(runtime, tenant.tenant_id) as one, unit_of_work(runtime, tenant.tenant_id) as other:
        assert await ensure_conversation(one, account, "whatsapp", "237600000001") == known
        await other.driver.execute("SELECT id FROM conversations WHERE id = $1 FOR UPDATE NOWAIT", known.id)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("je voudrais une coupe", "Je n'ai pas compris"),
        ("c'est combien et vous êtes ouverts quand ?", "5 000 FCFA"),
        ("demain", "mardi 3 mars 2026 : aucun rendez-vous"),
        ("English please", "in English"),
        ("annuler", "Je n'ai pas compris"),
    ],
)
async def test_a_merchant_gets_a_useful_answer_once_and_never_a_booking(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, words: str, expected: str
) -> None:
    owner = Phone(runtime, client, tenant, address=tenant.merchants["awa"].wa_id)
    answer = await owner.writes(words)
    assert expected in answer
    assert len(set(answer.split("\n\n"))) == len(answer.split("\n\n"))
    assert await query(runtime, "SELECT 1 FROM customers WHERE tenant_id = $1", tenant.tenant_id) == []


async def test_while_a_person_has_taken_over_the_bot_neither_speaks_nor_acts(
    runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture
) -> None:
    phone = Phone(runtime, client, tenant)
    await phone.writes("haircut with Nadia tomorrow at 10:00")
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE conversations SET mode = 'human' WHERE external_id = $1", phone.address)
    assert await phone.writes("yes") == ""
    assert await query(runtime, "SELECT 1 FROM bookings WHERE tenant_id = $1", tenant.tenant_id) == []
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        await uow.driver.execute("UPDATE conversations SET mode = 'bot' WHERE external_id = $1", phone.address)
    assert "confirmed" in await phone.writes("yes")


@pytest.mark.parametrize(("words", "expected"), [("oui", "Quelle prestation"), ("non", "Je reste à votre disposition")])
async def test_whether_another_time_would_suit_is_answered_in_words(
    people: tuple[Phone, Phone], words: str, expected: str
) -> None:
    customer, owner = people
    await request_a_booking(customer, owner)
    await owner.taps("Refuser")
    assert "Un autre horaire vous conviendrait-il ?" in await customer.reads()
    assert expected in await customer.writes(words)


async def test_a_yes_to_a_summary_is_none_to_the_question_for_another_time(people: tuple[Phone, Phone]) -> None:
    customer, owner = people
    await request_a_booking(customer, owner)
    await customer.writes("une coupe avec Nadia jeudi à 10h")
    await owner.taps("Refuser")
    await customer.reads()
    assert "Je réserve ?" in await customer.writes("oui")
