"""The sections of a tenant file that describe the business: every key with its type and bounds."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tenants.definition_fields import (
    AmountMinor,
    Country,
    Currency,
    Date,
    Key,
    Language,
    Localised,
    LocalisedWords,
    Overrides,
    Phone,
    Section,
    Text,
    Timezone,
    Week,
    each_once,
)
from tenants.rules import TenantRules

_DEFAULTS = TenantRules()


class TenantSection(Section):
    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    name: Text
    vertical: Literal["beauty", "hospitality", "medicine"]
    country: Country
    currency: Currency
    timezone: Timezone
    languages: Annotated[list[Language], Field(min_length=1), AfterValidator(each_once)]


class RulesSection(Section):
    slot_step_minutes: int = Field(default=_DEFAULTS.slot_step_minutes, ge=1, le=1440)
    min_notice_minutes: int = Field(default=_DEFAULTS.min_notice_minutes, ge=0, le=525_600)
    horizon_days: int = Field(default=_DEFAULTS.horizon_days, ge=1, le=730)
    hold_minutes: int = Field(default=_DEFAULTS.hold_minutes, ge=1, le=1440)
    cancel_until_hours: int = Field(default=_DEFAULTS.cancel_until_hours, ge=0, le=8760)
    max_open_bookings_per_customer: int = Field(default=_DEFAULTS.max_open_bookings_per_customer, ge=1, le=1000)
    reminders_hours_before: Annotated[list[Annotated[int, Field(ge=1, le=720)]], AfterValidator(each_once)] = Field(
        default_factory=lambda: list(_DEFAULTS.reminders_hours_before)
    )
    requires_approval: bool = _DEFAULTS.requires_approval


class LocationSection(Section):
    key: Key
    name: Localised
    address: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True, pattern="^[^\x00]*$")] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    timezone: Timezone | None = None
    hours: Week | None = None


class DepositSection(Section):
    """Exactly one of the three."""

    percent: int | None = Field(default=None, ge=1, le=100)
    amount: AmountMinor | None = None
    full: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> "DepositSection":
        if sum(value is not None for value in (self.percent, self.amount, self.full)) != 1:
            raise ValueError('a deposit is one of { percent = 30 }, { amount = "5000" }, { full = true }')
        return self


class ServiceSection(Section):
    key: Key
    name: Localised
    synonyms: LocalisedWords = Field(default_factory=dict)
    description: Localised | None = None
    duration_minutes: int = Field(ge=1, le=20_160)
    buffer_before_minutes: int = Field(default=0, ge=0, le=1440)
    buffer_after_minutes: int = Field(default=0, ge=0, le=1440)
    price: AmountMinor | None = None
    deposit: DepositSection | None = None
    capacity: int = Field(default=1, ge=1, le=10_000)
    staff: Annotated[list[str], Field(min_length=1)]
    resources: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _deposit_fits_price(self) -> "ServiceSection":
        if self.deposit and self.price is None:
            raise ValueError("deposit: a service with a deposit needs a price")
        if self.deposit and (self.deposit.amount or 0) > (self.price or 0):
            raise ValueError("deposit: the deposit is higher than the price")
        return self


class StaffSection(Section):
    """`location` may be left out when there is exactly one."""

    key: Key
    name: Text
    synonyms: LocalisedWords = Field(default_factory=dict)
    location: str | None = None
    hours: Week
    overrides: Overrides = Field(default_factory=dict)


class ResourceSection(Section):
    key: Key
    name: Text
    location: str | None = None


class HolidaySection(Section):
    date: Date
    name: str = ""


class MerchantSection(Section):
    name: Text
    role: Literal["owner", "manager", "staff"]
    phone: Phone | None = None
    telegram_user_id: int | None = Field(default=None, ge=1, lt=2**63)
    language: Language | None = None
    staff: str | None = None


class LlmSection(Section):
    enabled: bool = False
    model: Text | None = None
    tokens_per_day: int = Field(default=0, ge=0, lt=2**53)
    cost_per_month_usd: Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,4})?$")] = "0"
    requests_per_minute: int = Field(default=60, ge=1, le=1_000_000)


class KnowledgeSection(Section):
    topic: Text
    text: Localised
