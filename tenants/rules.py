"""The booking rules of a tenant: what a customer may do, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class TenantRules:
    """Defaults are those of a small salon. Later than `cancel_until_hours` a customer is sent to the merchant."""

    slot_step_minutes: int = 15
    min_notice_minutes: int = 60
    horizon_days: int = 60
    hold_minutes: int = 10
    cancel_until_hours: int = 12
    max_open_bookings_per_customer: int = 3
    reminders_hours_before: tuple[int, ...] = (24, 2)
    requires_approval: bool = False


_NAMES = frozenset(field.name for field in fields(TenantRules))


def rules_from_json(stored: Mapping[str, Any]) -> TenantRules:
    """The stored rules over the defaults; names of a newer version are ignored."""
    known = {name: value for name, value in stored.items() if name in _NAMES}
    if "reminders_hours_before" in known:
        known["reminders_hours_before"] = tuple(known["reminders_hours_before"])
    return TenantRules(**known)
