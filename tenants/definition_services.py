"""The services of a tenant file: what is sold, in which variants, by whom and with what."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tenants.definition_fields import AmountMinor, Key, Localised, LocalisedWords, Section, each_once
from tenants.definition_sections import ShareSection


class VariantSection(Section):
    """One way in which the service is sold (short, long …); exactly one of them is chosen."""

    key: Key
    name: Localised
    synonyms: LocalisedWords = Field(default_factory=dict)
    duration_minutes: int = Field(ge=1, le=20_160)
    price: AmountMinor | None = None


class AddOnSection(Section):
    """What may be had besides, at more time and money."""

    key: Key
    name: Localised
    synonyms: LocalisedWords = Field(default_factory=dict)
    duration_minutes: int = Field(default=0, ge=0, le=1440)
    price: AmountMinor | None = None


class OwnTerms(Section):
    """How long it takes this person, and what it costs there; what is left out is the service's."""

    duration_minutes: int | None = Field(default=None, ge=1, le=20_160)
    price: AmountMinor | None = None


class AbleSection(OwnTerms):
    """A staff member who does the service; the name alone is enough."""

    key: str
    variants: dict[str, OwnTerms] = Field(default_factory=dict)


def _by_name(value: Any) -> Any:
    return {"key": value} if isinstance(value, str) else value


def each_key_once(entries: list[Any]) -> list[Any]:
    each_once([entry.key for entry in entries])
    return entries


class ServiceSection(Section):
    key: Key
    name: Localised
    synonyms: LocalisedWords = Field(default_factory=dict)
    description: Localised | None = None
    duration_minutes: int = Field(ge=1, le=20_160)
    buffer_before_minutes: int = Field(default=0, ge=0, le=1440)
    buffer_after_minutes: int = Field(default=0, ge=0, le=1440)
    price: AmountMinor | None = None
    deposit: ShareSection | None = None
    capacity: int = Field(default=1, ge=1, le=10_000)
    variants: Annotated[list[VariantSection], AfterValidator(each_key_once)] = Field(default_factory=list)
    add_ons: Annotated[list[AddOnSection], AfterValidator(each_key_once)] = Field(default_factory=list)
    staff: Annotated[list[Annotated[AbleSection, BeforeValidator(_by_name)]], Field(min_length=1)]
    needs_all_staff: bool = False
    resources: list[str] = Field(default_factory=list)
    any_resources: list[Key] = Field(default_factory=list)
    max_bookings_per_day: int | None = Field(default=None, ge=1, le=10_000)
    max_minutes_per_day: int | None = Field(default=None, ge=1, le=100_000)

    @property
    def terms(self) -> Mapping[str, AbleSection]:
        """By staff key, in the order of preference; who is named twice counts once."""
        found: dict[str, AbleSection] = {}
        for entry in self.staff:
            found.setdefault(entry.key, entry)
        return found

    @model_validator(mode="after")
    def _deposit_fits_price(self) -> "ServiceSection":
        prices = [self.price, *(variant.price for variant in self.variants)]
        known = [price for price in prices if price is not None]
        if self.deposit and not known:
            raise ValueError("deposit: a service with a deposit needs a price")
        if self.deposit and (self.deposit.amount or 0) > max(known, default=0):
            raise ValueError("deposit: the deposit is higher than the price")
        return self

    @model_validator(mode="after")
    def _groups_are_plain(self) -> "ServiceSection":
        """Everybody in a group gets the same, from one person."""
        if self.capacity > 1 and (self.variants or self.add_ons or self.needs_all_staff):
            raise ValueError("capacity: a group session has no variants, no add-ons and one person who leads it")
        return self

    @model_validator(mode="after")
    def _own_variants_exist(self) -> "ServiceSection":
        known = {variant.key for variant in self.variants}
        for entry in self.staff:
            for key in entry.variants.keys() - known:
                raise ValueError(f"staff: {entry.key} has terms for {key!r}, which is no variant of this service")
        return self
