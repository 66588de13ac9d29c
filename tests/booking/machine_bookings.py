"""The state machine's rules about bookings, from the hold to how it went, and about time that is kept free."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from booking import blocks, lifecycle, series
from booking.booking import By, Status
from core.ids import new_token
from tests.booking.machine import WISHES, Shop, bookings, customers, outcome, starts, wishes
from tests.booking.machine_model import HOLD_FOR
from tests.conftest import NOW

_WEEK = timedelta(weeks=1)
_LIVE = (Status.HELD, Status.PENDING_APPROVAL, Status.CONFIRMED)
_by = st.sampled_from(["customer", "merchant"])
_staff = st.sampled_from(["ada", "bea"])


class BookingRules(Shop):
    @rule(target=bookings, customer=customers, wish=wishes, starts_at=starts)
    def hold(self, customer: int, wish: str, starts_at: datetime) -> Any:
        key, who = new_token(), self.customers[customer]
        done = self.both(
            lambda: self.model.plan_hold(customer, WISHES[wish], starts_at),
            self.salon.hold(starts_at, visit=self.visit(wish), customer_id=who, key=key),
        )
        if not done:
            return multiple()
        id = self.adopt(customer, wish, *done, self.model.now + HOLD_FOR)
        self.commands[id] = (key, customer, wish, starts_at)
        return id

    @rule(id=bookings)
    def ask_again(self, id: int) -> None:
        """The same command, delivered twice: the same booking, whatever became of it, and nothing else."""
        if id in self.commands:
            key, customer, wish, starts_at = self.commands[id]
            who = self.customers[customer]
            again = self.run(self.salon.hold(starts_at, visit=self.visit(wish), customer_id=who, key=key))
            assert again.id == id

    @rule(target=bookings, customer=customers, wish=wishes, starts_at=starts)
    def book(self, customer: int, wish: str, starts_at: datetime) -> Any:
        id = self.hold(customer, wish, starts_at)
        if isinstance(id, int):
            self.confirm(id)
        return id

    @rule(target=bookings, customer=customers, wish=wishes, starts_at=starts, weeks=st.integers(1, 2))
    def book_every_week(self, customer: int, wish: str, starts_at: datetime, weeks: int) -> Any:
        """All of them or none; the first that cannot be had says why."""
        key, who, dates = new_token(), self.customers[customer], [starts_at + n * _WEEK for n in range(weeks)]
        done = self.both(
            lambda: [self.model.plan_hold(customer, WISHES[wish], at, series=key) for at in dates],
            self.salon.unit(
                lambda uow: series.book_series(
                    uow,
                    self.salon.catalogue,
                    [(at, self.visit(wish)) for at in dates],
                    key=key,
                    customer_id=who,
                    now=self.model.now,
                    conversation_id=None,
                )
            ),
        )
        if not done:
            return multiple()
        until = self.model.now + HOLD_FOR
        ids = [self.adopt(customer, wish, plan, booking, until) for plan, booking in zip(*done, strict=True)]
        for id in ids:
            self.model.confirm(self.model.deals[id], Status.HELD)
        return multiple(*ids)

    @rule(id=bookings, by=_by)
    def call_the_series_off(self, id: int, by: By) -> None:
        """From this one on; a booking that is none of a series is called off alone."""
        deal = self.model.deals[id]
        alike = [other for other in self.model.deals.values() if deal.series and other.series == deal.series] or [deal]
        cancelled, too_late = set[int](), set[int]()
        for other in alike:
            raw = self.stored(other.id)
            if raw in _LIVE and other.starts_at >= max(deal.starts_at, self.model.now):
                refused, _ = outcome(partial(self.model.cancel, other, raw, by))
                (too_late if refused else cancelled).add(other.id)
        off = self.run(
            self.salon.unit(lambda uow: series.cancel_series(uow, id, now=self.model.now, by=by, key=new_token()))
        )
        assert {booking.id for booking in off.cancelled} == cancelled
        assert {booking.id for booking in off.too_late} == too_late

    @rule(id=bookings)
    def confirm(self, id: int) -> None:
        raw = self.stored(id)
        self.change(id, lambda deal: self.model.confirm(deal, raw), lifecycle.confirm)

    @rule(id=bookings)
    def pay(self, id: int) -> None:
        deal, raw = self.model.deals[id], self.stored(id)
        done = self.both(
            lambda: self.model.pay(deal, raw),
            self.salon.unit(lambda uow: lifecycle.on_payment(uow, id, now=self.model.now)),
        )
        assert done
        assert done[1].is_kept == done[0]
        deal.rooms = self.rooms_of(id)

    @rule(id=bookings)
    def approve(self, id: int) -> None:
        self.change(id, self.model.approve, lifecycle.approve)

    @rule(id=bookings)
    def decline(self, id: int) -> None:
        raw = self.stored(id)
        self.change(id, lambda deal: self.model.decline(deal, raw), lifecycle.decline)

    @rule(id=bookings, by=_by)
    def cancel(self, id: int, by: By) -> None:
        raw = self.stored(id)
        self.change(id, lambda deal: self.model.cancel(deal, raw, by), lifecycle.cancel, by=by, key=new_token())

    @rule(id=bookings)
    def sweep(self, id: int) -> None:
        self.change(id, self.model.expire, lifecycle.expire)

    @rule(id=bookings, outcome=st.sampled_from([Status.COMPLETED, Status.NO_SHOW]))
    def tell_how_it_went(self, id: int, outcome: Status) -> None:
        tell = lifecycle.complete if outcome is Status.COMPLETED else lifecycle.no_show
        self.change(id, lambda deal: self.model.settle(deal, outcome), tell)

    @rule(id=bookings, starts_at=starts, staff=st.none() | _staff, by=_by)
    def move(self, id: int, starts_at: datetime, staff: str | None, by: By) -> None:
        deal = self.model.deals[id]
        if deal.status is Status.PENDING_APPROVAL and self.model.has_lapsed(deal):
            return
        done = self.both(
            lambda: self.model.plan_move(deal, starts_at, staff, by),
            self.salon.unit(
                lambda uow: lifecycle.reschedule(
                    uow,
                    self.salon.catalogue,
                    id,
                    starts_at=starts_at,
                    staff_id=self.salon.staff_id(staff) if staff else None,
                    now=self.model.now,
                    by=by,
                    key=new_token(),
                )
            ),
        )
        if done:
            self.model.move(deal, done[0], by)
            deal.rooms = self.rooms_of(id)

    @rule(staff=_staff, starts_at=starts, minutes=st.sampled_from([10, 45, 200]))
    def block(self, staff: str, starts_at: datetime, minutes: int) -> None:
        """Or the bookings in the way are named."""
        ends_at = starts_at + timedelta(minutes=minutes)
        what: dict[str, Any] = {"staff_id": self.salon.staff_id(staff), "starts_at": starts_at, "ends_at": ends_at}
        what |= {"note": "", "now": self.model.now, "key": new_token()}
        blocked = self.run(self.salon.unit(lambda uow: blocks.block(uow, self.salon.catalogue, **what)))
        expected = self.model.in_the_way(staff, starts_at, ends_at)
        assert {view.id for view in blocked.in_the_way} == expected
        if not expected:
            self.model.blocked[staff] |= _minutes(starts_at, ends_at)

    @rule(staff=_staff, starts_at=starts, minutes=st.sampled_from([10, 45, 600]))
    def unblock(self, staff: str, starts_at: datetime, minutes: int) -> None:
        ends_at = starts_at + timedelta(minutes=minutes)
        what: dict[str, Any] = {"staff_id": self.salon.staff_id(staff), "starts_at": starts_at, "ends_at": ends_at}
        opened = self.run(self.salon.unit(lambda uow: blocks.unblock(uow, self.salon.catalogue, **what)))
        found = set().union(*(_minutes(block.starts_at, block.ends_at) for block in opened))
        assert found == self.model.blocked[staff] & _minutes(starts_at, ends_at)
        self.model.blocked[staff] -= found

    @rule(id=bookings, outcome=st.sampled_from([Status.COMPLETED, Status.NO_SHOW]))
    def come_to_its_start(self, id: int, outcome: Status) -> None:
        deal = self.model.deals[id]
        if self.model.now <= deal.starts_at <= NOW + timedelta(hours=5):
            self.set_clock(deal.starts_at)
            self.tell_how_it_went(id, outcome)


def _minutes(starts_at: datetime, ends_at: datetime) -> set[int]:
    return set(range(int(starts_at.timestamp()) // 60, int(ends_at.timestamp()) // 60))
