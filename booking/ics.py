"""Bookings as iCalendar text (RFC 5545): files that are sent, and calendars that programs subscribe to.

Times are written in UTC. Each entry stands for itself, none recurs, so an instant is all there is to say: it is right
across every change of the clock, and no program has to read a VTIMEZONE of ours. Programs show it in their own zone.

A file is published, not requested (RFC 5546): the booking is agreed in chat, a REQUEST would ask for a second answer
that nobody reads. What was published is taken back by CANCEL. A feed carries no method: it is a snapshot of what is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from booking.booking import Status

_PRODUCT = "-//Booka//Booka//EN"
# Programs come back at this pace where they heed it; Outlook reads the second name, others the first.
_REFRESH = timedelta(minutes=15)
# What an organizer's address is where there is no mail (Exchange writes it so).
_NO_MAIL = "invalid:nomail"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class EntryStatus(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. The same `uid` with a higher `sequence` takes the place of what a program knows; instants are UTC.

    `position` is latitude and longitude.
    """

    uid: str
    sequence: int
    status: EntryStatus
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    position: tuple[float, float] | None = None
    description: str = ""


def write_file(entries: Iterable[Entry], *, organizer: str, now: datetime) -> str:
    """A file to import; it cancels when every entry in it is cancelled. `organizer` is the business' name."""
    entries = list(entries)
    calendar = _calendar()
    gone = all(entry.status is EntryStatus.CANCELLED for entry in entries)
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    for entry in entries:
        event = _event(entry, now)
        event.add("organizer", _address(organizer))
        calendar.add_component(event)
    return _text(calendar)


def write_feed(entries: Iterable[Entry], *, name: str, zone: ZoneInfo, changed_at: datetime) -> str:
    """A calendar to subscribe to. The same entries at the same `changed_at` make the same text."""
    calendar = _calendar()
    for key, value in (("name", name), ("x-wr-calname", name), ("x-wr-timezone", zone.key)):
        # A name that the library does not know, or knows no type of, would be written as it is.
        calendar.add(key, vText(_plain(value)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        calendar.add_component(_event(entry, changed_at))
    return _text(calendar)


def booking_uid(tenant_key: str, booking_id: int, part: int = 0) -> str:
    """For good, whatever becomes of the booking. `part` is the place in a visit, where its parts are shown apart."""
    return f"booking-{booking_id}{f'-{part + 1}' if part else ''}@{tenant_key}.booka"


def entry_status(status: Status) -> EntryStatus:
    if status in (Status.HELD, Status.PENDING_APPROVAL):
        return EntryStatus.TENTATIVE
    return EntryStatus.CANCELLED if status in (Status.CANCELLED, Status.EXPIRED) else EntryStatus.CONFIRMED


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry, changed_at: datetime) -> Event:
    """No alarm: we remind in chat, and programs add what their owner likes."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("status", entry.status.value)
    event.add("transp", "TRANSPARENT" if entry.status is EntryStatus.CANCELLED else "OPAQUE")
    for key in ("summary", "location", "description"):
        if text := _plain(getattr(entry, key)):
            event.add(key, text)
    if entry.position is not None:
        event.add("geo", entry.position)
    return event


def _address(name: str) -> vCalAddress:
    """The quotation mark cannot be written inside a parameter."""
    address = vCalAddress(_NO_MAIL)
    address.params["CN"] = " ".join(_plain(name).split()).replace('"', "'")
    return address


def _plain(text: str) -> str:
    """A lone carriage return would begin a line of its own in some programs; other control characters are forbidden."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(calendar: Calendar) -> str:
    text: str = calendar.to_ical().decode()
    return text
