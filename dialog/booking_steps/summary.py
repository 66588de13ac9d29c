"""The summary before a yes, and the hash that ties the yes to it."""

import hashlib
from dataclasses import replace
from datetime import datetime

from booking.availability import Slot
from booking.catalogue import Staff
from dialog.booking_steps.wish import Wish
from dialog.labels import moment_words, price_label, with_people
from dialog.messages import Choice, Reply
from dialog.taps import tap_id
from dialog.turn import Turn


def summarise(turn: Turn, wish: Wish, slot: Slot) -> Reply:
    """Names service, staff, day, time, place and price; only a yes to exactly this books it."""
    staff = shown_staff(wish, slot)
    zone = wish.zone(turn)
    local = slot.starts_at.astimezone(zone)
    place = next((p for p in turn.catalogue.locations if p.id == staff.location_id), None)
    text = turn.say(
        "book.summary",
        service=with_people(wish.service.name(turn.language), wish.seats, turn.language),
        staff=staff.name,
        moment=moment_words(slot.starts_at, zone, turn.language),
        location=", ".join(filter(None, (place.name(turn.language), place.address))) if place else turn.tenant.name,
        price=price_label(wish.price, turn.language),
    )
    if int(turn.session.fields.get("party_size") or 1) > wish.seats:
        text = f"{turn.say('book.one_person')}\n\n{text}"
    draft = draft_of(wish, slot.starts_at)
    session = turn.session.without_question().with_fields(
        service=wish.service.key,
        date=local.date().isoformat(),
        time=local.strftime("%H:%M"),
        instant=slot.starts_at.isoformat(),
        date_range=None,
        time_range=None,
    )
    turn.session = replace(session, flow="book", question="confirm", draft=draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_book")),
        Choice(tap_id("change", "time"), turn.say("button.other_time")),
        Choice(tap_id("leave"), turn.say("button.leave")),
    )
    return Reply(text, choices)


def shown_staff(wish: Wish, slot: Slot) -> Staff:
    """The wished person, else the first of the free ones: the one that booking tries first."""
    free = {member.id: member for member in wish.candidates}
    return wish.staff or next(free[staff_id] for staff_id in slot.staff_ids if staff_id in free)


def draft_of(wish: Wish, starts_at: datetime) -> str:
    """Changes with everything that the summary shows and that its wish decides."""
    said = (
        wish.service.key,
        *map(str, wish.staff_ids),
        starts_at.isoformat(),
        str(wish.price),
        str(wish.seats),
    )
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]
