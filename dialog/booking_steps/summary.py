"""The summary before a yes, and the hash that ties the yes to it."""

import hashlib
from dataclasses import replace
from datetime import datetime

from booking.availability import Slot
from booking.catalogue import Staff
from dialog.booking_steps.wish import Wish
from dialog.labels import moment_words, price_label, with_people
from dialog.messages import Choice, Reply
from dialog.notices import old_words
from dialog.policy import policy_words
from dialog.taps import tap_id
from dialog.turn import Turn


def summarise(turn: Turn, wish: Wish, slot: Slot) -> Reply:
    """Names service, staff, day, time, place and price; only a yes to exactly this books it."""
    staff = shown_staff(wish, slot)
    zone, price = wish.zone(turn), wish.price(staff.id)
    place = next((p for p in turn.catalogue.locations if p.id == staff.location_id), None)
    text = turn.say(
        "move.summary" if wish.moves else "book.summary",
        **old_words(wish.moves, turn.language),
        service=with_people(wish.service.name(turn.language), wish.seats, turn.language),
        staff=staff.name,
        moment=moment_words(slot.starts_at, zone, turn.language),
        location=", ".join(filter(None, (place.name(turn.language), place.address))) if place else turn.tenant.name,
        price="\n".join(
            filter(None, (price_label(price, turn.language), policy_words(turn.tenant, turn.language, price)))
        ),
    )
    if int(turn.session.fields.get("party_size") or 1) > wish.seats:
        text = f"{turn.say('book.one_person')}\n\n{text}"
    draft = draft_of(wish, slot.starts_at, staff.id)
    remember(turn, wish, slot.starts_at, staff, draft)
    choices = (
        Choice(tap_id("yes", draft), turn.say("button.yes_move" if wish.moves else "button.yes_book")),
        Choice(tap_id("change", "time"), turn.say("button.other_time")),
        Choice(tap_id("leave"), turn.say("button.keep" if wish.moves else "button.leave")),
    )
    return Reply(text, choices)


def remember(turn: Turn, wish: Wish, starts_at: datetime, staff: Staff, draft: str) -> None:
    """What a yes to this summary is about."""
    local = starts_at.astimezone(wish.zone(turn))
    session = turn.session.without_question().with_fields(
        service=wish.service.key,
        date=local.date().isoformat(),
        time=local.strftime("%H:%M"),
        instant=starts_at.isoformat(),
        shown_staff=staff.id,
        date_range=None,
        time_range=None,
    )
    flow = "reschedule" if wish.moves else "book"
    turn.session = replace(session, flow=flow, question="confirm", draft=draft)


def shown_staff(wish: Wish, slot: Slot) -> Staff:
    """The wished person, else the one that booking tries first: the present one of a move, the first of the free."""
    present = [m for m in wish.candidates if wish.moves and m.id == wish.moves.staff_id and m.id in slot.staff_ids]
    if wish.staff is None and present:
        return present[0]
    free = {member.id: member for member in wish.candidates}
    return wish.staff or next(free[staff_id] for staff_id in slot.staff_ids if staff_id in free)


def draft_of(wish: Wish, starts_at: datetime, staff_id: int) -> str:
    """Changes with everything that the summary shows and that its wish decides; `staff_id` is who was shown."""
    said = (
        wish.service.key,
        *map(str, wish.staff_ids),
        starts_at.isoformat(),
        str(wish.price(staff_id)),
        str(wish.seats),
        *((f"moves {wish.moves.id} {wish.moves.sequence}",) if wish.moves else ()),
    )
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]
