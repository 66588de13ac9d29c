"""What the customer wants so far: services with their extras, perhaps a person; and who of those free is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from booking.availability import Slot
from booking.catalogue import Catalogue, Staff
from booking.plans import Plan, plan_visit
from booking.queries import BookingView
from booking.slots import Assignment
from booking.visit import Item, Visit
from core.money import Money
from dialog.booking_steps.people import Team, chosen_staff, common_staff
from dialog.turn import Turn


@dataclass(frozen=True, slots=True)
class Wish:
    """`items` carry who may do each. `staff` None: anyone of these; `has_one` tells whether one of them can do all.
    `seats`: for how many people, where that counts. `zone`: that of the place, as far as it is known. `moves`: the
    booking that is to be moved, whose own time hides nothing and whose price stays, and `present` who does it now."""

    items: tuple[Item, ...]
    staff: Staff | None
    zone: ZoneInfo
    has_one: bool = True
    seats: int = 1
    moves: BookingView | None = None
    present: Assignment = ()

    @property
    def visit(self) -> Visit:
        return Visit(self.items, self.seats)

    @property
    def service_ids(self) -> tuple[int, ...]:
        return tuple(item.service.id for item in self.items)

    @property
    def prefers_one(self) -> bool:
        """Of several services one person is asked for first, though others may share them."""
        return len(self.items) > 1 and self.staff is None and self.has_one

    def name(self, language: str) -> str:
        return " + ".join(item.name(language) for item in self.items)

    def plan(self, catalogue: Catalogue, slot: Slot) -> Plan:
        """The visit as it is shown: of what is moved by those who do it now as far as they are free, else by those
        whom booking tries first."""
        shown = slot.assignments[0]
        if self.present and self.staff is None:
            shown = min(slot.assignments, key=self._strangers)
        return plan_visit(catalogue, self.visit, shown, slot.starts_at)

    def _strangers(self, assignment: Assignment) -> int:
        return sum(a != b for a, b in zip(assignment, self.present, strict=True))

    def price(self, assignment: Assignment) -> Money | None:
        """With these people; what is moved keeps its price."""
        return self.visit.price(assignment) if self.moves is None else self.moves.price

    def as_shown(self, assignment: Assignment) -> list[Visit]:
        """The visit by those who were shown; where anyone will do, then by whoever asks the same price and takes as
        long for each part."""
        people = [(item, staff_id) for item, staff_id in zip(self.items, assignment, strict=True)]
        visits = [Visit(tuple(_by(item, (staff_id,)) for item, staff_id in people), self.seats)]
        if self.staff is None:
            visits.append(Visit(tuple(_by(item, _alike(item, staff_id)) for item, staff_id in people), self.seats))
        return visits


def _by(item: Item, staff_ids: tuple[int, ...]) -> Item:
    return item if item.service.needs_all_staff else replace(item, staff_ids=staff_ids)


def _alike(item: Item, staff_id: int) -> tuple[int, ...]:
    terms = (item.price(staff_id), item.minutes(staff_id))
    return tuple(id for id in item.able if (item.price(id), item.minutes(id)) == terms)


def wish_of(
    turn: Turn,
    items: Sequence[Item],
    teams: Sequence[Team],
    *,
    moves: BookingView | None = None,
    present: Assignment = (),
) -> Wish:
    """These services by those of the teams who were wished for: one person does what they can of it."""
    staff = chosen_staff(turn, teams)
    member = staff or next((member for team in teams for member in team), None)
    return Wish(
        items=tuple(_by(item, _asked(item, team, staff)) for item, team in zip(items, teams, strict=True)),
        staff=staff,
        zone=turn.catalogue.location_of(member.id).zone if member else turn.zone,
        has_one=bool(common_staff(items, teams)),
        seats=moves.party_size if moves else seats_wished(turn, items),
        moves=moves,
        present=present,
    )


def _asked(item: Item, team: Team, staff: Staff | None) -> tuple[int, ...]:
    if staff is not None and staff in team:
        return (staff.id,)
    return tuple(member.id for member in team) if len(team) < len(item.service.staff_ids) else ()


def seats_wished(turn: Turn, items: Sequence[Item]) -> int:
    """How many people a booking is for: counted in groups and at tables, elsewhere each has an own appointment."""
    counts = items[0].service.is_group or turn.tenant.vertical == "hospitality"
    return max(1, int(turn.session.fields.get("party_size") or 1)) if counts else 1
