"""A state machine that plays with the shop on real PostgreSQL, beside a model: each step is asked of both."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from booking import lifecycle
from booking.booking import Booking, Status
from booking.invariants import find_violations
from booking.visit import Visit
from core.clock import FixedClock
from core.errors import ExpectedError
from core.runtime import Runtime
from tests.booking.machine_deals import SERVICES, Deal, Plan, Wish
from tests.booking.machine_model import DAYS, HOLD_FOR, MOST_OPEN, Model
from tests.booking.shop import SHOP, shop_file
from tests.conftest import NOW
from tests.support.bookings import make_salon

_T = TypeVar("_T")
_U = TypeVar("_U")
_STUCK_S = 30
_QUARTER = timedelta(minutes=15)
WISHES = {
    "a cut": Wish((("cut", ()),)),
    "a cut by ada": Wish((("cut", ("ada",)),)),
    "colour": Wish((("colour", ()),)),
    "a seat": Wish((("class", ()),)),
    "two seats": Wish((("class", ()),), seats=2),
    "the show": Wish((("show", ()),)),
    "cut and colour by one": Wish((("cut", ()), ("colour", ())), same_person=True),
    "colour, then wash": Wish((("colour", ()), ("wash", ()))),
}
wishes = st.sampled_from(sorted(WISHES))
customers = st.integers(0, 2)
# Few enough to collide: Monday from 9:00 on, local time, and Tuesday around noon.
starts = st.integers(0, 20).map(lambda n: NOW + n * _QUARTER) | st.integers(10, 18).map(
    lambda n: NOW + timedelta(days=1) + n * _QUARTER
)
bookings = Bundle("bookings")


class Shop(RuleBasedStateMachine):
    """Engine and model agree on what happens, or on why it does not; what the engine chose freely the model adopts."""

    loop: asyncio.AbstractEventLoop
    runtime: Runtime

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_STUCK_S)

    @initialize(
        approves=st.booleans(), fill_gaps=st.booleans(), choice=st.sampled_from(["priority", "first", "least_busy"])
    )
    def open(self, approves: bool, fill_gaps: bool, choice: str) -> None:
        rules = {
            "slot_step_minutes": SHOP["step"],
            "min_notice_minutes": SHOP["min_notice"],
            "hold_minutes": HOLD_FOR // timedelta(minutes=1),
            "cancel_until_hours": 2,
            "max_open_bookings_per_customer": MOST_OPEN,
            "requires_approval": approves,
            "approval_timeout_hours": 3,
            "staff_choice": choice,
            "fill_gaps": fill_gaps,
        }
        self.salon = self.run(make_salon(self.runtime, rules=rules, **shop_file()))
        self.model = Model(approves, fill_gaps, choice, NOW)
        self.set_clock(NOW)
        self.steps = 0
        self.commands: dict[int, tuple[str, int, str, datetime]] = {}
        self.customers = [self.run(self.salon.customer()) for _ in range(3)]

    def set_clock(self, now: datetime) -> None:
        assert isinstance(self.runtime.clock, FixedClock)
        self.runtime.clock.set(now)
        self.model.now = now

    @rule(minutes=st.sampled_from([1, 11, 31]))
    def wait(self, minutes: int) -> None:
        self.set_clock(self.model.now + timedelta(minutes=minutes))

    def visit(self, wish: str) -> Visit:
        said = WISHES[wish]
        items = tuple(self.salon.item(service, *staff) for service, staff in said.parts)
        return Visit(items, said.seats, said.same_person)

    def both(self, expect: Callable[[], _T], work: Coroutine[Any, Any, _U]) -> tuple[_T, _U] | None:
        """What the model says and what the engine does; None when both refuse for the same reason."""
        expected, planned = outcome(expect)
        refused, done = outcome(lambda: self.run(work))
        assert refused is expected, f"{refused} is not {expected}"
        return None if refused else (planned, done)  # type: ignore[return-value]

    def change(self, id: int, expect: Callable[[Deal], None], act: Callable[..., Awaitable[Any]], **how: Any) -> None:
        """One act on one booking; the rooms of its new time are the engine's choice."""
        deal = self.model.deals[id]
        if self.both(lambda: expect(deal), self.salon.unit(lambda uow: act(uow, id, now=self.model.now, **how))):
            deal.rooms = self.rooms_of(id)

    def adopt(self, customer: int, wish: str, plan: Plan, booking: Booking, until: datetime) -> int:
        """What was planned is held now; of what may make room for it the engine has chosen."""
        for id in plan.dispensable:
            if self.stored(id) is Status.CANCELLED:
                self.model.end(self.model.deals[id], Status.CANCELLED)
        first = self.salon.catalogue.staff_by_id[booking.staff_id].key
        parts = next(parts for parts in plan.ways if parts[0].who[0] == first)
        deal = Deal(booking.id, customer, WISHES[wish].seats, parts, Status.HELD, until, booking.series)
        self.model.deals[booking.id] = deal
        deal.rooms = self.rooms_of(booking.id)
        return booking.id

    def sweep_seats(self) -> None:
        """Till the sweep comes by, within seconds, a group is kept as long as the longest of its holds was."""
        for deal in self.model.deals.values():
            if deal.is_group and self.model.has_lapsed(deal):
                self.run(self.salon.unit(partial(lifecycle.expire, booking_id=deal.id, now=self.model.now)))
                self.model.expire(deal)

    def sql(self, statement: str, *arguments: Any) -> list[Any]:
        return self.run(self.salon.sql(statement, *arguments))

    def stored(self, id: int) -> Status:
        return Status(self.sql("SELECT status FROM bookings WHERE id = $1", id)[0]["status"])

    def rooms_of(self, id: int) -> list[tuple[str, datetime, datetime]]:
        """Of a kind: which one it is, is for the engine to choose."""
        chosen = {room.id: room.key for room in self.salon.catalogue.resources if room.category}
        rows = self.sql("SELECT resource_id, starts_at, ends_at FROM occupancy WHERE booking_id = $1", id)
        return [(chosen[row[0]], row[1], row[2]) for row in rows if row[0] in chosen]

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        assert self.run(self.salon.unit(find_violations)) == []
        rows = self.sql("SELECT id, status, hold_until, starts_at, ends_at, party_size FROM bookings")
        assert {row["id"] for row in rows} == set(self.model.deals)
        for row in rows:
            deal = self.model.deals[row["id"]]
            lapses = row["status"] in (Status.HELD, Status.PENDING_APPROVAL) and row["hold_until"] <= self.model.now
            if self.model.has_lapsed(deal):
                # Nobody needs to have looked; who makes room for something new may have been the customer.
                assert lapses or row["status"] in (Status.EXPIRED, Status.CANCELLED)
                deal.status = Status(row["status"])
            else:
                assert (row["status"], lapses) == (deal.status, False)
                assert (row["starts_at"], row["ends_at"]) == (deal.starts_at, deal.ends_at)
                if deal.status in (Status.HELD, Status.PENDING_APPROVAL):
                    assert row["hold_until"] == deal.hold_until

    @invariant()
    def people_are_where_the_model_says(self) -> None:
        names = {person.id: person.key for person in self.salon.catalogue.staff}
        services = {service.id: service.key for service in self.salon.catalogue.services}
        rows = self.sql("SELECT booking_id, service_id, staff_id, starts_at, ends_at FROM appointments")
        found = {(row[0], services[row[1]], names[row[2]], row[3], row[4]) for row in rows}
        expected = {
            (deal.id, part.service, who, part.starts_at, part.ends_at)
            for deal in self.model.live()
            for part in deal.parts
            for who in part.who
        }
        assert {row for row in found if row[0] in {deal.id for deal in self.model.live()}} == expected
        for deal in self.model.live():
            for part in deal.parts:
                rooms = {
                    room for room, start, end in deal.rooms if start <= part.occupied[0] and part.occupied[1] <= end
                }
                assert len(rooms) >= len(SERVICES[part.service]["any_rooms"])

    @invariant()
    def what_is_free_is_offered_and_nothing_else(self) -> None:
        """One wish after the other; by nobody in particular, then by those who hold something themselves."""
        self.sweep_seats()
        self.steps += 1
        number, asks = divmod(self.steps * 5 % (4 * len(WISHES)), 4)
        wish, customer = sorted(WISHES)[number], [None, 0, 1, 2][asks]
        who = None if customer is None else self.customers[customer]
        names = {person.id: person.key for person in self.salon.catalogue.staff}
        listed = self.run(self.salon.free(DAYS[0], until=DAYS[1], visit=self.visit(wish), customer_id=who))
        assert [
            (slot.starts_at, slot.ends_at, [tuple(names[id] for id in way) for way in slot.assignments])
            for slot in listed
        ] == self.model.free(WISHES[wish], customer)


def outcome(work: Callable[[], _T]) -> tuple[type[Exception] | None, _T | None]:
    """Why it is refused, or what comes of it."""
    try:
        return None, work()
    except ExpectedError as refused:
        return type(refused), None
