"""A visit with its people and times settled: what is written into appointments, and which calendars it takes up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from booking.catalogue import Catalogue, Location, Service
from booking.hours import epoch
from booking.occupancy import Span
from booking.slots import Assignment, Block
from booking.visit import Item, Visit
from core.money import Money
from core.uow import UnitOfWork

_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One item of the visit at its time, without buffers; several people where the whole team is needed."""

    item: Item
    staff_ids: tuple[int, ...]
    starts_at: datetime
    ends_at: datetime

    @property
    def occupied(self) -> tuple[datetime, datetime]:
        service = self.item.service
        return self.starts_at - service.buffer_before, self.ends_at + service.buffer_after


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages one after the other, at one location."""

    stages: tuple[Stage, ...]
    location: Location
    party_size: int

    @property
    def service(self) -> Service:
        """The first, and of a group the only one."""
        return self.stages[0].item.service

    @property
    def staff_id(self) -> int:
        return self.stages[0].staff_ids[0]

    @property
    def starts_at(self) -> datetime:
        return self.stages[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.stages[-1].ends_at

    @property
    def occupied(self) -> tuple[datetime, datetime]:
        """From the first to the last, with buffers."""
        return min(stage.occupied[0] for stage in self.stages), max(stage.occupied[1] for stage in self.stages)

    @property
    def visit(self) -> Visit:
        return Visit(tuple(stage.item for stage in self.stages), self.party_size)

    @property
    def leads(self) -> tuple[int, ...]:
        """One for each stage; of a team its first."""
        return tuple(stage.staff_ids[0] for stage in self.stages)

    @property
    def price(self) -> Money | None:
        return self.visit.price(self.leads)

    @property
    def blocks(self) -> list[Block]:
        """As the limits per day want them."""
        return [
            Block(part, stage.staff_ids, epoch(stage.starts_at), epoch(stage.ends_at))
            for part, stage in enumerate(self.stages)
        ]

    def rows(self) -> list[dict[str, Any]]:
        """What is stored as appointments."""
        return [
            {
                "position": position,
                "service_id": stage.item.service.id,
                "variant": stage.item.variant,
                "add_ons": list(stage.item.add_ons),
                "staff_id": staff_id,
                "starts_at": stage.starts_at,
                "ends_at": stage.ends_at,
            }
            for position, stage in enumerate(self.stages)
            for staff_id in stage.staff_ids
        ]

    def spans(self, catalogue: Catalogue) -> list[Span]:
        """Of the people and of the rooms that are named."""
        return [
            Span(resource_id, *stage.occupied)
            for stage in self.stages
            for resource_id in (
                *(catalogue.staff_by_id[staff_id].resource_id for staff_id in stage.staff_ids),
                *stage.item.service.resource_ids,
            )
        ]

    def resource_ids(self, catalogue: Catalogue) -> set[int]:
        """All calendars that it may take up, with every room of the kinds that it needs."""
        named = {span.resource_id for span in self.spans(catalogue)}
        kinds = {kind for stage in self.stages for kind in stage.item.service.any_resources}
        return named | {room.id for kind in kinds for room in catalogue.rooms_at(self.location.id, kind)}


def merged(spans: Iterable[Span]) -> list[Span]:
    """One after the other of the same calendar, within one booking, is one; cut where it is longer than a day, since
    readers look back no further than a day or the longest single service."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.resource_id, span.starts_at)):
        last = found[-1] if found else None
        if last and last.resource_id == span.resource_id and span.starts_at <= last.ends_at:
            found[-1] = Span(last.resource_id, last.starts_at, max(last.ends_at, span.ends_at))
        else:
            found.append(span)
    return [piece for span in found for piece in _pieces(span)]


def _pieces(span: Span) -> Iterator[Span]:
    starts_at = span.starts_at
    while starts_at < span.ends_at:
        ends_at = min(span.ends_at, starts_at + _LONGEST)
        yield Span(span.resource_id, starts_at, ends_at)
        starts_at = ends_at


def plan_visit(catalogue: Catalogue, visit: Visit, assignment: Assignment, starts_at: datetime) -> Plan:
    """The visit with these people, from this start on."""
    stages = []
    for item, staff_id in zip(visit.items, assignment, strict=True):
        staff_ids = _team(catalogue, item, staff_id)
        ends_at = starts_at + timedelta(minutes=max(map(item.minutes, staff_ids)))
        stages.append(Stage(item, staff_ids, starts_at, ends_at))
        starts_at = ends_at
    return Plan(tuple(stages), catalogue.location_of(assignment[0]), visit.party_size)


def _team(catalogue: Catalogue, item: Item, staff_id: int) -> tuple[int, ...]:
    return item.able if item.service.needs_all_staff else (staff_id,)


# The columns of a row of Plan.rows(), and their types.
APPOINTED = "position, service_id, variant, add_ons, staff_id, starts_at, ends_at"
APPOINTED_TYPES = (
    "position int, service_id bigint, variant text, add_ons jsonb, staff_id bigint,"
    " starts_at timestamptz, ends_at timestamptz"
)
_APPOINTMENTS = f"""
SELECT {APPOINTED} FROM appointments
WHERE tenant_id = $1 AND booking_id = $2 ORDER BY position, id
"""


async def find_plan(uow: UnitOfWork, catalogue: Catalogue, booking_id: int, *, party_size: int) -> Plan | None:
    """The plan of a stored booking; None when a service, a person or the place of it is no longer offered."""
    return _plan(catalogue, await uow.driver.fetch(_APPOINTMENTS, uow.tenant_id, booking_id), party_size)


_MOVED_FROM = f"""
SELECT {", ".join(f"a.{name}" for name in APPOINTED.split(", "))} FROM bookings b,
    ROWS FROM (jsonb_to_recordset(b.moved_from) AS ({APPOINTED_TYPES})) WITH ORDINALITY AS a ({APPOINTED}, place)
WHERE b.tenant_id = $1 AND b.id = $2 ORDER BY a.place
"""


async def find_former_plan(uow: UnitOfWork, catalogue: Catalogue, booking_id: int, *, party_size: int) -> Plan | None:
    """As it was agreed before a request to move it; None when there is no such request, or it is not offered."""
    return _plan(catalogue, await uow.driver.fetch(_MOVED_FROM, uow.tenant_id, booking_id), party_size)


def _plan(catalogue: Catalogue, rows: Sequence[Mapping[str, Any]], party_size: int) -> Plan | None:
    known = all(r["service_id"] in catalogue.services_by_id and r["staff_id"] in catalogue.staff_by_id for r in rows)
    if not rows or not known:
        return None
    positions = sorted({row["position"] for row in rows})
    stages = [_stage(catalogue, [row for row in rows if row["position"] == position]) for position in positions]
    return Plan(tuple(stages), catalogue.location_of(rows[0]["staff_id"]), party_size)


def _stage(catalogue: Catalogue, rows: Sequence[Mapping[str, Any]]) -> Stage:
    first = rows[0]
    item = Item(catalogue.services_by_id[first["service_id"]], first["variant"], tuple(first["add_ons"]))
    return Stage(item, tuple(row["staff_id"] for row in rows), first["starts_at"], first["ends_at"])
