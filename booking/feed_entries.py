"""What stands in a calendar that is subscribed to: the appointments of a person or a location, and what is blocked.

What was cancelled is left out: a feed is a snapshot, programs drop what they no longer find in it, while some go on
showing an entry that is only marked as cancelled as busy time. Holds are left out too: they pass within minutes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from booking.blocks import Block, blocks_of
from booking.booking import Status
from booking.catalogue import Catalogue, Location, Staff
from booking.ics import Entry, EntryStatus, booking_uid, entry_status
from booking.queries import BookedPart, BookingView, bookings_by_id
from core.uow import UnitOfWork

_BACK, _AHEAD = timedelta(days=60), timedelta(days=366)

_SHOWN = f"""
    AND (b.status IN ('{Status.CONFIRMED}', '{Status.COMPLETED}', '{Status.NO_SHOW}')
         OR b.status = '{Status.PENDING_APPROVAL}' AND b.hold_until > $5)
"""
_PARTS_OF_PERSON = f"""
SELECT a.booking_id, a.position FROM appointments a
JOIN bookings b ON b.tenant_id = a.tenant_id AND b.id = a.booking_id
WHERE a.tenant_id = $1 AND a.staff_id = $2 AND a.starts_at >= $3 AND a.starts_at < $4 {_SHOWN}
"""
_OF_LOCATION = f"""
SELECT b.id FROM bookings b
WHERE b.tenant_id = $1 AND b.location_id = $2 AND b.starts_at >= $3 AND b.starts_at < $4 {_SHOWN}
"""


@dataclass(frozen=True, slots=True)
class FeedWords:
    """What is said where nobody has given a name."""

    blocked: str
    unnamed: str


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Two months back to a year ahead, whole days, so that the same day reads the same; in the tenant's language."""

    uow: UnitOfWork
    catalogue: Catalogue
    words: FeedWords
    now: datetime

    async def of_person(self, person: Staff) -> list[Entry]:
        """Each part of a visit that this person does, with its own times."""
        rows = await self.uow.driver.fetch(_PARTS_OF_PERSON, self.uow.tenant_id, person.id, *self._span, self.now)
        views = {view.id: view for view in await bookings_by_id(self.uow, list({row["booking_id"] for row in rows}))}
        parts = [self._part(views[row["booking_id"]], row["position"]) for row in rows]
        return _in_order([*parts, *await self._blocked([person])])

    async def of_location(self, location: Location) -> list[Entry]:
        """Each visit as one entry that names its people."""
        rows = await self.uow.driver.fetch(_OF_LOCATION, self.uow.tenant_id, location.id, *self._span, self.now)
        views = await bookings_by_id(self.uow, [row["id"] for row in rows])
        team = [person for person in self.catalogue.staff if person.location_id == location.id]
        return _in_order([*map(self._visit, views), *await self._blocked(team, names=True)])

    @property
    def _span(self) -> tuple[datetime, datetime]:
        midnight = datetime.combine(self.now.astimezone(UTC).date(), time(), UTC)
        return midnight - _BACK, midnight + _AHEAD

    @property
    def _language(self) -> str:
        return self.catalogue.tenant.languages[0]

    def _part(self, view: BookingView, position: int) -> Entry:
        part = view.parts[position]
        return self._entry(view, part.name(self._language), part, booking_uid(self._key, view.id, position))

    def _visit(self, view: BookingView) -> Entry:
        name = f"{view.service_name(self._language)} · {view.staff_name}"
        return self._entry(view, name, view, booking_uid(self._key, view.id))

    def _entry(self, view: BookingView, name: str, times: BookedPart | BookingView, uid: str) -> Entry:
        place = self.catalogue.locations_by_id.get(view.location_id)
        people = f" ×{view.party_size}" if view.party_size > 1 else ""
        return Entry(
            uid=uid,
            sequence=view.sequence,
            status=entry_status(view.status),
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            summary=f"{view.customer_name or self.words.unnamed}{people} · {name}",
            location=", ".join(filter(None, (view.location_name(self._language), view.location_address))),
            position=place.position if place else None,
            description=view.customer_phone or "",
        )

    async def _blocked(self, team: Sequence[Staff], *, names: bool = False) -> list[Entry]:
        blocks = await blocks_of(self.uow, self.catalogue, [person.id for person in team], *self._span)
        return [self._block(block, names) for block in blocks]

    def _block(self, block: Block, names: bool) -> Entry:
        """Nothing but its times tells one from another: a block that changes is another one."""
        first, last = (int(instant.timestamp()) for instant in (block.starts_at, block.ends_at))
        words = (block.note or self.words.blocked, self.catalogue.staff_by_id[block.staff_id].name if names else "")
        return Entry(
            uid=f"blocked-{block.staff_id}-{first}-{last}@{self._key}.booka",
            sequence=0,
            status=EntryStatus.CONFIRMED,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            summary=" · ".join(filter(None, words)),
        )

    @property
    def _key(self) -> str:
        return self.catalogue.tenant.key


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
