"""How much a day holds: bookings and minutes of a person and of a service, by the location's own dates.

No constraint can say this. The list reads the loads; the commit reads them again under the locks of the calendars and
of the services that have limits, and asks the same question.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from booking.catalogue import Catalogue
from booking.hours import epoch, instant, local_date, wall_second
from booking.slots import Block
from booking.visit import Visit
from core.uow import UnitOfWork

_Key = tuple[str, int, date]


@dataclass(slots=True)
class Loads:
    """Appointments (a group counts once) and their minutes, by person and by service, and local date."""

    zone: ZoneInfo
    bookings: Counter[_Key] = field(default_factory=Counter)
    minutes: Counter[_Key] = field(default_factory=Counter)

    def add(self, kind: str, id: int, start: int, end: int) -> None:
        key = (kind, id, local_date(start, self.zone))
        self.bookings[key] += 1
        self.minutes[key] += (end - start) // 60

    def minutes_of(self, staff_id: int, day: date) -> int:
        return self.minutes["staff", staff_id, day]


def has_limits(catalogue: Catalogue, visit: Visit) -> bool:
    return bool(limited_services(visit)) or any(
        _limits_of(catalogue, "staff", staff_id) != (None, None) for item in visit.items for staff_id in item.able
    )


def limited_services(visit: Visit) -> list[int]:
    """Those whose limits need a lock of their own, because several calendars count towards them."""
    services = {item.service.id: item.service for item in visit.items}
    return sorted(id for id, s in services.items() if s.max_bookings_per_day or s.max_minutes_per_day)


def fits(catalogue: Catalogue, visit: Visit, loads: Loads, blocks: Sequence[Block]) -> bool:
    """Whether these blocks may come on top of what there is."""
    more = Loads(loads.zone)
    for block in blocks:
        more.add("service", visit.items[block.part].service.id, block.start, block.end)
        for staff_id in block.staff_ids:
            more.add("staff", staff_id, block.start, block.end)
    return all(_allows(_limits_of(catalogue, key[0], key[1]), loads, more, key) for key in more.bookings)


def _allows(limits: tuple[int | None, int | None], loads: Loads, more: Loads, key: _Key) -> bool:
    most_bookings, most_minutes = limits
    if most_bookings is not None and loads.bookings[key] + more.bookings[key] > most_bookings:
        return False
    return most_minutes is None or loads.minutes[key] + more.minutes[key] <= most_minutes


def _limits_of(catalogue: Catalogue, kind: str, id: int) -> tuple[int | None, int | None]:
    limited = catalogue.staff_by_id.get(id) if kind == "staff" else catalogue.services_by_id.get(id)
    return (limited.max_bookings_per_day, limited.max_minutes_per_day) if limited else (None, None)


def whole_days(zone: ZoneInfo, blocks: Sequence[Block]) -> tuple[datetime, datetime]:
    """From midnight to midnight, all that the blocks count towards."""
    days = [local_date(second, zone) for block in blocks for second in (block.start, block.end)]
    return instant(wall_second(min(days), 0, zone)), instant(wall_second(max(days), 24 * 60, zone))


# What was cancelled or lapsed does not count, nor what one customer only holds; what is over does.
_FIND = """
SELECT DISTINCT a.staff_id, a.service_id, a.position, a.starts_at, a.ends_at,
    coalesce(b.group_session_id, -b.id) AS together
FROM appointments a JOIN bookings b ON b.tenant_id = a.tenant_id AND b.id = a.booking_id
WHERE a.tenant_id = $1 AND a.starts_at >= $4 AND a.starts_at < $5 AND b.id IS DISTINCT FROM $7
    AND (a.staff_id = ANY ($2::bigint[]) OR a.service_id = ANY ($3::bigint[]))
    AND (b.status IN ('confirmed', 'completed', 'no_show')
        OR b.status IN ('held', 'pending_approval') AND b.hold_until > $6)
    AND NOT (b.status = 'held' AND b.customer_id IS NOT DISTINCT FROM $8)
"""


async def find_loads(
    uow: UnitOfWork,
    zone: ZoneInfo,
    *,
    staff_ids: Iterable[int],
    service_ids: Iterable[int],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    ignore_booking_id: int | None,
    customer_id: int | None,
) -> Loads:
    """Of whole local days: the caller asks from midnight to midnight. What this customer only holds does not count."""
    arguments = (list(staff_ids), list(service_ids), starts_at, ends_at, now, ignore_booking_id, customer_id)
    rows = await uow.driver.fetch(_FIND, uow.tenant_id, *arguments)
    loads, counted = Loads(zone), set()
    for row in rows:
        span = (epoch(row["starts_at"]), epoch(row["ends_at"]))
        loads.add("staff", row["staff_id"], *span)
        service = (row["together"], row["position"], row["service_id"])
        if service not in counted:  # the whole team at once is one
            counted.add(service)
            loads.add("service", row["service_id"], *span)
    return loads
