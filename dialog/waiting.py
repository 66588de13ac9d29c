"""How a wait is told: what for, with whom, on which days and at which times; and the way out of it."""

from datetime import time

from booking.catalogue import Catalogue
from booking.waitlist_rows import Entry, Wanted
from dialog.labels import day_words, time_label, with_people
from dialog.messages import Choice
from dialog.taps import tap_id
from dialog.texts import say
from dialog.turn import Turn


def wait_words(catalogue: Catalogue, wanted: Wanted, language: str) -> dict[str, str]:
    """`what`: `Haircut with Nadia`; `when`: `Friday 6 March 2026, from 14:00 to 18:00`."""
    return {
        "what": _what(catalogue, wanted, language),
        "when": ", ".join(filter(None, (_days(wanted, language), _times(wanted, language)))),
    }


def leave_choices(turn: Turn, entry: Entry) -> tuple[Choice, ...]:
    return (
        Choice(tap_id("unwait", entry.id), turn.say("button.leave_list")),
        Choice(tap_id("flow", "list_bookings"), turn.say("button.my_bookings")),
    )


def service_words(catalogue: Catalogue, wanted: Wanted, language: str) -> str:
    """Empty where the service is no longer offered: such a wait ends within a minute."""
    visit = wanted.visit(catalogue)
    return with_people(visit.first.name(language), wanted.party_size, language) if visit else ""


def _what(catalogue: Catalogue, wanted: Wanted, language: str) -> str:
    service = service_words(catalogue, wanted, language)
    person = catalogue.staff_by_id.get(wanted.staff_id or 0)
    place = catalogue.locations_by_id.get(wanted.location_id or 0)
    who = say(language, "waitlist.with", staff=person.name) if person else say(language, "waitlist.with_anyone")
    where = place.name(language) if place and len(catalogue.locations) > 1 else ""
    return ", ".join(filter(None, (f"{service} {who}", where)))


def _days(wanted: Wanted, language: str) -> str:
    if wanted.from_date == wanted.to_date:
        return day_words(wanted.from_date, language)
    return say(
        language, "waitlist.days", first=day_words(wanted.from_date, language), last=day_words(wanted.to_date, language)
    )


def _times(wanted: Wanted, language: str) -> str:
    """Nothing where any time of day will do."""
    start, end = (_clock(clock, language) for clock in (wanted.from_time, wanted.to_time))
    if start and start == end:
        return say(language, "waitlist.at", time=start)
    if start and end:
        return say(language, "waitlist.between", start=start, end=end)
    if start:
        return say(language, "waitlist.after", start=start)
    return say(language, "waitlist.before", end=end) if end else ""


def _clock(clock: str | None, language: str) -> str:
    """24:00 is the end of the day: no bound at all."""
    return time_label(time.fromisoformat(clock), language) if clock and clock != "24:00" else ""
