"""The calendar file beside a message about a booking: who has taken one over is followed up on its changes."""

import re
import unicodedata

from booking.booking import Status
from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from booking.ics import Entry, EntryStatus, booking_uid, entry_status, write_file
from booking.queries import BookingView
from core.uow import UnitOfWork
from dialog.labels import with_people
from dialog.messages import Document
from dialog.texts import say

_LONGEST_NAME = 60
_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ø": "o", "Ø": "O", "’": " ", "'": " "}
)
_WORD = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")

_ANY_WRITTEN = "SELECT EXISTS (SELECT FROM outbox_messages WHERE tenant_id = $1 AND dedupe_key = ANY ($2::text[]))"


async def calendar_file(uow: UnitOfWork, language: str, *views: BookingView) -> Document | None:
    """What was agreed or called off, as it is stored now. A request is in nobody's calendar yet, and what never was
    there need not be taken out: None."""
    shown = [view for view in views if await _concerns_calendar(uow, view)]
    if not shown:
        return None
    catalogue, now = await load_catalogue(uow), uow.runtime.clock.now()
    entries = [_entry(catalogue, view, language) for view in shown]
    content = write_file(entries, organizer=catalogue.tenant.name, now=now)
    return Document(_key(shown[0].id, shown[0].sequence), _filename(shown[0], language), content)


async def _concerns_calendar(uow: UnitOfWork, view: BookingView) -> bool:
    """A series is written under the name of its first booking."""
    status = entry_status(view.status)
    if status is not EntryStatus.CANCELLED or view.series is not None:
        return status is not EntryStatus.TENTATIVE
    earlier = [_key(view.id, sequence) for sequence in range(view.sequence)]
    return bool(await uow.driver.fetchval(_ANY_WRITTEN, uow.tenant_id, earlier))


def _key(booking_id: int, sequence: int) -> str:
    """One file for each state of a booking."""
    return f"calendar:{booking_id}:{sequence}"


def _entry(catalogue: Catalogue, view: BookingView, language: str) -> Entry:
    place, tenant = catalogue.locations_by_id.get(view.location_id), catalogue.tenant
    return Entry(
        uid=booking_uid(tenant.key, view.id),
        sequence=view.sequence,
        status=entry_status(view.status),
        starts_at=view.starts_at,
        ends_at=view.ends_at,
        summary=say(language, "calendar.entry", service=_service(view, language), tenant=tenant.name),
        location=", ".join(filter(None, (view.location_name(language), view.location_address))),
        position=place.position if place else None,
        description=say(language, "calendar.about", staff=view.staff_name, tenant=tenant.name),
    )


def _filename(view: BookingView, language: str) -> str:
    """`Haircut 2026-03-03.ics`, in ASCII: vendors and phones differ in what else they take."""
    service = _service(view, language)
    if view.status in (Status.CANCELLED, Status.EXPIRED):
        service = say(language, "calendar.file_cancelled", service=service)
    name = _ascii(service) or _ascii(say(language, "calendar.file"))
    return f"{name} {view.starts_at.astimezone(view.zone).date().isoformat()}.ics"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return " ".join(_WORD.findall(plain))[:_LONGEST_NAME].strip()


def _service(view: BookingView, language: str) -> str:
    return with_people(view.service_name(language), view.party_size, language)
