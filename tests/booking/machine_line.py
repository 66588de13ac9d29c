"""The state machine's rules about the waiting list: join, be offered a time, take it, refuse it, let it pass, leave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from booking import waitlist, waitlist_offers
from booking.booking import IllegalTransitionError, SlotTakenError, Status, TooManyBookingsError
from booking.waitlist_offers import Offer
from booking.waitlist_rows import Entry, Wanted, find_line, waits_of
from core.uow import UnitOfWork
from tests.booking.machine import WISHES, bookings, customers, outcome
from tests.booking.machine_bookings import BookingRules
from tests.booking.machine_deals import Deal, Plan
from tests.booking.machine_model import DAYS

_OFFERED_FOR = timedelta(minutes=30)
WAITS = ("a cut", "a cut by ada", "colour", "a seat", "two seats")
_hours = st.sampled_from([(None, None), ("09:30", "11:00"), ("10:00", None)])


class LineRules(BookingRules):
    """Whose turn it is in the line is as stored; that the first for whom there is a time gets it, the model says."""

    @rule(customer=customers, wish=st.sampled_from(WAITS), hours=_hours)
    def join(self, customer: int, wish: str, hours: tuple[str | None, str | None]) -> None:
        wanted, theirs = self.wanted(wish, *hours), self.waits(customer)
        knows = any(entry.wanted == wanted for entry in theirs)
        refused, _ = outcome(lambda: self.line(self.joining(customer, wanted)))
        assert (refused is waitlist.TooManyWaitsError) == (not knows and len(theirs) == waitlist.MOST_WAITS)
        assert len(self.waits(customer)) == len(theirs) + (not knows and not refused)

    @rule(target=bookings)
    def line_moves(self) -> Any:
        """As the worker does it: settled first, then one offer after the other till nobody can be offered anything."""
        self.settle_line()
        offered = []
        while offer := self.next_offer():
            offered.append(offer)
        return multiple(*offered)

    @rule(id=bookings)
    def take(self, id: int) -> None:
        raw, is_open = self.stored(id), self.is_offered(id)

        def expect(deal: Deal) -> None:
            refused, _ = outcome(lambda: self.model.confirm(deal, raw) if is_open else None)
            if not is_open or refused in (SlotTakenError, IllegalTransitionError):
                raise waitlist.OfferGoneError

        self.change(id, expect, waitlist.take, customer_id=self.customers[self.model.deals[id].customer])

    @rule(id=bookings)
    def refuse(self, id: int) -> None:
        raw, is_open = self.stored(id), self.is_offered(id)

        def expect(deal: Deal) -> None:
            if not is_open:
                raise waitlist.OfferGoneError
            if raw is Status.HELD:
                self.model.end(deal, Status.CANCELLED)

        self.change(id, expect, waitlist.refuse, customer_id=self.customers[self.model.deals[id].customer])

    @rule(customer=customers)
    def leave(self, customer: int) -> None:
        """The soonest of what the customer waits for."""
        theirs = self.waits(customer)
        if theirs:
            soonest, who = theirs[0], self.customers[customer]
            self.line(lambda uow: waitlist.leave(uow, soonest.id, customer_id=who, now=self.model.now))
            if soonest.booking_id and self.stored(soonest.booking_id) is Status.CANCELLED:
                self.model.end(self.model.deals[soonest.booking_id], Status.CANCELLED)
            assert [entry.id for entry in self.waits(customer)] == [entry.id for entry in theirs[1:]]

    def line(self, work: Callable[[UnitOfWork], Any]) -> Any:
        return self.run(self.salon.unit(work))

    def joining(self, customer: int, wanted: Wanted) -> Callable[[UnitOfWork], Any]:
        how: dict[str, Any] = {"customer_id": self.customers[customer], "conversation_id": None, "now": self.model.now}
        return lambda uow: waitlist.join(uow, self.salon.catalogue, wanted, **how)

    def wanted(self, wish: str, from_time: str | None, to_time: str | None) -> Wanted:
        service, staff = WISHES[wish].parts[0]
        return Wanted(
            self.salon.service(service).id,
            *DAYS,
            from_time,
            to_time,
            staff_id=self.salon.staff_id(staff[0]) if staff else None,
            party_size=WISHES[wish].seats,
        )

    def waits(self, customer: int) -> list[Entry]:
        entries: list[Entry] = self.line(lambda uow: waits_of(uow, self.customers[customer]))
        return entries

    def is_offered(self, id: int) -> bool:
        return bool(self.sql("SELECT FROM waitlist_entries WHERE booking_id = $1 AND status = 'offered'", id))

    def settle_line(self) -> None:
        """An offer ends when its customer has got another of that service meanwhile."""
        offers = self.sql("SELECT booking_id AS id FROM waitlist_entries WHERE status = 'offered'")
        self.line(lambda uow: waitlist_offers.settle(uow, self.salon.catalogue, now=self.model.now))
        for deal in [self.model.deals[row["id"]] for row in offers]:
            if self.stored(deal.id) is Status.CANCELLED and deal.status is not Status.CANCELLED:
                assert any(other.customer == deal.customer and _is_of(other, deal) for other in self.model.live())
                self.model.end(deal, Status.CANCELLED)

    def next_offer(self) -> int | None:
        line: list[Entry] = self.line(find_line)
        offer: Offer | None = self.line(
            lambda uow: waitlist_offers.offer_next(uow, self.salon.catalogue, now=self.model.now)
        )
        for entry in line:
            plan = self.plan_offer(entry)
            if plan is not None:
                assert offer is not None
                assert (offer.entry.id, offer.booking.starts_at) == (entry.id, plan.starts_at)
                until = min(self.model.now + _OFFERED_FOR, plan.starts_at)
                customer = self.customers.index(entry.customer_id)
                return self.adopt(customer, self.wish_of(entry), plan, offer.booking, until)
        assert offer is None
        return None

    def plan_offer(self, entry: Entry) -> Plan | None:
        """The soonest that suits; None when there is nothing, or the customer has as much as one may."""
        wish = WISHES[self.wish_of(entry)]
        suiting = [start for start, *_ in self.model.free(wish) if self.suits(entry, start)]
        if not suiting:
            return None
        customer = self.customers.index(entry.customer_id)
        refused, plan = outcome(lambda: self.model.plan_hold(customer, wish, suiting[0]))
        assert refused in (None, TooManyBookingsError)
        return plan

    def wish_of(self, entry: Entry) -> str:
        times = (entry.wanted.from_time, entry.wanted.to_time)
        return next(
            wish for wish in WISHES if len(WISHES[wish].parts) == 1 and self.wanted(wish, *times) == entry.wanted
        )

    def suits(self, entry: Entry, start: datetime) -> bool:
        clock = f"{start.astimezone(self.salon.catalogue.locations[0].zone):%H:%M}"
        earliest, latest = entry.wanted.from_time or "00:00", entry.wanted.to_time or "24:00"
        return earliest <= clock <= latest and start not in entry.passed


def _is_of(other: Deal, deal: Deal) -> bool:
    """Agreed or asked for, of the same service."""
    services = {part.service for part in other.parts}
    return other.status is not Status.HELD and deal.parts[0].service in services and other.id != deal.id
