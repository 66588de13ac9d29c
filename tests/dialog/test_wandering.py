"""Whatever two customers do, in whatever order, what the bot says and what the rows hold stay in order."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from aiohttp.test_utils import TestClient

from booking import availability
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.invariants import find_violations
from booking.visit import Item, Visit
from core.clock import FixedClock
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.labels import day_label, moment_words, price_label, time_label
from dialog.texts import say
from tests.dialog.parlour import PARLOUR
from tests.dialog.wanderer import OPT_IN, SWITCHES, YES, Did, View, Wanderer
from tests.support.phone import Phone
from tests.support.tenants import TenantFixture, make_tenant

STEPS = 45
ZONE = ZoneInfo("Africa/Douala")
MORE_SERVICES = [
    {"key": f"care{n}", "name": {"en": f"Care {name}", "fr": f"Soin {name}"}, "duration_minutes": 30,
     "price": str(1000 + n), "staff": ["emile"]}
    for n, name in enumerate(("Aloe", "Basil", "Cocoa", "Dune", "Ebony", "Fern", "Ginger", "Honey", "Indigo"))
]  # fmt: skip
KNOWLEDGE = [{"topic": "parking", "text": {"en": "Parking behind the house.", "fr": "Parking derrière la maison."}}]


@pytest.mark.parametrize("seed", range(4))
async def test_no_walk_leads_out_of_order(
    runtime: Runtime, client: "TestClient[Any, Any]", clock: FixedClock, seed: int
) -> None:
    chance = random.Random(seed)
    services = [*PARLOUR, *MORE_SERVICES] if seed % 2 else PARLOUR
    rules = {"horizon_days": 12, "slot_step_minutes": 60 if seed % 2 else 15, "cancel_until_hours": 12}
    tenant = await make_tenant(runtime, services=services, rules=rules, knowledge=KNOWLEDGE)
    rows = await asyncpg.connect(runtime.reading_url)
    found = await rows.fetch("SELECT key, id FROM services WHERE tenant_id = $1", tenant.tenant_id)
    ids = {row["key"]: str(row["id"]) for row in found}
    try:
        people = [
            Wanderer(Phone(runtime, client, tenant, channel=channel), rows, chance, language, ids)
            for channel, language in (("whatsapp", "fr"), ("telegram", "en"))
        ]
        before = [await person.look() for person in people]
        for number in range(STEPS * 2):
            if number % 30 == 29:
                clock.advance(timedelta(hours=chance.choice((1, 3, 26))))
            turn = number % 2
            before[turn] = await _one_step(runtime, tenant, people[turn], before[turn])
    finally:
        await rows.close()
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        assert await find_violations(uow) == []


async def _one_step(runtime: Runtime, tenant: TenantFixture, person: Wanderer, before: View) -> View:
    did = await person.step()
    after = await person.look()
    note = f"{did}\n{before.session}\n-> {[reply['text'] for reply in after.replies]}"
    assert after.failed == 0, note
    assert len(after.replies) == 1, note
    for reply in after.replies:
        _check_shape(reply, note)
        _check_words(reply, before, after, note)
    _check_bookings(did, before, after, note)
    _check_language(did, before, after, note)
    _check_service(did, after, note)
    if after.replies:
        await _check_offers(runtime, tenant, after, note)
    if after.session.get("is_silent"):
        await person.phone.writes("hello", "oui")
        assert (await person.look()).replies == []
        await person.phone.writes(OPT_IN)
        after = await person.look()
        assert len(after.replies) == 1
        assert not after.session["is_silent"]
    return after


def _check_shape(reply: dict[str, Any], note: str) -> None:
    choices = reply.get("choices", [])
    assert reply["text"].strip(), note
    assert "{" not in reply["text"].replace("{service} %s", ""), note
    assert reply["text"] not in {say(language, "error.sorry") for language in ("en", "fr")}, note
    assert len(reply["text"]) <= (1024 if choices else 4096), note
    assert len(choices) <= 10, note
    assert all(len(choice["id"].encode()) <= 64 and choice["label"].strip() for choice in choices), note
    assert len({(choice["label"], choice.get("description")) for choice in choices}) == len(choices), note
    paragraphs = reply["text"].split("\n\n")
    assert len(set(paragraphs)) == len(paragraphs), f"said twice: {note}"


def _check_words(reply: dict[str, Any], before: View, after: View, note: str) -> None:
    """What is said to be done is done, and what is done is said."""
    says_booked = any(said in reply["text"] for said in _said("book.confirmed", "series.confirmed", upto=" ✅"))
    says_cancelled = any(said in reply["text"] for said in _said("cancel.done", "cancel.series_done", upto="{"))
    cancelled = {key for key in before.live if after.bookings[key]["status"] == "cancelled"}
    says_moved = any(say(lang, "move.done").split(" ✅")[0] in reply["text"] for lang in ("en", "fr"))
    assert says_booked == bool(after.live - before.live), note
    assert says_moved == bool(_moved(before, after)), note
    assert says_cancelled == bool(cancelled), note


def _said(one: str, several: str, *, upto: str) -> list[str]:
    """The beginning of both sentences, of the second from its number on, in each language."""
    texts = [(say(language, one), say(language, several).split("{count}")[1]) for language in ("en", "fr")]
    return [text.split(upto)[0] for pair in texts for text in pair]


def _moved(before: View, after: View) -> set[int]:
    return {key for key in before.live if before.bookings[key]["starts_at"] != after.bookings[key]["starts_at"]}


def _check_bookings(did: Did, before: View, after: View, note: str) -> None:
    """Nothing is booked, moved or cancelled but by a yes to the summary that stood, and then what it showed."""
    changed = {
        key for key, row in after.bookings.items() if before.bookings.get(key, {}).get("status") != row["status"]
    } | _moved(before, after)
    if not changed:
        return
    fields, rows = before.session["fields"], [after.bookings[key] for key in changed]
    assert len(rows) == 1 or len({row["series"] for row in rows} - {None}) == 1, note
    assert len(rows) == 1 or "recurrence" in fields or "series" in fields, note
    assert before.session["question"] == "confirm", note
    draft = before.session["draft"]
    agreed = {*YES["en"], *YES["fr"], *(("cancel", "annuler") if before.session["flow"] == "cancel" else ())}
    assert did.tap == f"yes:{draft}" or agreed.intersection(did.texts), note
    if before.session["flow"] in ("cancel", "reschedule") and "series" not in fields:
        assert [row["id"] for row in rows] == [before.session["booking_id"]], note
    if before.session["flow"] == "cancel":
        assert {row["status"] for row in rows} == {"cancelled"}, note
        return
    assert {row["status"] for row in rows} == {"confirmed"}, note
    assert all(row["parts"] == _parts(before) for row in rows), note
    assert min(row["starts_at"] for row in rows) == datetime.fromisoformat(fields["instant"]), note


def _parts(view: View) -> list[tuple[str, str, list[str]]]:
    """Service, variant and add-ons, one after the other: of the booking that is moved, else of what is wished for."""
    session, fields = view.session, view.session["fields"]
    if session["flow"] == "reschedule":
        parts: list[tuple[str, str, list[str]]] = view.bookings[session["booking_id"]]["parts"]
        return parts
    variants, add_ons = fields.get("variants", {}), fields.get("add_ons", {})
    services = [(key, view.service_ids[key]) for key in (fields["service"], *fields.get("also", ()))]
    return [(key, variants.get(id, ""), sorted(add_ons.get(id, ()))) for key, id in services]


def _check_language(did: Did, before: View, after: View, note: str) -> None:
    """Once known it changes on request, or when it was spoken twice."""
    if before.language is None or after.language == before.language or set(did.texts) & set(SWITCHES):
        return
    assert did.tap.startswith("lang:") or before.session["language_votes"].get(after.language), note


def _check_service(did: Did, after: View, note: str) -> None:
    """A service that is tapped takes the place of all others."""
    verb, _, key = did.tap.partition(":")
    if verb == "service" and key in after.service_ids and after.session["flow"] == "book":
        fields = after.session["fields"]
        assert (fields["service"], fields.get("also")) == (key, None), note


async def _check_offers(runtime: Runtime, tenant: TenantFixture, view: View, note: str) -> None:
    """Every time on a button can be booked now; the summary names the price and the moment that will be stored."""
    reply, session, language = view.replies[-1], view.session, view.language or "fr"
    async with unit_of_work(runtime, tenant.tenant_id) as uow:
        catalogue = await load_catalogue(uow)
        for choice in reply.get("choices", ()):
            verb, *values = choice["id"].split(":")
            if verb == "slot":
                starts_at = datetime.fromtimestamp(int(values[0]) * 60, UTC)
                visit = _visit(catalogue, view, int(values[2]))
                assert values[1] == ".".join(str(item.service.id) for item in visit.items), note
                slot = await availability.find_at(
                    uow,
                    catalogue,
                    visit,
                    starts_at=starts_at,
                    now=runtime.clock.now(),
                    ignore_booking_id=session["booking_id"],
                )
                assert slot is not None, f"{choice} cannot be booked: {note}"
                assert time_label(starts_at.astimezone(ZONE), language) in choice["label"], note
    if session["question"] == "confirm" and session["flow"] == "book":
        assert f"yes:{session['draft']}" in {choice["id"] for choice in reply["choices"]}, note
        _check_summary(_visit(catalogue, view, 0), session["fields"], reply["text"], language, note)


def _visit(catalogue: Catalogue, view: View, staff_id: int) -> Visit:
    """By this person as far as they can, unless it is 0."""
    items = []
    for key, variant, add_ons in _parts(view):
        service = catalogue.service(key)
        assert service is not None
        by = (staff_id,) if staff_id in service.staff_ids else ()
        items.append(Item(service, variant or None, tuple(add_ons), by))
    seats = int(view.session["fields"].get("party_size") or 1)
    return Visit(tuple(items), seats if items[0].service.is_group else 1)


def _check_summary(visit: Visit, fields: dict[str, Any], text: str, language: str, note: str) -> None:
    assert all(item.name(language) in text for item in visit.items), note
    local = datetime.fromisoformat(fields["instant"]).astimezone(ZONE)
    if "recurrence" in fields:
        assert day_label(local.date(), language) in text and time_label(local, language) in text, note
    else:
        assert moment_words(local, ZONE, language) in text, note
    assert price_label(visit.price(tuple(fields["shown_staff"])), language) in text, note
    if visit.party_size > 1:
        assert say(language, "people", count=visit.party_size) in text, note
