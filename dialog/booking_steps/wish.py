"""What the customer wants so far: a service, perhaps a person; and what is free for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking import availability
from booking.availability import Slot
from booking.catalogue import Service, Staff
from booking.queries import BookingView
from booking.visit import Item, Visit
from core.money import Money
from dialog.turn import Turn

_WINDOW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Wish:
    """`staff` None: anyone of the candidates. `seats`: for how many people, where that counts. `moves`: the booking
    that is to be moved, whose own time hides nothing and whose price stays."""

    service: Service
    staff: Staff | None
    candidates: tuple[Staff, ...]
    seats: int = 1
    moves: BookingView | None = None

    @property
    def staff_ids(self) -> tuple[int, ...]:
        """Who may do it; empty: anyone who does the service."""
        if self.staff is not None:
            return (self.staff.id,)
        chosen = tuple(member.id for member in self.candidates)
        return chosen if len(chosen) < len(self.service.staff_ids) else ()

    @property
    def item(self) -> Item:
        return Item(self.service, staff_ids=self.staff_ids)

    @property
    def visit(self) -> Visit:
        return Visit((self.item,), self.seats)

    def price(self, staff_id: int) -> Money | None:
        """With this person; what is moved keeps its price."""
        return self.visit.price((staff_id,)) if self.moves is None else self.moves.price

    def as_shown(self, staff_id: int) -> Visit:
        """The visit by those with whom it costs what the summary said, and takes as long."""
        item = self.item
        terms = (item.price(staff_id), item.minutes(staff_id))
        same = tuple(id for id in item.able if (item.price(id), item.minutes(id)) == terms)
        return Visit((replace(item, staff_ids=same),), self.seats)

    def zone(self, turn: Turn) -> ZoneInfo:
        member = self.staff or (self.candidates[0] if self.candidates else None)
        place = next((p for p in turn.catalogue.locations if member and p.id == member.location_id), None)
        return place.zone if place else turn.zone


def seats_wished(turn: Turn, service: Service) -> int:
    """How many people a booking is for: counted in groups and at tables, elsewhere each has an own appointment."""
    counts = service.is_group or turn.tenant.vertical == "hospitality"
    return max(1, int(turn.session.fields.get("party_size") or 1)) if counts else 1


async def free_slots(turn: Turn, wish: Wish, first: date, last: date) -> list[Slot]:
    """Slots of these local days, in order, that one of the candidates can take."""
    slots = await availability.find(
        turn.uow,
        turn.catalogue,
        wish.visit,
        from_date=first,
        to_date=last,
        now=turn.now,
        ignore_booking_id=wish.moves.id if wish.moves else None,
        customer_id=turn.customer_id,
    )
    return [slot for slot in slots if not _is_excluded(turn, wish, slot)]


async def free_days(
    turn: Turn, wish: Wish, first: date, last: date, count: int, fits: Callable[[datetime], bool]
) -> list[date]:
    """Up to `count` local days with at least one slot whose local start `fits`."""
    zone = wish.zone(turn)
    days: list[date] = []
    while first <= last and len(days) < count:
        until = min(last, first + timedelta(days=_WINDOW_DAYS - 1))
        for slot in await free_slots(turn, wish, first, until):
            local = slot.starts_at.astimezone(zone)
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
    if (
        wish.moves
        and wish.moves.starts_at == slot.starts_at
        and (not wish.staff_ids or wish.moves.staff_id in wish.staff_ids)
    ):
        return True  # where it is already
    local = slot.starts_at.astimezone(wish.zone(turn))
    excluded = turn.session.excluded
    if local.date().isoformat() in excluded.get("date", ()) or local.strftime("%H:%M") in excluded.get("time", ()):
        return True
    clock, day = local.strftime("%H:%M"), local.date().isoformat()
    return _within(clock, excluded.get("time_range", [])) or _within(day, excluded.get("date_range", []))


def _within(value: str, ranges: list[dict[str, str | None]]) -> bool:
    return any((r.get("start") or "") <= value <= (r.get("end") or "~") for r in ranges)
