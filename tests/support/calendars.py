"""Calendar texts as a program reads them."""

from typing import Any

from icalendar import Calendar


def parsed(text: str | bytes) -> Any:
    """The calendar; its `events` have no errors, are named once each and carry what every program needs."""
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    names = [str(event["uid"]) for event in calendar.events]
    assert len(set(names)) == len(names)
    for event in calendar.events:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY"} <= event.keys()
    return calendar
