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


class ShareSection(Section):
    """A part of a price, a deposit or a fee: exactly one of the three."""

    percent: int | None = Field(default=None, ge=1, le=100)
    amount: AmountMinor | None = None
    full: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> "ShareSection":
        if sum(value is not None for value in (self.percent, self.amount, self.full)) != 1:
            raise ValueError('it is one of { percent = 30 }, { amount = "5000" }, { full = true }')
        return self


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
    approval_timeout_hours: int = Field(default=_DEFAULTS.approval_timeout_hours, ge=1, le=720)
    late_cancel_fee: ShareSection | None = None
    no_show_fee: ShareSection | None = None
    max_no_shows_per_customer: int = Field(default=_DEFAULTS.max_no_shows_per_customer, ge=0, le=1000)
    no_shows_count_days: int = Field(default=_DEFAULTS.no_shows_count_days, ge=1, le=3650)
    fill_gaps: bool = _DEFAULTS.fill_gaps
    staff_choice: Literal["priority", "least_busy", "first"] = "priority"
    waitlist_offer_minutes: int = Field(default=_DEFAULTS.waitlist_offer_minutes, ge=1, le=1440)
    max_recurrences: int = Field(default=_DEFAULTS.max_recurrences, ge=1, le=104)


class LocationSection(Section):
    key: Key
    name: Localised
    address: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True, pattern="^[^\x00]*$")] = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    timezone: Timezone | None = None
    hours: Week | None = None
    overrides: Overrides = Field(default_factory=dict)


class Absence(Section):
    """Whole days, both included; one day where `until` is left out."""

    first: Date = Field(alias="from")
    last: Date | None = Field(default=None, alias="until")

    @model_validator(mode="after")
    def _in_order(self) -> "Absence":
        if self.last is not None and self.last < self.first:
            raise ValueError("time off ends before it begins")
        return self


class StaffSection(Section):
    """`location` may be left out when there is exactly one."""

    key: Key
    name: Text
    synonyms: LocalisedWords = Field(default_factory=dict)
    location: str | None = None
    hours: Week
    breaks: Week = Field(default_factory=dict)
    overrides: Overrides = Field(default_factory=dict)
    time_off: list[Absence] = Field(default_factory=list)
    max_bookings_per_day: int | None = Field(default=None, ge=1, le=10_000)
    max_minutes_per_day: int | None = Field(default=None, ge=1, le=1440)


class ResourceSection(Section):
    """`kind` lets services ask for any one of them."""

    key: Key
    name: Text
    kind: Key | None = None
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


class KnowledgeSection(Section):
    topic: Text
    text: Localised
