"""What merchants get done by a word. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import TenantFixture

Salon = dict[str, Phone]


@pytest.fixture
async def salon(runtime: Runtime, client: "TestClient[Any, Any]", tenant: TenantFixture, phone: Phone) -> Salon:
    """A customer with Émile on Thursday at 10:00, the owner, and Nadia of the staff, on the same channel."""

    def merchant(name: str) -> Phone:
        who = tenant.merchants[name]
        address = who.wa_id if phone.channel == "whatsapp" else str(who.telegram_user_id)
        return Phone(runtime, client, tenant, channel=phone.channel, address=address)

    await phone.writes("book a haircut with Émile on Thursday at 10:00")
    assert "confirmed" in await phone.writes("yes")
    return {"customer": phone, "awa": merchant("awa"), "nadia": merchant("nadia")}


def customer_name(salon: Salon) -> str:
    return "Mireille" if salon["customer"].channel == "whatsapp" else "Paul"


async def blocked(runtime: Runtime, tenant: TenantFixture) -> list[tuple[str, str]]:
    sql = (
        "SELECT p.name, to_char(lower(o.during) AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') FROM occupancy o"
        " JOIN staff p ON p.resource_id = o.resource_id WHERE o.tenant_id = $1 AND o.booking_id IS NULL ORDER BY 1, 2"
    )
    return [tuple(row) for row in await query(runtime, sql, tenant.tenant_id)]


async def statuses(runtime: Runtime, tenant: TenantFixture) -> list[str]:
    rows = await query(runtime, "SELECT status FROM bookings WHERE tenant_id = $1 ORDER BY id", tenant.tenant_id)
    return [row["status"] for row in rows]


async def test_the_owner_blocks_anybodys_time(runtime: Runtime, tenant: TenantFixture, salon: Salon) -> None:
    answer = await salon["awa"].writes("block Thursday 13:00-15:00 for Émile")
    assert "Thursday 5 March 2026 at 13:00" in answer
    assert "Émile" in answer
    assert await blocked(runtime, tenant) == [("Émile", "05 13:00")]
    assert "not free" in await salon["customer"].writes("a haircut with Émile on Thursday at 14:00")


async def test_staff_block_their_own_time_in_french(runtime: Runtime, tenant: TenantFixture, salon: Salon) -> None:
    assert "plus rien ne peut être réservé avec Nadia" in await salon["nadia"].writes("bloquer jeudi 13h-15h")
    assert "que votre propre agenda" in await salon["nadia"].writes("bloquer jeudi 15h-16h pour Émile")
    assert await blocked(runtime, tenant) == [("Nadia", "05 13:00")]


async def test_bookings_in_the_way_are_named_and_nothing_blocked(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    answer = await salon["awa"].writes("bloquer jeudi pour Émile")
    assert "Non bloqué" in answer
    assert f"jeudi 5 mars 2026 à 10h00 Coupe, Émile : {customer_name(salon)}" in answer
    assert await blocked(runtime, tenant) == []


async def test_what_is_blocked_stands_in_the_day_and_is_opened_again(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    nadia = salon["nadia"]
    await nadia.writes("bloquer jeudi")
    assert "Toute la journée : bloqué, Nadia" in await nadia.writes("jeudi")
    assert "de nouveau réserver avec Nadia" in await nadia.writes("débloquer jeudi 13h-15h")
    day = await salon["awa"].writes("jeudi")
    assert day.splitlines()[1:] == [
        "00h00–13h00 bloqué, Nadia",
        f"10h00 Coupe, Émile : {customer_name(salon)}" + day.splitlines()[2].partition(customer_name(salon))[2],
        "15h00–24h00 bloqué, Nadia",
    ]
    assert "confirmed" in await _books(salon["customer"], "a haircut with Nadia on Thursday at 14:00")
    await nadia.writes("débloque jeudi")
    assert await blocked(runtime, tenant) == []
    assert "Rien n'est bloqué" in await nadia.writes("débloque jeudi")


async def test_the_day_says_how_many_come_to_a_group(salon: Salon) -> None:
    await _books(salon["customer"], "a make-up class for 3 on Wednesday at 10:00")
    assert "10h00 Atelier maquillage (3 personnes), Émile" in await salon["awa"].writes("mercredi")


async def test_staff_open_their_own_time_alone(runtime: Runtime, tenant: TenantFixture, salon: Salon) -> None:
    await salon["awa"].writes("block Thursday 13:00-15:00 for Émile")
    assert "que votre propre agenda" in await salon["nadia"].writes("débloquer jeudi pour Émile")
    assert "aucun rendez-vous" in await salon["nadia"].writes("jeudi")
    assert await blocked(runtime, tenant) == [("Émile", "05 13:00")]


@pytest.mark.parametrize("answer", ["Émile", "emile", ">Émile"])
async def test_for_whom_is_answered_by_a_name_or_a_tap(
    runtime: Runtime, tenant: TenantFixture, salon: Salon, answer: str
) -> None:
    awa = salon["awa"]
    assert "Pour qui ?" in await awa.writes("bloquer jeudi 13h-15h")
    done = await awa.taps(answer[1:]) if answer.startswith(">") else await awa.writes(answer)
    assert "plus rien ne peut être réservé avec Émile" in done
    assert await blocked(runtime, tenant) == [("Émile", "05 13:00")]


async def test_a_block_is_answered_alone_after_words_of_a_customer(salon: Salon) -> None:
    """Words that begin a booking began one for the merchant too, which was gone back to after each block."""
    await salon["nadia"].writes("je voudrais une coupe demain")
    await salon["nadia"].writes("demain")
    assert "pas compris" not in await salon["nadia"].writes("bloque demain de 14h à 15h")


async def _books(customer: Phone, words: str) -> str:
    await customer.writes(words)
    return await customer.writes("yes")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bloquer jeudi 13h-15h", "Pour qui ?"),
        ("bloquer jeudi pour Zoé", "Pour qui ?"),
        ("bloquer jeudi 13h pour Nadia", "De quand à quand ?"),
        ("bloquer 8h-9h pour Nadia", "De quand à quand ?"),
        ("annuler Inconnue 10h30", "Je ne trouve pas"),
    ],
)
async def test_what_is_not_clear_is_asked_back(
    runtime: Runtime, tenant: TenantFixture, salon: Salon, words: str, expected: str
) -> None:
    assert expected in await salon["awa"].writes(words)
    assert await blocked(runtime, tenant) == []
    assert await statuses(runtime, tenant) == ["confirmed"]


async def test_several_blocks_of_one_burst_are_all_stored(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    await salon["nadia"].writes("bloquer mardi", "bloquer jeudi 9h-10h")
    assert await blocked(runtime, tenant) == [("Nadia", "03 00:00"), ("Nadia", "05 09:00")]


async def test_a_longer_block_in_the_same_burst_is_stored_as_it_was_said(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    await salon["nadia"].writes("bloquer jeudi 14h-15h", "bloquer jeudi 14h-17h")
    assert await blocked(runtime, tenant) == [("Nadia", "05 14:00"), ("Nadia", "05 15:00")]


async def test_a_merchant_cancels_after_a_yes_and_the_customer_is_told(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    summary = await salon["awa"].writes(f"cancel {customer_name(salon)} 10:00")
    assert "Thursday 5 March 2026 at 10:00" in summary
    assert await statuses(runtime, tenant) == ["confirmed"]
    assert "has been told" in await salon["awa"].taps("Yes")
    assert await statuses(runtime, tenant) == ["cancelled"]
    assert "Thursday 5 March 2026 at 10:00" in await salon["customer"].reads()
    assert salon["customer"].labels == ["Book"]
    told = [
        row for row in await outbox(runtime, tenant.tenant_id, kind="notice") if "Annulé par" in row["payload"]["text"]
    ]
    assert told == []


async def test_a_no_keeps_the_booking_and_its_yes_is_stale(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    assert "Annuler ce rendez-vous ?" in await salon["awa"].writes(f"annuler {customer_name(salon)} jeudi")
    yes = salon["awa"].last["choices"][0]["id"]
    assert "maintenu" in await salon["awa"].writes("non")
    await salon["awa"].taps_id(yes)
    assert await statuses(runtime, tenant) == ["confirmed"]


async def test_staff_may_not_cancel_the_bookings_of_others(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    assert "ne trouve pas" in await salon["nadia"].writes(f"annuler {customer_name(salon)} 10h")
    booking = (await query(runtime, "SELECT id FROM bookings WHERE tenant_id = $1", tenant.tenant_id))[0]["id"]
    assert "ne trouve pas" in await salon["nadia"].taps_id(f"call_off:{booking}")
    await salon["nadia"].writes("oui")
    assert "Cancel this" not in await salon["customer"].taps_id(f"call_off:{booking}")
    await salon["customer"].writes("yes")
    assert await statuses(runtime, tenant) == ["confirmed"]


async def test_staff_cancel_in_their_own_calendar_and_the_owner_is_told_too(
    runtime: Runtime, tenant: TenantFixture, salon: Salon
) -> None:
    await salon["customer"].writes("book a haircut with Nadia on Friday at 11:00")
    await salon["customer"].writes("yes")
    await salon["nadia"].reads()
    assert "Nadia" in await salon["nadia"].writes(f"annuler {customer_name(salon)} vendredi 11h")
    assert "Annulé" in await salon["nadia"].writes("oui")
    assert await statuses(runtime, tenant) == ["confirmed", "cancelled"]
    assert "Annulé par l'équipe" in await salon["awa"].reads()


async def test_among_several_the_merchant_chooses(runtime: Runtime, tenant: TenantFixture, salon: Salon) -> None:
    await salon["customer"].writes("book a haircut with Nadia on Friday at 11:00")
    await salon["customer"].writes("yes")
    assert "Quel rendez-vous" in await salon["awa"].writes(f"annuler {customer_name(salon)}")
    assert [label[:4] for label in salon["awa"].labels] == ["jeu.", "ven."]
    assert "vendredi 6 mars 2026 à 11h00" in await salon["awa"].taps("ven.")
    assert "Annulé" in await salon["awa"].taps("Oui")
    assert await statuses(runtime, tenant) == ["confirmed", "cancelled"]
