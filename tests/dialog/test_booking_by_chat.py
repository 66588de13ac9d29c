"""The main job, as a customer does it. NOW is Monday 2 March 2026, 9:00 in Douala."""

from typing import Any
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import make_tenant


async def bookings(runtime: Runtime, phone: Phone) -> list[tuple[str, str]]:
    sql = "SELECT status, to_char(starts_at AT TIME ZONE 'Africa/Douala', 'YYYY-MM-DD HH24:MI') AS local FROM bookings"
    rows = await query(runtime, f"{sql} WHERE tenant_id = $1 ORDER BY id", phone.tenant.tenant_id)
    return [(row["status"], row["local"]) for row in rows]


async def test_a_customer_books_by_taps_in_french(runtime: Runtime, phone: Phone) -> None:
    assert "Bienvenue".lower() in (await phone.writes("Bonjour")).lower()
    assert "prestation" in await phone.taps("Réserver")
    assert phone.labels[0] == "Coupe"
    assert "avec qui" in await phone.taps("Coupe")
    assert phone.labels == ["Peu importe", "Nadia", "Émile"]
    assert "quel jour" in await phone.taps("Nadia")
    assert phone.labels[1].startswith("mar. 3 mars")
    assert "horaires libres" in await phone.taps("mar. 3 mars")
    assert phone.labels[0] == "09h00"
    assert phone.labels[-1] == "Plus"
    summary = await phone.taps("10h30")
    for fact in ("Coupe", "Nadia", "mardi 3 mars 2026 à 10h30", "5 000 FCFA"):
        assert fact in summary
    assert phone.labels[0].startswith("Oui")
    assert "confirmé" in await phone.taps("Oui")
    assert await bookings(runtime, phone) == [("confirmed", "2026-03-03 10:30")]


async def test_one_sentence_is_enough_to_come_to_the_summary(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("Hello, I'd like a haircut with Nadia tomorrow at 3pm")
    for fact in ("Haircut", "Nadia", "Tuesday 3 March 2026 at 15:00", "FCFA 5,000"):
        assert fact in summary
    assert "confirmed" in await phone.writes("yes please")
    assert await bookings(runtime, phone) == [("confirmed", "2026-03-03 15:00")]


async def test_several_messages_in_a_burst_are_one_turn(runtime: Runtime, phone: Phone) -> None:
    summary = await phone.writes("hello", "haircut with Nadia", "tomorrow 15:00")
    assert "Tuesday 3 March 2026 at 15:00" in summary
    assert len(await outbox(runtime, phone.tenant.tenant_id, recipient=phone.address, kind="reply")) == 1


async def test_the_merchants_concerned_are_told_once_each(runtime: Runtime, phone: Phone) -> None:
    await phone.writes("Haircut with Nadia tomorrow at 3pm")
    await phone.writes("yes")
    notices = await outbox(runtime, phone.tenant.tenant_id, kind="notice")
    people = phone.tenant.merchants.values()
    expected = {p.wa_id if phone.channel == "whatsapp" else str(p.telegram_user_id) for p in people}
    assert {notice["recipient"] for notice in notices} == expected
    assert len(notices) == 2
    for notice in notices:
        for fact in ("Coupe", "Nadia", "15h00", "Mireille" if phone.channel == "whatsapp" else "Paul"):
            assert fact in notice["payload"]["text"]


async def test_a_place_in_another_zone_is_spoken_of_in_its_own_time(
    runtime: Runtime, client: "TestClient[Any, Any]"
) -> None:
    """The tenant's zone is Douala, five or six hours ahead of this place."""
    place = {"key": "centre", "name": "Brooklyn", "address": "1 Main Street", "timezone": "America/New_York"}
    tenant = await make_tenant(runtime, locations=[place])
    phone = Phone(runtime, client, tenant, channel="telegram")
    assert "Tuesday 3 March 2026 at 15:00" in await phone.writes("haircut with Nadia tomorrow at 3pm")
    assert "Tuesday 3 March 2026 at 15:00" in await phone.writes("yes")
    interim = (await outbox(runtime, tenant.tenant_id, kind="interim"))[0]["payload"]["text"]
    assert "Tuesday 3 March 2026 at 15:00" in interim
    row = (await query(runtime, "SELECT starts_at FROM bookings WHERE tenant_id = $1", tenant.tenant_id))[0]
    assert row["starts_at"].astimezone(ZoneInfo("America/New_York")).hour == 15
