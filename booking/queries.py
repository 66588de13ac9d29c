"""Bookings as people see them: names of service, staff, place and customer resolved, also of entries long retired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from booking.booking import Status
from booking.catalogue import Catalogue, in_language
from booking.hours import instant, wall_second
from core.money import Money
from core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class BookedPart:
    """One item of the visit: the names of service, variant and add-ons by language, and of the people."""

    service_id: int
    service_names: Mapping[str, str]
    detail_names: tuple[Mapping[str, str], ...]
    staff_ids: tuple[int, ...]
    staff_names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime

    def name(self, language: str) -> str:
        details = ", ".join(in_language(names, language) for names in self.detail_names)
        name = in_language(self.service_names, language)
        return f"{name} ({details})" if details else name


@dataclass(frozen=True, slots=True)
class BookingView:
    """Instants are UTC; `zone` is that of the location. `price` is what was agreed."""

    id: int
    status: Status
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None
    sequence: int
    series: str | None
    party_size: int
    price: Money | None
    fee: Money | None
    zone: ZoneInfo
    service_id: int
    service_key: str
    staff_id: int
    staff_key: str
    parts: tuple[BookedPart, ...]
    location_id: int
    location_key: str
    location_names: Mapping[str, str]
    location_address: str
    customer_id: int
    customer_name: str | None
    customer_phone: str | None
    conversation_id: int | None

    def service_name(self, language: str) -> str:
        """`Cut + Braids (long, beads)`."""
        return " + ".join(part.name(language) for part in self.parts)

    @property
    def staff_ids(self) -> tuple[int, ...]:
        """Everybody who does a part, each once."""
        return tuple(dict.fromkeys(staff_id for part in self.parts for staff_id in part.staff_ids))

    @property
    def staff_name(self) -> str:
        """Everybody who does a part, each once."""
        return ", ".join(dict.fromkeys(name for part in self.parts for name in part.staff_names))

    def location_name(self, language: str) -> str:
        return in_language(self.location_names, language)


_VIEW = """
SELECT b.id, b.status, b.starts_at, b.ends_at, b.hold_until, b.sequence, b.series, b.party_size, b.price_minor,
    b.fee_minor, b.currency, l.timezone, s.id AS service_id, s.key AS service_key, p.id AS staff_id, p.key AS staff_key,
    (SELECT jsonb_agg(jsonb_build_object('position', a.position, 'service_id', ps.id, 'name', ps.name,
            'variant', a.variant, 'variants', ps.variants, 'add_ons', a.add_ons, 'all_add_ons', ps.add_ons,
            'staff', pp.name, 'staff_id', pp.id, 'starts_at', a.starts_at,
            'ends_at', a.ends_at) ORDER BY a.position, a.id)
        FROM appointments a
        JOIN services ps ON ps.tenant_id = a.tenant_id AND ps.id = a.service_id
        JOIN staff pp ON pp.tenant_id = a.tenant_id AND pp.id = a.staff_id
        WHERE a.tenant_id = b.tenant_id AND a.booking_id = b.id) AS parts,
    l.id AS location_id, l.key AS location_key, l.name AS location_names, l.address AS location_address,
    c.id AS customer_id, c.name AS customer_name, c.phone AS customer_phone, b.conversation_id
FROM bookings b
JOIN services s ON s.tenant_id = b.tenant_id AND s.id = b.service_id
JOIN staff p ON p.tenant_id = b.tenant_id AND p.id = b.staff_id
JOIN locations l ON l.tenant_id = b.tenant_id AND l.id = b.location_id
JOIN customers c ON c.tenant_id = b.tenant_id AND c.id = b.customer_id
WHERE b.tenant_id = $1
"""
# Held till it is paid for.
_IS_UNPAID = """b.status = 'held' AND EXISTS (
    SELECT 1 FROM payments p WHERE p.tenant_id = b.tenant_id AND p.booking_id = b.id) AND b.hold_until >"""
_GET = f"{_VIEW} AND b.id = $2"
_BY_IDS = f"{_VIEW} AND b.id = ANY ($2::bigint[]) ORDER BY b.starts_at, b.id"
_UPCOMING = f"""{_VIEW} AND b.customer_id = $2 AND b.ends_at > $3
    AND (b.status = 'confirmed' OR b.status = 'pending_approval' AND b.hold_until > $3)
ORDER BY b.starts_at, b.id
"""
_UNPAID = f"{_VIEW} AND b.customer_id = $2 AND {_IS_UNPAID} $3 ORDER BY b.starts_at, b.id"
_OF_DAY = f"""{_VIEW} AND b.location_id = $2 AND b.starts_at >= $3 AND b.starts_at < $4
    AND b.status IN ('confirmed', 'pending_approval', 'completed', 'no_show')
