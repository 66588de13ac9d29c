"""What the bookings of the shop should be: a plain model that knows no database, and the naive oracle for what is free.

A method raises the error that the engine should raise; else it says, or does, what the engine should do.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from booking.booking import (
    AlreadyDecidedError,
    By,
    IllegalTransitionError,
    NotBookableError,
    NotStartedError,
    SlotTakenError,
    Status,
    TooLateToCancelError,
    TooLateToChangeError,
    TooManyBookingsError,
)
from tests.booking.machine_deals import (
    SERVICES,
    Deal,
    Part,
    Plan,
    Wish,
    asked_staff,
    blocked_spans,
    booked_blocks,
    busy_spans,
    calendars_of,
    parts_of,
    seats_left,
)
from tests.booking.naive_visits import Way, find_ways, is_free_at, naive_visits
from tests.booking.shop import SHOP
from tests.booking.worlds import World

DAYS = (date(2026, 3, 2), date(2026, 3, 3))
HOLD_FOR, ANSWER_WITHIN, MOST_OPEN, CANCEL_UNTIL = timedelta(minutes=10), timedelta(hours=3), 4, timedelta(hours=2)
_OVER = (Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW)


@dataclass
class Model:
    approves: bool
    fill_gaps: bool
    staff_choice: str
    now: datetime
    deals: dict[int, Deal] = field(default_factory=dict)
    blocked: dict[str, set[int]] = field(default_factory=lambda: {"ada": set(), "bea": set()})

    def has_lapsed(self, deal: Deal) -> bool:
        waits = deal.status in (Status.HELD, Status.PENDING_APPROVAL)
        return deal.status is Status.EXPIRED or (waits and deal.hold_until is not None and deal.hold_until <= self.now)

    def live(self) -> list[Deal]:
        return [deal for deal in self.deals.values() if deal.status not in _OVER and not self.has_lapsed(deal)]

    def holds_of(self, customer: int | None) -> set[int]:
        return {deal.id for deal in self.live() if deal.status is Status.HELD and deal.customer == customer}

    def free(self, wish: Wish, customer: int | None = None) -> list[Any]:
        """(start, end, who) as the list should show it."""
        return list(naive_visits(self._world(wish, self.holds_of(customer))))

    def ways(self, wish: Wish, starts_at: datetime, *, but: Collection[int] = ()) -> list[Way]:
        if wish.seats > SERVICES[wish.parts[0][0]]["seats"] > 1:
            return []
        return find_ways(self._world(wish, but), starts_at)

    def plan_hold(self, customer: int, wish: Wish, starts_at: datetime, series: str | None = None) -> Plan:
        """The first way; any, where something of one's own has to make room."""
        own = self.holds_of(customer)
        for but in (set[int](), own):
            ways = [parts_of(wish, way, starts_at) for way in self.ways(wish, starts_at, but=but)]
            if ways:
                in_the_way = {id for id in but if self._is_in_the_way(self.deals[id], ways[0])}
                self._check_open(customer, in_the_way, series)
                return Plan(tuple(ways if but else ways[:1]), frozenset(but))
        raise self._refusal(wish, starts_at)

    def confirm(self, deal: Deal, raw: Status) -> None:
        """`raw` is the status as stored: what has lapsed may be stored as it was."""
        if deal.status in _OVER:
            raise IllegalTransitionError
        if deal.status is Status.CONFIRMED or (
            raw is Status.PENDING_APPROVAL and deal.status is Status.PENDING_APPROVAL
        ):
            return
        if self.has_lapsed(deal):
            if deal.starts_at <= self.now or not self._is_free(deal, deal.parts):
                raise SlotTakenError
            deal.agreed = None
        self._settle(deal, Status.PENDING_APPROVAL if self.approves else Status.CONFIRMED)

    def pay(self, deal: Deal, raw: Status) -> bool:
        """Whether the money is kept."""
        if raw not in (Status.HELD, Status.EXPIRED):
            return raw is not Status.CANCELLED
        try:
            self.confirm(deal, raw)
        except SlotTakenError:
            return False
        return True

    def approve(self, deal: Deal) -> None:
        if deal.status is not Status.PENDING_APPROVAL or self.has_lapsed(deal):
            raise AlreadyDecidedError
        self._settle(deal, Status.CONFIRMED)
        deal.agreed = None

    def decline(self, deal: Deal, raw: Status) -> None:
        if raw is not Status.PENDING_APPROVAL:
            raise AlreadyDecidedError
        if not self._go_back(deal):
            self.end(deal, Status.CANCELLED)

    def cancel(self, deal: Deal, raw: Status, by: By) -> None:
        if raw is Status.CANCELLED:
            return
        if by == "customer" and self._is_too_late(deal, raw):
            raise TooLateToCancelError
        if raw not in (Status.HELD, Status.PENDING_APPROVAL, Status.CONFIRMED):
            raise IllegalTransitionError
        self.end(deal, Status.CANCELLED)

    def expire(self, deal: Deal) -> None:
        if self.has_lapsed(deal) and not self._go_back(deal):
            self.end(deal, Status.EXPIRED)

    def settle(self, deal: Deal, outcome: Status) -> None:
        """It took place, or nobody came."""
        ended = (Status.COMPLETED, Status.NO_SHOW)
        if deal.status is outcome:
            return
        if deal.status is not Status.CONFIRMED and deal.status not in ended:
            raise IllegalTransitionError
        if self.now < deal.starts_at:
            raise NotStartedError
        self.end(deal, outcome)

    def plan_move(self, deal: Deal, starts_at: datetime, staff: str | None, by: By) -> tuple[Part, ...]:
        if deal.status not in (Status.CONFIRMED, Status.PENDING_APPROVAL):
            raise IllegalTransitionError
        if by == "customer" and self._is_too_late(deal, deal.status):
            raise TooLateToChangeError
        wish = Wish(tuple((part.service, asked_staff(part.service, staff)) for part in deal.parts), seats=deal.seats)
        stays = all(not asked or part.who[0] in asked for part, (_, asked) in zip(deal.parts, wish.parts, strict=True))
        if starts_at == deal.starts_at and stays:
            return deal.parts
        ways = self.ways(wish, starts_at, but={deal.id})
        if not ways:
            raise self._refusal(wish, starts_at)
        present = tuple(part.who for part in deal.parts)
        nearest = min(ways, key=lambda way: sum(a != b for a, b in zip(way, present, strict=True)))
        return parts_of(wish, nearest, starts_at)

    def move(self, deal: Deal, parts: tuple[Part, ...], by: By) -> None:
        if parts == deal.parts:
            return
        if by == "customer" and self.approves and deal.status is Status.CONFIRMED:
            deal.status, deal.agreed = Status.PENDING_APPROVAL, deal.parts
        deal.parts = parts
        self._settle(deal, deal.status)

    def in_the_way(self, staff: str, starts_at: datetime, ends_at: datetime) -> set[int]:
        """Bookings that take this person's time then."""
        return {
            deal.id
            for deal in self.live()
            for part in deal.parts
            if staff in part.who and part.occupied[0] < ends_at and starts_at < part.occupied[1]
        }

    def _is_too_late(self, deal: Deal, raw: Status) -> bool:
        """By what was agreed: what is only asked for does not count."""
        agreed = deal.agreed if raw is Status.PENDING_APPROVAL else deal.parts if raw is Status.CONFIRMED else None
        return agreed is not None and agreed[0].starts_at - self.now < CANCEL_UNTIL

    def end(self, deal: Deal, status: Status) -> None:
        deal.status, deal.agreed = status, None

    def _settle(self, deal: Deal, status: Status) -> None:
        waits = status is Status.PENDING_APPROVAL
        deal.status, deal.hold_until = status, min(deal.starts_at, self.now + ANSWER_WITHIN) if waits else None

    def _go_back(self, deal: Deal) -> bool:
        """To what was agreed before the request, while that is to come and free."""
        if deal.agreed is None or deal.agreed[0].starts_at <= self.now or not self._is_free(deal, deal.agreed):
            return False
        deal.parts, deal.agreed = deal.agreed, None
        self._settle(deal, Status.CONFIRMED)
        return True

    def _is_free(self, deal: Deal, parts: tuple[Part, ...]) -> bool:
        wish = Wish(tuple((part.service, part.who) for part in parts), seats=deal.seats)
        way = tuple(part.who for part in parts)
        return is_free_at(self._world(wish, {deal.id}), way, parts[0].starts_at)

    def _is_in_the_way(self, deal: Deal, parts: tuple[Part, ...]) -> bool:
        """On a calendar that is wanted, between the first and the last minute of what is wanted."""
        wanted = {key for part in parts for key in calendars_of(part)}
        first, last = min(part.occupied[0] for part in parts), max(part.occupied[1] for part in parts)
        spans = [(key, *part.occupied) for part in deal.parts for key in calendars_of(part)] + deal.rooms
        return any(key in wanted and start < last and first < end for key, start, end in spans)

    def _check_open(self, customer: int, but: Collection[int], series: str | None) -> None:
        """What is agreed or waits, and is not over; a series is one."""
        theirs = [deal for deal in self.live() if deal.customer == customer and deal.ends_at > self.now]
        kept = {deal.series or str(deal.id) for deal in theirs if deal.id not in but}
        if len(kept - {series}) >= MOST_OPEN:
            raise TooManyBookingsError

    def _refusal(self, wish: Wish, starts_at: datetime) -> Exception:
        """Somebody has it, or it was never offered."""
        if wish.seats > SERVICES[wish.parts[0][0]]["seats"] > 1:
            return NotBookableError()
        empty = self._world(wish) | {"busy": [], "seats": [], "booked": []}
        if self.fill_gaps:
            empty["step"] = 1
        return SlotTakenError() if find_ways(empty, starts_at) else NotBookableError()

    def _world(self, wish: Wish, but: Collection[int] = ()) -> World:
        live = [deal for deal in self.live() if deal.id not in but]
        return SHOP | {
            "now": self.now.isoformat(),
            "fill_gaps": self.fill_gaps,
            "staff_choice": self.staff_choice,
            "first": DAYS[0].isoformat(),
            "last": DAYS[1].isoformat(),
            "visit": [{"service": service, "staff": list(staff)} for service, staff in wish.parts],
            "same_person": wish.same_person,
            "busy": [*busy_spans(live), *blocked_spans(self.blocked)],
            "seats": seats_left(live, wish),
            "booked": booked_blocks(
                deal
                for deal in self.deals.values()
                if deal.id not in but and deal.status is not Status.CANCELLED and not self.has_lapsed(deal)
            ),
        }
