"""From a wish to a time: days with room, times of a day, and the summary once one time is left."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from booking.availability import Slot
from dialog.booking_steps.free import free_days, free_slots, horizon, time_filter
from dialog.booking_steps.missed import remember_missed, with_waiting
from dialog.booking_steps.series import summarise_series
from dialog.booking_steps.summary import summarise
from dialog.booking_steps.wish import Wish
from dialog.labels import day_label, day_words, local_moment_words, time_label
from dialog.messages import Choice, Reply
from dialog.offers import PAGE, Option, ask
from dialog.progress import ANY_DAY
from dialog.taps import date_id, day_of, instant_of, slot_id, tap_id
from dialog.turn import Turn

_SOONEST = 6


async def find_time(turn: Turn, wish: Wish) -> Reply:
    fields = turn.session.fields
    if "starts_at" in fields:
        return await _tapped_time(turn, wish, fields["starts_at"])
    if "asap" in fields:
        return await offer_soonest(turn, wish)
    day = day_of(str(fields.get("date", "")))
    if day is None:
        return await offer_days(turn, wish, _days_text(turn, wish))
    return await _times_of_day(turn, wish, day)


async def _tapped_time(turn: Turn, wish: Wish, minutes: str) -> Reply:
    starts_at = instant_of(minutes)
    if starts_at is None:
        turn.session = turn.session.with_fields(starts_at=None)
        return await offer_days(turn, wish, _days_text(turn, wish))
    local = starts_at.astimezone(wish.zone)
    if starts_at <= turn.now:
        turn.session = turn.session.with_fields(starts_at=None)
        return await offer_days(turn, wish, turn.say("book.time_past", moment=local_moment_words(local, turn.language)))
    turn.session = turn.session.with_fields(
        starts_at=None, date=local.date().isoformat(), time=local.strftime("%H:%M"), date_range=None, time_range=None
    )
    slots = await free_slots(turn, wish, local.date(), local.date())
    slot = next((slot for slot in slots if slot.starts_at == starts_at), None)
    if slot is not None:
        return await _summarise(turn, wish, slot)
    return await offer_times(turn, wish, local.date(), slots, lost=local)


async def _times_of_day(turn: Turn, wish: Wish, day: date) -> Reply:
    first, last = horizon(turn, wish.zone)
    if not first <= day <= last:
        turn.session = turn.session.with_fields(date=None)
        key, shown = ("book.day_past", day) if day < first else ("book.day_too_far", last)
        return await offer_days(turn, wish, turn.say(key, day=day_words(shown, turn.language)))
    slots = await free_slots(turn, wish, day, day)
    fits = time_filter(turn.session.fields)
    zone = wish.zone
    fitting = [slot for slot in slots if fits(slot.starts_at.astimezone(zone))]
    if "time" in turn.session.fields and fitting:
        return await _summarise(turn, wish, fitting[0])
    if "time" in turn.session.fields and slots:
        return await offer_times(turn, wish, day, slots, missed=turn.session.fields["time"])
    if fitting:
        return await offer_times(turn, wish, day, fitting)
    remember_missed(turn, wish, date=day.isoformat())
    if slots:
        text = turn.say("book.part_full", day=day_words(day, turn.language))
        reply = ask(turn, "time", text, _time_options(turn, wish, slots), list_label="list.times")
        return with_waiting(turn, wish, reply)
    turn.session = turn.session.with_fields(date=None)
    return await offer_days(turn, wish, turn.say("book.day_full", day=day_words(day, turn.language)), after=day)


async def _summarise(turn: Turn, wish: Wish, slot: Slot) -> Reply:
    recurs = wish.moves is None and "recurrence" in turn.session.fields
    return await summarise_series(turn, wish, slot) if recurs else summarise(turn, wish, slot)


async def offer_days(turn: Turn, wish: Wish, text: str, *, after: date | None = None) -> Reply:
    """Days that have room for the wish, soonest first; `after` was wished for and is full."""
    first, last = horizon(turn, wish.zone)
    window = turn.session.fields.get("date_range") or {}
    first = max(first, day_of(window.get("start") or "") or first, after or first)
    last = min(last, day_of(window.get("end") or "") or last)
    wanted = (turn.session.page + 2) * PAGE + 1
    fits = time_filter(turn.session.fields)
    days = await free_days(turn, wish, first, last, wanted, fits)
    is_full = bool(after) or not days
    if not days and (after or window or "time" in turn.session.fields or "time_range" in turn.session.fields):
        if not after:
            text = turn.say("book.none_then")
            remember_missed(turn, wish, date_range=window or ANY_DAY)
        turn.session = turn.session.with_fields(date_range=None, time=None, time_range=None)
        days = await free_days(turn, wish, *horizon(turn, wish.zone), wanted, lambda local: True)
    if not days:
        return _nothing_free(turn, wish)
    staff = wish.staff.id if wish.staff else None
    options = [
        Option("date", day.isoformat(), day_label(day, turn.language), date_id(day, wish.service_ids, staff))
        for day in days
    ]
    reply = ask(turn, "date", text, options, list_label="list.days")
    return with_waiting(turn, wish, reply) if is_full else reply


async def offer_times(
    turn: Turn,
    wish: Wish,
    day: date,
    slots: list[Slot],
    *,
    lost: datetime | None = None,
    missed: str | None = None,
) -> Reply:
    """Times of one day; `lost` was just taken, `missed` was wished for and is not free: then the nearest come first."""
    if not slots:
        turn.session = turn.session.with_fields(time=None)
        remember_missed(turn, wish, date=day.isoformat())
        turn.session = turn.session.with_fields(date=None)
        text = turn.say("book.day_full", day=day_words(day, turn.language))
        lines = (
            [text] if lost is None else [turn.say("book.taken", moment=local_moment_words(lost, turn.language)), text]
        )
        return await offer_days(turn, wish, "\n".join(lines), after=day)
    turn.session = turn.session.with_fields(time=None)
    near = lost.strftime("%H:%M") if lost else missed
    if near is None:
        text = _times_text(turn, wish, day)
        return ask(turn, "time", text, _time_options(turn, wish, slots), list_label="list.times")
    remember_missed(turn, wish, date=day.isoformat(), time=near)
    nearest = _nearest(turn, wish, slots, near)
    text = _near_text(turn, day, lost, near)
    reply = ask(turn, "time", text, _time_options(turn, wish, nearest), list_label="list.times")
    if len(slots) == len(nearest):
        return reply
    turn.session = replace(turn.session, page=-1)  # "more" goes on with the whole day, from its first page
    return replace(reply, choices=(*reply.choices, Choice(tap_id("more", 0), turn.say("button.more"))))


async def offer_soonest(turn: Turn, wish: Wish) -> Reply:
    zone = wish.zone
    first, last = horizon(turn, zone)
    slots: list[Slot] = []
    while first <= last and len(slots) < _SOONEST:
        slots += await free_slots(turn, wish, first, first + timedelta(days=6))
        first += timedelta(days=7)
    if not slots:
        return _nothing_free(turn, wish)
    options = [
        Option(
            "time",
            slot.starts_at.astimezone(zone).strftime("%H:%M"),
            f"{day_label(slot.starts_at.astimezone(zone).date(), turn.language)} "
            f"{time_label(slot.starts_at.astimezone(zone), turn.language)}",
            slot_id(slot.starts_at, wish.service_ids, wish.staff.id if wish.staff else None),
        )
        for slot in slots[:_SOONEST]
    ]
    text = turn.say("book.soonest", service=wish.name(turn.language))
    return ask(turn, "time", text, options, list_label="list.times")


def _time_options(turn: Turn, wish: Wish, slots: list[Slot]) -> list[Option]:
    zone = wish.zone
    staff = wish.staff.id if wish.staff else None
    return [
        Option(
            "time",
            slot.starts_at.astimezone(zone).strftime("%H:%M"),
            time_label(slot.starts_at.astimezone(zone), turn.language),
            slot_id(slot.starts_at, wish.service_ids, staff),
        )
        for slot in slots
    ]


def _nearest(turn: Turn, wish: Wish, slots: list[Slot], clock: str) -> list[Slot]:
    """The page nearest to the wished time, in order of time."""
    zone = wish.zone
    hours, minutes = (int(part) for part in clock.split(":"))

    def distance(slot: Slot) -> int:
        local = slot.starts_at.astimezone(zone)
        return abs((local.hour - hours) * 60 + local.minute - minutes)

    return sorted(sorted(slots, key=distance)[:PAGE], key=lambda slot: slot.starts_at)


def _days_text(turn: Turn, wish: Wish) -> str:
    return _with_staff(turn, wish, "book.ask_day")


def _times_text(turn: Turn, wish: Wish, day: date) -> str:
    return _with_staff(turn, wish, "book.ask_time", day=day_words(day, turn.language))


def _with_staff(turn: Turn, wish: Wish, key: str, **values: Any) -> str:
    named = {"service": wish.name(turn.language), **values}
    if wish.staff is None or any(item.staff_ids != (wish.staff.id,) for item in wish.items):
        return turn.say(key, **named)
    return turn.say(f"{key}_with", staff=wish.staff.name, **named)


def _near_text(turn: Turn, day: date, lost: datetime | None, clock: str) -> str:
    if lost is not None:
        return (
            f"{turn.say('book.taken', moment=local_moment_words(lost, turn.language))} {turn.say('book.these_times')}"
        )
    shown = time_label(datetime.combine(day, time.fromisoformat(clock)), turn.language)
    return turn.say("book.time_not_free", time=shown, day=day_words(day, turn.language))


def _nothing_free(turn: Turn, wish: Wish) -> Reply:
    turn.session = turn.session.without_question()
    if "missed" not in turn.session.fields:
        remember_missed(turn, wish, date_range=ANY_DAY)
    has_others = any(len(item.service.staff_ids) > 1 for item in wish.items)
    other, label = ("staff", "other_staff") if wish.staff and has_others else ("service", "other_service")
    choices = (
        Choice(tap_id("change", other), turn.say(f"button.{label}")),
        Choice(tap_id("person"), turn.say("button.person")),
        Choice(tap_id("menu"), turn.say("button.menu")),
    )
    reply = Reply(turn.say("book.nothing_free", days=turn.catalogue.rules.horizon_days), choices)
    return with_waiting(turn, wish, reply)
