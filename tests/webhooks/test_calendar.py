"""Feeds as calendar programs read them. NOW is Monday 2 March 2026, 9:00 in Douala."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from booking import blocks, calendar_feed
from booking.calendar_feed import Owner
from booking.feed_entries import FeedWords
from booking.visit import Visit
from core.clock import FixedClock
from core.ids import new_token
from core.runtime import Runtime
from tests.support.bookings import Salon, hours, make_salon, open_salon
from tests.support.calendars import parsed
from tests.support.tenants import SERVICES, STAFF, apply_document, tenant_document
from tests.webhooks.conftest import Web

AT_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # Tuesday 10:00 in Douala
UNKNOWN = "/calendar/" + "A" * 43 + ".ics"


@pytest.fixture
def client(web: Web) -> "TestClient[Any, Any]":
    return web.client


@pytest.fixture
async def salon(runtime: Runtime) -> Salon:
    return await make_salon(runtime)


async def address(salon: Salon, owner: Owner, act: Callable[..., Awaitable[str]] = calendar_feed.issue) -> str:
    return calendar_feed.PATH.format(token=await salon.unit(lambda uow: act(uow, owner, now=salon.now)))


def of(salon: Salon, key: str) -> Owner:
    return Owner(staff_id=salon.staff_id(key))


def place(salon: Salon) -> Owner:
    return Owner(location_id=salon.catalogue.locations[0].id)


async def block(salon: Salon, starts_at: datetime, ends_at: datetime, *, note: str = "") -> None:
    nadia = salon.staff_id("nadia")
    more: dict[str, Any] = {"note": note, "now": salon.now, "key": new_token()}
    await salon.unit(
        lambda uow: blocks.block(uow, salon.catalogue, staff_id=nadia, starts_at=starts_at, ends_at=ends_at, **more)
    )


@dataclass(frozen=True)
class Read:
    status: int
    headers: Any
    events: list[Any]

    @property
    def summaries(self) -> list[str]:
        return [str(event["summary"]) for event in self.events]


async def read(client: "TestClient[Any, Any]", path: str, method: str = "GET", **headers: str) -> Read:
    async with client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}) as answer:
        body = await answer.text()
        events = parsed(body).events if answer.status == 200 and body else []
        return Read(answer.status, answer.headers, events)


async def test_a_persons_feed_shows_appointments_with_the_customers_name(
    client: "TestClient[Any, Any]", salon: Salon
) -> None:
    booking = await salon.book(AT_TEN, customer_id=await salon.customer("Ada"))
    await salon.book(AT_TEN, staff="emile", customer_id=await salon.customer("Bea"))
    (event,) = (await read(client, await address(salon, of(salon, "nadia")))).events
    assert event["summary"] == "Ada · Coupe"
    assert (event.start, event.end) == (AT_TEN, AT_TEN + timedelta(minutes=45))
    assert event["uid"] == f"booking-{booking.id}@{salon.catalogue.tenant.key}.booka"
    assert (event["status"], event["sequence"]) == ("CONFIRMED", booking.sequence)
    assert event["location"] == "Centre, 3 Rue des Palmiers, Douala"


async def test_a_places_feed_shows_all_its_people(client: "TestClient[Any, Any]", salon: Salon) -> None:
    await salon.book(AT_TEN, customer_id=await salon.customer("Ada"))
    await salon.book(AT_TEN, service="class", staff="emile", customer_id=await salon.customer("Bea"), party_size=2)
    feed = await read(client, await address(salon, place(salon)))
    assert feed.summaries == ["Ada · Coupe · Nadia", "Bea ×2 · Atelier maquillage · Émile"]


async def test_of_a_visit_each_person_sees_the_own_part(client: "TestClient[Any, Any]", salon: Salon) -> None:
    parts = (salon.item("cut", "emile"), salon.item("braids", "nadia"))
    booking = await salon.book(AT_TEN - hours(1), visit=Visit(parts), customer_id=await salon.customer("Ada"))
    (cut,) = (await read(client, await address(salon, of(salon, "emile")))).events
    (braids,) = (await read(client, await address(salon, of(salon, "nadia")))).events
    (whole,) = (await read(client, await address(salon, place(salon)))).events
    assert [str(event["summary"]) for event in (cut, braids, whole)] == [
        "Ada · Coupe",
        "Ada · Tresses",
        "Ada · Coupe + Tresses · Émile, Nadia",
    ]
    assert (cut.start, cut.end) == (AT_TEN - hours(1), braids.start)
    assert (whole.start, whole.end) == (booking.starts_at, booking.ends_at) == (cut.start, braids.end)
    assert cut["uid"] != braids["uid"]


async def test_what_is_cancelled_held_or_long_past_is_not_shown(
    client: "TestClient[Any, Any]", salon: Salon, clock: FixedClock
) -> None:
    feed = await address(salon, of(salon, "nadia"))
    await salon.cancel(await salon.book(AT_TEN))
    await salon.hold(AT_TEN + hours(2))
    await salon.book(AT_TEN + hours(4), customer_id=await salon.customer("Ada"))
    assert (await read(client, feed)).summaries == ["Ada · Coupe"]
    clock.set(AT_TEN + timedelta(days=59))
    assert (await read(client, feed)).summaries == ["Ada · Coupe"]
    clock.set(AT_TEN + timedelta(days=62))
    assert (await read(client, feed)).summaries == []


async def test_a_request_is_tentative_while_it_waits(
    client: "TestClient[Any, Any]", runtime: Runtime, clock: FixedClock
) -> None:
    salon = await make_salon(runtime, rules={"requires_approval": True})
    feed = await address(salon, of(salon, "nadia"))
    await salon.book(AT_TEN)
    assert [event["status"] for event in (await read(client, feed)).events] == ["TENTATIVE"]
    clock.set(AT_TEN + hours(1))
    assert (await read(client, feed)).events == []


async def test_a_move_keeps_the_name_and_raises_the_number(client: "TestClient[Any, Any]", salon: Salon) -> None:
    feed = await address(salon, of(salon, "nadia"))
    booking = await salon.book(AT_TEN)
    (before,) = (await read(client, feed)).events
    await salon.move(booking, AT_TEN + timedelta(days=1))
    (after,) = (await read(client, feed)).events
    assert (after["uid"], after.start) == (before["uid"], AT_TEN + timedelta(days=1))
    assert after["sequence"] > before["sequence"]


async def test_blocked_time_is_busy_and_not_cut_at_midnight(client: "TestClient[Any, Any]", salon: Salon) -> None:
    ends_at = AT_TEN + timedelta(days=3)
    await block(salon, AT_TEN, ends_at)
    await block(salon, ends_at + hours(2), ends_at + hours(3), note="Dentiste")
    own = await read(client, await address(salon, of(salon, "nadia")))
    assert own.summaries == ["Indisponible", "Dentiste"]
    assert (own.events[0].start, own.events[0].end) == (AT_TEN, ends_at)
    assert {event["transp"] for event in own.events} == {"OPAQUE"}
    at_place = await read(client, await address(salon, place(salon)))
    assert at_place.summaries == ["Indisponible · Nadia", "Dentiste · Nadia"]
    assert (await read(client, await address(salon, of(salon, "emile")))).events == []


async def test_the_same_address_is_given_until_it_is_replaced(client: "TestClient[Any, Any]", salon: Salon) -> None:
    first = await address(salon, of(salon, "nadia"))
    assert await address(salon, of(salon, "nadia")) == first
    assert await address(salon, of(salon, "emile")) != first
    second = await address(salon, of(salon, "nadia"), calendar_feed.renew)
    assert second not in (first, await address(salon, of(salon, "emile")))
    assert await address(salon, of(salon, "nadia")) == second
    assert [(await read(client, path)).status for path in (first, second)] == [404, 200]


async def test_an_address_leads_to_its_own_tenant_alone(
    client: "TestClient[Any, Any]", runtime: Runtime, salon: Salon
) -> None:
    other = await make_salon(runtime)
    await salon.book(AT_TEN, customer_id=await salon.customer("Ada"))
    await other.book(AT_TEN, customer_id=await other.customer("Bea"))
    feeds = [await read(client, await address(one, place(one))) for one in (salon, other)]
    assert [feed.summaries for feed in feeds] == [["Ada · Coupe · Nadia"], ["Bea · Coupe · Nadia"]]


async def test_a_feed_of_another_tenant_is_not_there(salon: Salon, runtime: Runtime) -> None:
    other = await make_salon(runtime)
    found = await calendar_feed.find(runtime, (await address(salon, place(salon))).split("/")[-1].removesuffix(".ics"))
    assert found is not None
    tenant_id, feed_id = found
    assert tenant_id == salon.tenant_id
    words = FeedWords("", "")
    assert await other.unit(lambda uow: calendar_feed.read(uow, feed_id, words, now=other.now)) is None
    assert await other.sql("SELECT * FROM calendar_feeds") == []


async def test_who_has_left_the_team_has_no_feed_any_more(client: "TestClient[Any, Any]", runtime: Runtime) -> None:
    document = tenant_document()
    salon = await open_salon(runtime, (await apply_document(runtime, document)).tenant_id)
    feed = await address(salon, of(salon, "emile"))
    assert (await read(client, feed)).status == 200
    services = [{**service, "staff": ["nadia"]} for service in SERVICES]
    await apply_document(runtime, document | {"staff": [dict(STAFF[0])], "services": services})
    assert (await read(client, feed)).status == 404


@pytest.mark.parametrize("path", [UNKNOWN, "/calendar/x.ics", "/calendar/%00%ff.ics", "/calendar/é.ics", "/calendar/"])
async def test_an_address_that_never_was_is_not_found(client: "TestClient[Any, Any]", path: str) -> None:
    assert (await read(client, path)).status == 404


async def test_what_has_not_changed_is_not_sent_again(
    client: "TestClient[Any, Any]", salon: Salon, clock: FixedClock
) -> None:
    feed = await address(salon, of(salon, "nadia"))
    booking = await salon.book(AT_TEN)
    first = await read(client, feed)
    tag, since = first.headers["ETag"], first.headers["Last-Modified"]
    assert since == "Mon, 02 Mar 2026 08:00:00 GMT"
    clock.set(salon.now + timedelta(minutes=30))
    assert (await read(client, feed, If_None_Match=tag)).status == 304
    assert (await read(client, feed, If_Modified_Since=since)).status == 304
    assert (await read(client, feed)).headers["ETag"] == tag
    await salon.cancel(booking)
    later = await read(client, feed, If_None_Match=tag)
    assert (later.status, later.events) == (200, [])
    assert later.headers["Last-Modified"] == "Mon, 02 Mar 2026 08:30:00 GMT"
    assert (await read(client, feed, If_Modified_Since=since)).status == 200
    assert (await read(client, feed, If_None_Match=tag, If_Modified_Since=later.headers["Last-Modified"])).status == 200


async def test_two_changes_within_a_second_are_two_to_a_program_without_tags(
    client: "TestClient[Any, Any]", salon: Salon
) -> None:
    feed = await address(salon, of(salon, "nadia"))
    since = (await read(client, feed)).headers["Last-Modified"]
    await salon.book(AT_TEN)
    assert len((await read(client, feed, If_Modified_Since=since)).events) == 1


async def test_it_is_a_calendar_for_its_reader_alone(client: "TestClient[Any, Any]", salon: Salon) -> None:
    await salon.book(AT_TEN)
    feed = await address(salon, of(salon, "nadia"))
    shown = await read(client, feed)
    assert shown.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert shown.headers["Cache-Control"].startswith("private")
    assert "noindex" in shown.headers["X-Robots-Tag"]
    head = await read(client, feed, "HEAD")
    assert (head.status, head.events) == (200, [])
    assert {name: head.headers[name] for name in ("ETag", "Content-Type")} == {
        name: shown.headers[name] for name in ("ETag", "Content-Type")
    }
    assert (await read(client, feed, "POST")).status == 405


async def test_no_address_stands_in_the_logs_or_the_numbers(
    client: "TestClient[Any, Any]", salon: Salon, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    feed = await address(salon, of(salon, "nadia"))
    await address(salon, of(salon, "nadia"), calendar_feed.renew)
    assert [(await read(client, path)).status for path in (feed, UNKNOWN)] == [404, 404]
    async with client.get("/metrics") as numbers:
        said = await numbers.text()
    own = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]  # of the tests' server
    written = "".join((said, *own, *capfd.readouterr()))
    assert "/calendar/{token}.ics" in said
    for path in (feed, UNKNOWN):
        assert path.split("/")[-1].removesuffix(".ics") not in written


async def test_only_the_sealed_form_of_a_token_is_stored(salon: Salon) -> None:
    token = await salon.unit(lambda uow: calendar_feed.issue(uow, of(salon, "nadia"), now=salon.now))
    (row,) = await salon.sql("SELECT * FROM calendar_feeds")
    assert token not in str(dict(row))
