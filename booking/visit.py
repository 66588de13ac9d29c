"""What is to be booked: one service or several in a row, each with its variant, its add-ons and who may do it."""

from dataclasses import dataclass

from booking.catalogue import Extra, Service
from core.money import Money


@dataclass(frozen=True, slots=True)
class Item:
    """One service as it is taken. `staff_ids` are those of whom one may do it; empty: anyone who can."""

    service: Service
    variant: str | None = None
    add_ons: tuple[str, ...] = ()
    staff_ids: tuple[int, ...] = ()

    @property
    def able(self) -> tuple[int, ...]:
        """Who can do it and may, in the service's order of preference."""
        return tuple(id for id in self.service.staff_ids if not self.staff_ids or id in self.staff_ids)

    def minutes(self, staff_id: int) -> int:
        """How long it takes this person: their own time for the variant, else the variant's, else their own for the
        service, else the service's; and the add-ons."""
        terms, variant = self.service.terms_of(staff_id), self.service.variant(self.variant)
        if variant is None:
            base = terms.duration_minutes or self.service.duration_minutes
        else:
            own = terms.variants.get(variant.key)
            base = (own and own.duration_minutes) or variant.duration_minutes
        return base + sum(add_on.duration_minutes for add_on in self.extras)

    def price(self, staff_id: int) -> Money | None:
        """For one seat, chosen in the same way; None where the price is not known."""
        terms, variant = self.service.terms_of(staff_id), self.service.variant(self.variant)
        if variant is None:
            base = terms.price if terms.price is not None else self.service.price
        else:
            own = terms.variants.get(variant.key)
            base = own.price if own and own.price is not None else variant.price
        if base is None:
            return None
        return Money(base.minor + sum(add_on.price.minor for add_on in self.extras if add_on.price), base.currency)

    @property
    def extras(self) -> tuple[Extra, ...]:
        return tuple(add_on for key in self.add_ons if (add_on := self.service.add_on(key)))

    def name(self, language: str) -> str:
        """`Braids (long, beads)`."""
        variant = self.service.variant(self.variant)
        details = ", ".join(extra.name(language) for extra in ((variant, *self.extras) if variant else self.extras))
        return f"{self.service.name(language)} ({details})" if details else self.service.name(language)


@dataclass(frozen=True, slots=True)
class Visit:
    """Items in their order, one after the other without a gap. `same_person`: one staff member does all of them.

    A group service comes alone; `party_size` is the number of its seats, elsewhere only remembered.
    """

    items: tuple[Item, ...]
    party_size: int = 1
    same_person: bool = False

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def is_group(self) -> bool:
        return self.first.service.is_group

    def price(self, staff_ids: tuple[int, ...]) -> Money | None:
        """With these people, one for each item; a group's is by the seat, elsewhere the party does not change it."""
        prices = [item.price(staff_id) for item, staff_id in zip(self.items, staff_ids, strict=True)]
        known = [price for price in prices if price is not None]
        if len(known) < len(prices):
            return None
        total = sum(price.minor for price in known)
        return Money(total * (self.party_size if self.is_group else 1), known[0].currency)


def visit_of(service: Service, staff_id: int | None = None, *, party_size: int = 1) -> Visit:
    """The plain case: one service, by this person or by anyone."""
    return Visit((Item(service, staff_ids=(staff_id,) if staff_id is not None else ()),), party_size)