ORDER BY b.starts_at, b.id
"""
_UNPAID_OF_DAY = f"""{_VIEW} AND b.location_id = $2 AND b.starts_at >= $3 AND b.starts_at < $4
    AND {_IS_UNPAID} $5
ORDER BY b.starts_at, b.id
"""
_AHEAD = f"""{_VIEW} AND b.location_id = ANY ($2::bigint[]) AND b.starts_at > $3 AND b.ends_at > $4
    AND (b.status = 'confirmed' OR b.status = 'pending_approval' AND b.hold_until > $4 OR {_IS_UNPAID} $4)
ORDER BY b.starts_at, b.id
"""


async def get_booking(uow: UnitOfWork, booking_id: int) -> BookingView:
    """Raises LookupError when this tenant has no such booking."""
    row = await uow.driver.fetchrow(_GET, uow.tenant_id, booking_id)
    if row is None:
        raise LookupError(f"there is no booking {booking_id}")
    return _view(row)


async def bookings_by_id(uow: UnitOfWork, booking_ids: Sequence[int]) -> list[BookingView]:
    """Soonest first."""
    return [_view(row) for row in await uow.driver.fetch(_BY_IDS, uow.tenant_id, booking_ids)]


async def upcoming_bookings(uow: UnitOfWork, customer_id: int, now: datetime) -> list[BookingView]:
    """Agreed or waiting for the merchant, and not over yet; soonest first."""
    return [_view(row) for row in await uow.driver.fetch(_UPCOMING, uow.tenant_id, customer_id, now)]


async def unpaid_bookings(uow: UnitOfWork, customer_id: int, now: datetime) -> list[BookingView]:
    """Held till they are paid for; soonest first."""
    return [_view(row) for row in await uow.driver.fetch(_UNPAID, uow.tenant_id, customer_id, now)]


async def bookings_ahead(uow: UnitOfWork, catalogue: Catalogue, now: datetime) -> list[BookingView]:
    """Everybody's, agreed, waiting for the merchant or for money, and not over yet; soonest first."""
    places = [location.id for location in catalogue.locations]
    rows = await uow.driver.fetch(_AHEAD, uow.tenant_id, places, now - catalogue.look_back, now)
    return [_view(row) for row in rows]


async def bookings_of_day(uow: UnitOfWork, catalogue: Catalogue, day: date) -> list[BookingView]:
    """All locations, each by its own local date; soonest first."""
    return await _of_day(uow, catalogue, day, _OF_DAY)


async def unpaid_of_day(uow: UnitOfWork, catalogue: Catalogue, day: date, now: datetime) -> list[BookingView]:
    """What is held till it is paid for, in the same way."""
    return await _of_day(uow, catalogue, day, _UNPAID_OF_DAY, now)


async def _of_day(uow: UnitOfWork, catalogue: Catalogue, day: date, sql: str, *more: datetime) -> list[BookingView]:
    views: list[BookingView] = []
    for location in catalogue.locations:
        start = instant(wall_second(day, 0, location.zone))
        end = instant(wall_second(day + timedelta(days=1), 0, location.zone))
        views += [_view(row) for row in await uow.driver.fetch(sql, uow.tenant_id, location.id, start, end, *more)]
    return sorted(views, key=lambda view: (view.starts_at, view.id))


def _view(row: asyncpg.Record) -> BookingView:
    values = dict(row)
    minor, fee, currency, timezone = (values.pop(name) for name in ("price_minor", "fee_minor", "currency", "timezone"))
    return BookingView(
        **values
        | {
            "status": Status(row["status"]),
            "price": None if minor is None else Money(minor, currency),
            "fee": None if fee is None else Money(fee, currency),
            "zone": ZoneInfo(timezone),
            "parts": tuple(_part(list(rows)) for _, rows in groupby(row["parts"], key=itemgetter("position"))),
        }
    )


def _part(rows: Sequence[Mapping[str, Any]]) -> BookedPart:
    """Of the appointments of one position: one, or one for each of the team."""
    first = rows[0]
    details = [extra for extra in first["variants"] if extra["key"] == first["variant"]]
    details += [extra for extra in first["all_add_ons"] if extra["key"] in first["add_ons"]]
    return BookedPart(
        service_id=first["service_id"],
        service_names=first["name"],
        detail_names=tuple(extra["name"] for extra in details),
        staff_ids=tuple(row["staff_id"] for row in rows),
        staff_names=tuple(row["staff"] for row in rows),
        starts_at=datetime.fromisoformat(first["starts_at"]),
        ends_at=datetime.fromisoformat(first["ends_at"]),
    )
