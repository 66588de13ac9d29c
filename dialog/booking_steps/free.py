"""What is free for a wish: slots of some days, and days that have one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking import availability
from booking.availability import Slot
from booking.visit import Visit
from dialog.booking_steps.wish import Wish
from dialog.turn import Turn

_WINDOW_DAYS = 14


async def free_slots(turn: Turn, wish: Wish, first: date, last: date) -> list[Slot]:
    """Slots of these local days, in order, that those who were wished for can take; one person before several."""
    slots = await _find(turn, wish, wish.visit, first, last)
    if slots and wish.prefers_one:
        alone = await _find(turn, wish, replace(wish.visit, same_person=True), first, last)
        by_one = {slot.starts_at: slot.assignments for slot in alone}
        slots = [
            replace(slot, assignments=tuple(dict.fromkeys((*by_one.get(slot.starts_at, ()), *slot.assignments))))
            for slot in slots
        ]
    return [slot for slot in slots if not _is_excluded(turn, wish, slot)]


async def _find(turn: Turn, wish: Wish, visit: Visit, first: date, last: date) -> list[Slot]:
    return await availability.find(
        turn.uow,
        turn.catalogue,
        visit,
        from_date=first,
        to_date=last,
        now=turn.now,
        ignore_booking_id=wish.moves.id if wish.moves else None,
        customer_id=turn.customer_id,
    )


async def free_days(
    turn: Turn, wish: Wish, first: date, last: date, count: int, fits: Callable[[datetime], bool]
) -> list[date]:
    """Up to `count` local days with at least one slot whose local start `fits`."""
    days: list[date] = []
    while first <= last and len(days) < count:
        until = min(last, first + timedelta(days=_WINDOW_DAYS - 1))
        for slot in await free_slots(turn, wish, first, until):
            local = slot.starts_at.astimezone(wish.zone)
            if fits(local) and local.date() not in days:
                days.append(local.date())
        first = until + timedelta(days=1)
    return days[:count]


def time_filter(fields: dict[str, Any]) -> Callable[[datetime], bool]:
    """Whether a local start fits the time or the part of the day that was wished for."""
    exact, window = fields.get("time"), fields.get("time_range")
    if exact:
        return lambda local: local.strftime("%H:%M") == exact
    if window:
        start, end = window.get("start") or "00:00", window.get("end") or "24:00"
        return lambda local: start <= local.strftime("%H:%M") <= end
    return lambda local: True


def horizon(turn: Turn, zone: ZoneInfo) -> tuple[date, date]:
    """Today and the last bookable day, in local dates."""
    today = turn.now.astimezone(zone).date()
    return today, today + timedelta(days=turn.catalogue.rules.horizon_days)


def _is_excluded(turn: Turn, wish: Wish, slot: Slot) -> bool:
    if wish.moves and wish.moves.starts_at == slot.starts_at and _is_present(wish):
        return True  # where it is already
    local = slot.starts_at.astimezone(wish.zone)
    excluded = turn.session.excluded
    clock, day = local.strftime("%H:%M"), local.date().isoformat()
    if day in excluded.get("date", ()) or clock in excluded.get("time", ()):
        return True
    return _within(clock, excluded.get("time_range", [])) or _within(day, excluded.get("date_range", []))


def _is_present(wish: Wish) -> bool:
    """Whether those who do it now may go on doing it."""
    return all(staff_id in item.able for item, staff_id in zip(wish.items, wish.present, strict=True))


def _within(value: str, ranges: list[dict[str, str | None]]) -> bool:
    return any((r.get("start") or "") <= value <= (r.get("end") or "~") for r in ranges)
