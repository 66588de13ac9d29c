"""From money to a provider's units and back: exact, or refused. No currency has one exponent for all providers."""

from decimal import Decimal

from core.money import Money
from payments.failures import AmountOutOfRange


def to_units(amount: Money, exponent: int) -> int:
    """`exponent` is the provider's: how many decimal places its units carry."""
    return _whole(amount.amount.scaleb(exponent), amount.currency)


def from_units(units: int, exponent: int, currency: str) -> Money:
    one = Money(1, currency).amount
    return Money(_whole(Decimal(units).scaleb(-exponent) / one, currency), currency)


def _whole(value: Decimal, currency: str) -> int:
    if value != value.to_integral_value():
        raise AmountOutOfRange(f"the amount of {currency} has no exact value in the other unit", code="inexact")
    return int(value)
