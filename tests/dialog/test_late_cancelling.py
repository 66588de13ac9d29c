"""A cancellation later than the rule allows is decided by the team. NOW is Monday 2 March 2026, 9:00 in Douala."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from tests.support.phone import Phone, query
from tests.support.tenants import TenantFixture, make_tenant

HALF = {"late_cancel_fee": {"percent": 50}, "cancel_until_hours": 24}


@dataclass
class People:
    """`nadia` is of the staff, the booking is in her calendar."""

    customer: Phone
    owner: Phone
    nadia: Phone

    @property
    def tenant(self) -> TenantFixture:
        return self.customer.tenant


async def people_of(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock, channel: str, rules: dict[str, Any]
) -> People:
    """A booking on Friday at 10:00, asked to be cancelled the day before at 21:00."""
    tenant = await make_tenant(runtime, rules=rules)

    def merchant(name: str) -> Phone:
        who = tenant.merchants[name]
        address = who.wa_id if channel == "whatsapp" else str(who.telegram_user_id)
        return Phone(runtime, client, tenant, channel=channel, address=address)

    people = People(Phone(runtime, client, tenant, channel=channel), merchant("awa"), merchant("nadia"))
    await people.customer.writes("haircut with Nadia on Friday at 10:00")
    assert "confirmed" in await people.customer.writes("yes")
    await people.owner.reads()
    await people.nadia.reads()
    clock.advance(timedelta(days=3, hours=12))
    return people


@pytest.fixture(params=["whatsapp", "telegram"])
async def people(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock, request: pytest.FixtureRequest
) -> People:
    return await people_of(runtime, client, clock, request.param, HALF)


async def stored(runtime: Runtime, tenant: TenantFixture) -> tuple[str, int | None, str | None]:
    sql = "SELECT status, fee_minor, cancelled_by FROM bookings WHERE tenant_id = $1"
    return tuple((await query(runtime, sql, tenant.tenant_id))[0])


async def ask(people: People) -> None:
    summary = await people.customer.writes("cancel my booking")
    assert "until 24 hours before" in summary
    assert "FCFA 2,500" in summary
    assert "your booking stands" in await people.customer.taps("Yes")
    assert "2 500 FCFA" in await people.owner.reads()


async def test_the_team_cancels_with_the_fee_and_the_customer_is_told_once(runtime: Runtime, people: People) -> None:
    await ask(people)
    assert await stored(runtime, people.tenant) == ("confirmed", None, None)
    assert people.owner.labels == ["Annuler avec frais", "Annuler sans frais", "Maintenir"]
    assert "2 500 FCFA" in await people.owner.taps("Annuler avec")
    assert await stored(runtime, people.tenant) == ("cancelled", 2500, "merchant")
    told = await people.customer.received()
    assert [row["payload"]["text"] for row in told] == [await people.customer.reads()]
    assert "cancelled, as you asked" in people.customer.last["text"]
    assert "2,500" in people.customer.last["text"]


async def test_the_fee_can_be_waived(runtime: Runtime, people: People) -> None:
    await ask(people)
    assert "Annulé" in await people.owner.taps("Annuler sans")
    assert await stored(runtime, people.tenant) == ("cancelled", None, "merchant")
    assert "without a fee" in await people.customer.reads()


async def test_the_team_keeps_it_and_a_new_request_may_be_answered_otherwise(runtime: Runtime, people: People) -> None:
    await ask(people)
    assert "maintenu" in await people.owner.taps("Maintenir")
    assert "stays as it is" in await people.customer.reads()
    assert await stored(runtime, people.tenant) == ("confirmed", None, None)
    await ask(people)
    await people.owner.taps("Annuler sans")
    assert await stored(runtime, people.tenant) == ("cancelled", None, "merchant")


async def test_the_first_answer_decides_for_all(runtime: Runtime, people: People) -> None:
    await ask(people)
    assert "hors délai" in await people.nadia.reads()
    await people.owner.taps("Maintenir")
    await people.customer.reads()
    assert "plus d'actualité" in await people.nadia.taps("Annuler avec")
    assert await stored(runtime, people.tenant) == ("confirmed", None, None)
    assert await people.customer.received() == []


async def test_the_others_of_the_team_learn_of_it(people: People) -> None:
    await ask(people)
    await people.nadia.reads()
    await people.owner.taps("Annuler avec")
    assert "Annulé par l'équipe avec des frais de 2 500 FCFA" in await people.nadia.reads()


@pytest.mark.parametrize("happens", ["moved", "begun", "called off"])
async def test_a_button_of_before_changes_nothing(
    runtime: Runtime, people: People, clock: FixedClock, happens: str
) -> None:
    await ask(people)
    buttons = people.owner.last["choices"]
    if happens == "moved":
        async with unit_of_work(runtime, people.tenant.tenant_id) as uow:
            await uow.driver.execute("UPDATE bookings SET sequence = sequence + 1")
    elif happens == "begun":
        clock.advance(timedelta(hours=13))
    else:
        name = "Mireille" if people.customer.channel == "whatsapp" else "Paul"
        await people.owner.writes(f"annuler {name} vendredi")
        await people.owner.taps("Oui")
        await people.customer.reads()
    before = await stored(runtime, people.tenant)
    for button in buttons:
        assert "plus d'actualité" in await people.owner.taps_id(button["id"])
    assert await stored(runtime, people.tenant) == before
    assert await people.customer.received() == []


async def test_without_a_fee_rule_there_are_two_ways(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    people = await people_of(runtime, client, clock, "whatsapp", {"cancel_until_hours": 24})
    summary = await people.customer.writes("cancel my booking")
    assert "until 24 hours before" in summary
    assert "costs" not in summary
    await people.customer.writes("yes")
    assert "hors délai" in await people.owner.reads()
    assert people.owner.labels == ["Annuler", "Maintenir"]
    await people.owner.taps("Annuler")
    assert await stored(runtime, people.tenant) == ("cancelled", None, "merchant")
    assert "fee" not in await people.customer.reads()


async def test_a_summary_of_before_the_hour_is_shown_again(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock
) -> None:
    tenant = await make_tenant(runtime, rules={"late_cancel_fee": {"full": True}, "cancel_until_hours": 24})
    phone = Phone(runtime, client, tenant)
    await phone.writes("haircut with Nadia on Tuesday at 10:00")
    await phone.writes("yes")
    assert "costs nothing" in await phone.writes("cancel")
    clock.advance(timedelta(hours=2))
    assert "costs FCFA 5,000" in await phone.taps("Yes")
    assert await stored(runtime, tenant) == ("confirmed", None, None)
    assert "your booking stands" in await phone.taps("Yes")


async def test_customers_have_no_use_for_the_buttons_of_the_team(runtime: Runtime, people: People) -> None:
    await ask(people)
    await people.customer.taps_id(people.owner.last["choices"][1]["id"])
    assert await stored(runtime, people.tenant) == ("confirmed", None, None)


@pytest.mark.parametrize("rubbish", ["late:1:1:1:0", "late:x", "late:1:0:1:much", "late:99999999:0:1:keep"])
async def test_a_forged_button_leads_to_the_welcome(people: People, rubbish: str) -> None:
    assert "bot de" in await people.owner.taps_id(rubbish)


async def test_the_policy_is_told_when_asked(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    phone = Phone(runtime, client, await make_tenant(runtime, rules={**HALF, "no_show_fee": {"full": True}}))
    answer = await phone.writes("what is your cancellation policy?")
    assert "later than 24 hours before costs 50% of the price. Not coming costs the full price." in answer
