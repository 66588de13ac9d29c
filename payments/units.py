"""From money to a provider's units and back: exact, or refused. No currency has one exponent for all providers."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from core.money import Money
from payments.failures import AmountOutOfRange


def exponent_in(offered: Mapping[str, int], currency: str) -> int:
    if currency not in offered:
        raise AmountOutOfRange(f"{currency} is not offered here", code="currency")
    return offered[currency]


def to_units(amount: Money, exponent: int) -> int:
    """`exponent` is the provider's: how many decimal places its units carry."""
    return _whole(amount.amount.scaleb(exponent), amount.currency)


def from_units(units: int, exponent: int, currency: str) -> Money:
    one = Money(1, currency).amount
    return Money(_whole(Decimal(units).scaleb(-exponent) / one, currency), currency)


def nearest(units: int, exponent: int, currency: str) -> Money:
    """For fees alone: providers take parts of a coin that does not exist (20.02 XOF)."""
    minor = Decimal(units).scaleb(-exponent) / Money(1, currency).amount
    return Money(int(minor.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)


def _whole(value: Decimal, currency: str) -> int:
    if value != value.to_integral_value():
        raise AmountOutOfRange(f"the amount of {currency} has no exact value in the other unit", code="inexact")
    return int(value)
