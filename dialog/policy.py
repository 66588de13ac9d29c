"""What is paid now, what it costs to cancel late or not to come: said before it is agreed to."""

from collections.abc import Mapping
from typing import Any

from booking.fees import fee_by
from core.money import Money
from dialog.texts import say
from tenants.tenant import Tenant


def policy_words(tenant: Tenant, language: str, price: Money | None = None) -> str:
    """One short sentence for each fee of the tenant, or nothing; as amounts where the price is known."""
    rules = tenant.rules
    late = _fee_words(tenant, language, rules.late_cancel_fee, price) if rules.cancel_until_hours else ""
    missed = _fee_words(tenant, language, rules.no_show_fee, price)
    said = [say(language, "policy.late", fee=late, hours=rules.cancel_until_hours)] if late else []
    said += [say(language, "policy.no_show", fee=missed)] if missed else []
    return " ".join(said)


def deposit_words(tenant: Tenant, language: str, due: Money) -> str:
    """What is to be paid now, and until when it goes back."""
    hours = tenant.rules.cancel_until_hours
    back = say(language, "payment.back_until", hours=hours) if hours else say(language, "payment.back_before")
    return f"{say(language, 'payment.asked', amount=due.format(language))}\n{back}"


def _fee_words(tenant: Tenant, language: str, rule: Mapping[str, Any] | None, price: Money | None) -> str:
    """The amount, or the share where the price is not known; empty where nothing is due."""
    if rule is None:
        return ""
    if price is not None:
        fee = fee_by(rule, price)
        return fee.format(language) if fee else ""
    if "percent" in rule:
        return say(language, "policy.percent", percent=rule["percent"])
    if "amount_minor" in rule:
        return Money(rule["amount_minor"], tenant.currency).format(language)
    return say(language, "policy.full")
