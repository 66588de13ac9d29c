"""What it costs to cancel late or not to come, said before it is agreed to."""

from collections.abc import Mapping
from typing import Any

from booking.fees import fee_by
from core.money import Money
from dialog.turn import Turn


def policy_words(turn: Turn, price: Money | None = None) -> str:
    """One short sentence for each fee of the tenant, or nothing; as amounts where the price is known."""
    rules = turn.catalogue.rules
    late = fee_words(turn, rules.late_cancel_fee, price) if rules.cancel_until_hours else ""
    missed = fee_words(turn, rules.no_show_fee, price)
    said = [turn.say("policy.late", fee=late, hours=rules.cancel_until_hours)] if late else []
    said += [turn.say("policy.no_show", fee=missed)] if missed else []
    return " ".join(said)


def fee_words(turn: Turn, rule: Mapping[str, Any] | None, price: Money | None) -> str:
    """The amount, or the share where the price is not known; empty where nothing is due."""
    if rule is None:
        return ""
    if price is not None:
        fee = fee_by(rule, price)
        return fee.format(turn.language) if fee else ""
    if "percent" in rule:
        return turn.say("policy.percent", percent=rule["percent"])
    if "amount_minor" in rule:
        return Money(rule["amount_minor"], turn.catalogue.currency).format(turn.language)
    return turn.say("policy.full")
