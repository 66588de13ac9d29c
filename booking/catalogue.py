"""What a tenant sells and who does it where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from booking.hours import Timetable
from core.money import Money
from payments.provider import Capabilities
from tenants.rules import TenantRules
from tenants.tenant import Tenant


@dataclass(frozen=True)
class Location:
    """`hours` is None where the hours of the staff are all that counts."""

    id: int
    key: str
    names: Mapping[str, str]
    address: str
    latitude: float | None
    longitude: float | None
    timezone: str
    hours: Timetable | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    def name(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True)
class Staff:
    """`resource_id` is this person's calendar; `synonyms` by language."""

    id: int
    key: str
    name: str
    synonyms: Mapping[str, tuple[str, ...]]
    location_id: int
    resource_id: int
    hours: Timetable
    max_bookings_per_day: int | None = None
    max_minutes_per_day: int | None = None


@dataclass(frozen=True)
class Room:
    """A chair, room or device that one booking at a time may use."""

    id: int
    key: str
    name: str
    category: str | None
    location_id: int | None


@dataclass(frozen=True)
class Extra:
    """A variant of a service, of which one is chosen, or an add-on, of which any may be had."""

    key: str
    names: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    duration_minutes: int
    price: Money | None

    def name(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True)
class Terms:
    """What one person does differently; None is as the service says. `variants` by key."""

    duration_minutes: int | None = None
    price: Money | None = None
    variants: Mapping[str, "Terms"] = field(default_factory=dict)


_PLAIN = Terms()


@dataclass(frozen=True)
class Service:
    """`staff_ids` in the order of preference; `resource_ids` are rooms of which every one is needed, `any_resources`
    kinds of rooms of which any one is. A service for several customers at once has a capacity above one."""

    id: int
    key: str
    names: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    descriptions: Mapping[str, str]
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    price: Money | None
    capacity: int
    deposit: Mapping[str, Any] | None
    staff_ids: tuple[int, ...]
    resource_ids: tuple[int, ...]
    variants: tuple[Extra, ...] = ()
    add_ons: tuple[Extra, ...] = ()
    terms: Mapping[int, Terms] = field(default_factory=dict)
    any_resources: tuple[str, ...] = ()
    needs_all_staff: bool = False
    max_bookings_per_day: int | None = None
    max_minutes_per_day: int | None = None

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def longest(self) -> timedelta:
        """With anybody, in any variant, with every add-on."""
        own = [
            (terms.duration_minutes, *(v.duration_minutes for v in terms.variants.values()))
            for terms in self.terms.values()
        ]
        bases = [self.duration_minutes, *(v.duration_minutes for v in self.variants), *(m for t in own for m in t if m)]
        return timedelta(minutes=max(bases) + sum(add_on.duration_minutes for add_on in self.add_ons))

    def terms_of(self, staff_id: int) -> Terms:
        return self.terms.get(staff_id, _PLAIN)

    def variant(self, key: str | None) -> Extra | None:
        return next((variant for variant in self.variants if variant.key == key), None)

    def add_on(self, key: str) -> Extra | None:
        return next((add_on for add_on in self.add_ons if add_on.key == key), None)

    @property
    def is_group(self) -> bool:
        return self.capacity > 1

    @property
    def buffer_before(self) -> timedelta:
        return timedelta(minutes=self.buffer_before_minutes)

    @property
    def buffer_after(self) -> timedelta:
        return timedelta(minutes=self.buffer_after_minutes)

    def name(self, language: str) -> str:
        return in_language(self.names, language)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Active entries only, in the order of the tenant file. `languages[0]` is the tenant's default.

    `look_back` is the longest that a stored occupancy may have begun before a moment that it still covers.
    `pays_by`: what the accounts can do at which a deposit may be paid.
    """

    tenant: Tenant
    services: tuple[Service, ...]
    staff: tuple[Staff, ...]
    locations: tuple[Location, ...]
    resources: tuple[Room, ...]
    holidays: Mapping[date, str]
    look_back: timedelta
    pays_by: tuple[Capabilities, ...] = ()

    @property
    def rules(self) -> TenantRules:
        return self.tenant.rules

    def takes(self, amount: Money) -> bool:
        """Whether there is an account at which this may be paid."""
        return any(capabilities.takes(amount) for capabilities in self.pays_by)

    @property
    def currency(self) -> str:
        return self.tenant.currency

    @property
    def timezone(self) -> str:
        return self.tenant.timezone

    @cached_property
    def services_by_id(self) -> dict[int, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def staff_by_id(self) -> dict[int, Staff]:
        return {person.id: person for person in self.staff}

    @cached_property
    def locations_by_id(self) -> dict[int, Location]:
        return {location.id: location for location in self.locations}

    def service(self, key: str) -> Service | None:
        return next((service for service in self.services if service.key == key), None)

    def staff_member(self, key: str) -> Staff | None:
        return next((person for person in self.staff if person.key == key), None)

    def location(self, key: str) -> Location | None:
        return next((location for location in self.locations if location.key == key), None)

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return {person.id: position for position, person in enumerate(self.staff)}

    def rank_of(self, staff_id: int) -> int:
        """The place in the order of the whole team."""
        return self._ranks[staff_id]

    def rooms_at(self, location_id: int, category: str) -> tuple[Room, ...]:
        """Rooms of this kind; those without a location may be used at any."""
        rooms = (room for room in self.resources if room.category == category)
        return tuple(room for room in rooms if room.location_id in (None, location_id))

    def staff_of(self, service: Service) -> tuple[Staff, ...]:
        return tuple(self.staff_by_id[staff_id] for staff_id in service.staff_ids)

    def location_of(self, staff_id: int) -> Location:
        return self.locations_by_id[self.staff_by_id[staff_id].location_id]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in that language, else in the first one there is; a catalogue never has an empty one."""
    return texts.get(language) or next(iter(texts.values()), "")
