"""The booking rules of a tenant: what a customer may do, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Literal

StaffChoice = Literal["priority", "least_busy", "first"]
"""Whom anyone means: the first in the service's list, who works least that day, or the first of the team."""


@dataclass(frozen=True)
class TenantRules:
    """Defaults are those of a small salon. Later than `cancel_until_hours` a customer is sent to the merchant.

    A fee is {"percent": 30}, {"amount_minor": 5000} or {"full": true} of the price. No-shows of the last
    `no_shows_count_days` count; 0 is no limit. `fill_gaps` also offers starts right beside what is taken.
    """

    slot_step_minutes: int = 15
    min_notice_minutes: int = 60
    horizon_days: int = 60
    hold_minutes: int = 10
    cancel_until_hours: int = 12
    max_open_bookings_per_customer: int = 3
    reminders_hours_before: tuple[int, ...] = (24, 2)
    requires_approval: bool = False
    approval_timeout_hours: int = 24
    late_cancel_fee: Mapping[str, Any] | None = None
    no_show_fee: Mapping[str, Any] | None = None
    max_no_shows_per_customer: int = 0
    no_shows_count_days: int = 180
    fill_gaps: bool = False
    staff_choice: StaffChoice = "priority"
    waitlist_offer_minutes: int = 30
    max_recurrences: int = 12

    @property
    def approval_timeout(self) -> timedelta:
        """How long a request waits for the merchant, at most till its start."""
        return timedelta(hours=self.approval_timeout_hours)


_NAMES = frozenset(field.name for field in fields(TenantRules))


def rules_from_json(stored: Mapping[str, Any]) -> TenantRules:
    """The stored rules over the defaults; names of a newer version are ignored."""
    known = {name: value for name, value in stored.items() if name in _NAMES}
    if "reminders_hours_before" in known:
        known["reminders_hours_before"] = tuple(known["reminders_hours_before"])
    return TenantRules(**known)
