"""Calendars to subscribe to: a secret address for each person and each location, and what is read from it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from booking import ics
from booking.catalogue_rows import load_catalogue
from booking.feed_entries import FeedReader, FeedWords
from booking.ics import Entry
from core.encryption import open_sealed, seal
from core.ids import hash_token, new_token
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants
from tenants.sealing import data_key

PATH = "/calendar/{token}.ics"

_TOKEN_BYTES = 32
_FORMAT = 1
"""Of the text: the next one makes every program read its calendar anew."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is: one of the two."""

    staff_id: int | None = None
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """`changed_at`, a whole second, is when its content was first seen as it is."""

    name: str
    zone: ZoneInfo
    entries: tuple[Entry, ...]
    content_hash: bytes
    changed_at: datetime

    @property
    def etag(self) -> str:
        return f"{self.content_hash[:12].hex()}-{int(self.changed_at.timestamp())}"

    def text(self) -> str:
        """Takes a quarter of a millisecond for each entry."""
        return ics.write_feed(self.entries, name=self.name, zone=self.zone, changed_at=self.changed_at)


def feed_url(base_url: str, token: str) -> str:
    return base_url + PATH.format(token=token)


_LIVE = """
SELECT token_hash, token_sealed FROM calendar_feeds
WHERE tenant_id = $1 AND (staff_id = $2 OR location_id = $3) AND revoked_at IS NULL
"""
_ADD = """
INSERT INTO calendar_feeds (tenant_id, staff_id, location_id, token_hash, token_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
"""
_REVOKE = """
UPDATE calendar_feeds SET revoked_at = $4
WHERE tenant_id = $1 AND (staff_id = $2 OR location_id = $3) AND revoked_at IS NULL
"""


async def issue(uow: UnitOfWork, owner: Owner, *, now: datetime) -> str:
    """The token of the live feed, the same one each time; made when it is asked for first."""
    key, whose = await data_key(uow), (uow.tenant_id, owner.staff_id, owner.location_id)
    row = await uow.driver.fetchrow(_LIVE, *whose)
    if row is None:
        token = new_token(_TOKEN_BYTES)
        hashed = hash_token(token)
        if await uow.driver.fetchval(_ADD, *whose, hashed, seal(key, token, _place(uow, hashed)), now):
            return token
        row = await uow.driver.fetchrow(_LIVE, *whose)  # somebody asked at the same moment
        assert row is not None
    return open_sealed(key, row["token_sealed"], _place(uow, row["token_hash"]))


async def renew(uow: UnitOfWork, owner: Owner, *, now: datetime) -> str:
    """The address so far is dead from the commit on; the token of the new one."""
    await uow.driver.execute(_REVOKE, uow.tenant_id, owner.staff_id, owner.location_id, now)
    return await issue(uow, owner, now=now)


async def find(runtime: Runtime, token: str) -> tuple[int, int] | None:
    """Tenant and feed behind an address; None for what never was and what is revoked, with the same work for both."""
    rows = await call_across_tenants(
        runtime, "SELECT tenant_id, feed_id FROM find_calendar_feed($1)", hash_token(token)
    )
    return (rows[0]["tenant_id"], rows[0]["feed_id"]) if rows else None


_FEED = """
SELECT id, staff_id, location_id, content_hash, changed_at FROM calendar_feeds
WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL
"""
_SEEN = "UPDATE calendar_feeds SET content_hash = $3, changed_at = $4 WHERE tenant_id = $1 AND id = $2"


async def read(uow: UnitOfWork, feed_id: int, words: FeedWords, *, now: datetime) -> Feed | None:
    """None when it is revoked, or when its person or place has left the tenant file."""
    row = await uow.driver.fetchrow(_FEED, uow.tenant_id, feed_id)
    if row is None:
        return None
    catalogue = await load_catalogue(uow)
    reader, tenant = FeedReader(uow, catalogue, words, now), catalogue.tenant
    if person := catalogue.staff_by_id.get(row["staff_id"]):
        zone, entries = catalogue.location_of(person.id).zone, await reader.of_person(person)
        return await _seen(uow, row, f"{person.name} · {tenant.name}", zone, entries, now)
    if location := catalogue.locations_by_id.get(row["location_id"]):
        name, entries = location.name(tenant.languages[0]), await reader.of_location(location)
        return await _seen(uow, row, f"{name} · {tenant.name}", location.zone, entries, now)
    return None


async def _seen(
    uow: UnitOfWork, row: asyncpg.Record, name: str, zone: ZoneInfo, entries: list[Entry], now: datetime
) -> Feed:
    """Remembers when content that is new was first seen. Bookings do not tell when they were changed last, and a block
    that is gone tells nothing at all."""
    content_hash = hashlib.sha256(orjson.dumps([_FORMAT, name, zone.key, entries])).digest()
    changed_at = row["changed_at"]
    if content_hash != row["content_hash"]:
        second = now.replace(microsecond=0)
        changed_at = second if changed_at is None else max(second, changed_at + timedelta(seconds=1))
        await uow.driver.execute(_SEEN, uow.tenant_id, row["id"], content_hash, changed_at)
    return Feed(name, zone, tuple(entries), content_hash, changed_at)


def _place(uow: UnitOfWork, token_hash: bytes) -> str:
    return f"calendar_feeds|token_sealed|{uow.tenant_id}|{token_hash.hex()}"
