"""Merchants get the addresses of their calendars by a word, and read them with any program."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from core.runtime import Runtime
from dialog.merchant_words import Calendars, read
from tests.conftest import NOW
from tests.support.calendars import parsed
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant

Team = dict[str, Phone]
_LINK = re.compile(r"^(\S+) ?: (http://127\.0\.0\.1:8080(/calendar/[A-Za-z0-9_-]{43}\.ics))$", re.MULTILINE)


@pytest.fixture
def team(phone: Phone, client: "TestClient[Any, Any]", tenant: TenantFixture) -> Team:
    return {name: merchant(phone, client, tenant, name) for name in ("awa", "nadia")}


def merchant(phone: Phone, client: "TestClient[Any, Any]", tenant: TenantFixture, name: str) -> Phone:
    who = tenant.merchants[name]
    address = who.wa_id if phone.channel == "whatsapp" else str(who.telegram_user_id)
    return Phone(phone.runtime, client, tenant, channel=phone.channel, address=address)


def links(text: str) -> dict[str, str]:
    """Paths by name, in the order in which they are shown."""
    return {name: path for name, _, path in _LINK.findall(text)}


async def summaries(client: "TestClient[Any, Any]", path: str) -> list[str] | int:
    async with client.get(path) as answer:
        if answer.status != 200:
            return answer.status
        return [str(event["summary"]) for event in parsed(await answer.text()).events]


@pytest.mark.parametrize("words", ["calendar", "agenda", "Calendrier", "mon lien d'agenda svp", "my calendar links?"])
async def test_staff_get_their_own_calendar_alone(team: Team, words: str) -> None:
    assert list(links(await team["nadia"].writes(words))) == ["Nadia"]


async def test_the_owner_gets_those_of_all_people_and_places(team: Team) -> None:
    assert list(links(await team["awa"].writes("agenda"))) == ["Nadia", "Émile", "Centre"]


async def test_a_booking_in_chat_is_in_the_calendar_at_once(
    phone: Phone, team: Team, client: "TestClient[Any, Any]"
) -> None:
    await phone.writes("book a haircut with Nadia on Friday at 10:00")
    await phone.writes("yes")
    found = links(await team["awa"].writes("calendar"))
    name = "Mireille" if phone.channel == "whatsapp" else "Paul Essomba"
    assert await summaries(client, found["Nadia"]) == [f"{name} · Coupe"]
    assert await summaries(client, found["Émile"]) == []
    assert await summaries(client, found["Centre"]) == [f"{name} · Coupe · Nadia"]


async def test_the_addresses_stay_until_new_ones_are_asked_for(team: Team, client: "TestClient[Any, Any]") -> None:
    first = links(await team["awa"].writes("calendar"))
    assert links(await team["awa"].writes("agenda")) == first
    assert links(await team["nadia"].writes("agenda"))["Nadia"] == first["Nadia"]
    answer = await team["nadia"].writes("nouveau lien d'agenda")
    assert "ne fonctionnent plus" in answer
    assert links(answer)["Nadia"] != first["Nadia"]
    assert await summaries(client, first["Nadia"]) == 404
    assert await summaries(client, first["Émile"]) == []
    second = links(await team["awa"].writes("new calendar links"))
    assert not set(second.values()) & {*first.values(), links(answer)["Nadia"]}
    assert [await summaries(client, path) for path in first.values()] == [404, 404, 404]


async def test_the_menu_leads_there(team: Team) -> None:
    await team["nadia"].writes("menu")
    assert links(await team["nadia"].taps("Lien d'agenda"))


async def test_who_has_no_calendar_is_told_so(runtime: Runtime, phone: Phone, client: "TestClient[Any, Any]") -> None:
    people = [{"name": "Bob", "role": "staff", "phone": "+237670999999", "telegram_user_id": 670999999}]
    tenant = await make_tenant(runtime, merchants=people)
    assert "pas d'agenda à votre nom" in await merchant(phone, client, tenant, "bob").writes("agenda")


async def test_a_customer_gets_no_address(phone: Phone) -> None:
    assert "/calendar/" not in await phone.writes("calendar")
    assert "/calendar/" not in await phone.taps_id("calendars")


@pytest.mark.parametrize(
    ("words", "renews"),
    [
        ("calendar", False),
        ("can you send me the calendar link please", False),
        ("je voudrais le lien de mon agenda", False),
        ("new calendar", False),
        ("new calendar link", True),
        ("please reset our calendar links", True),
        ("nouveaux liens de calendrier", True),
        ("renouveler le lien de l'agenda", True),
        ("agenda de demain", None),
        ("block Thursday in my calendar", None),
        ("calendar for Émile", None),
        ("new link", None),
        ("", None),
    ],
)
def test_the_words_for_it(words: str, renews: bool | None) -> None:
    order = read(words, now=NOW.replace(tzinfo=None), staff=())
    assert (order.renew if isinstance(order, Calendars) else None) == renews
