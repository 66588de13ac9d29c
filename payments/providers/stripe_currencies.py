"""Which currencies Booka offers at Stripe, in whose units, from which amount on (docs.stripe.com/currencies)."""

from collections.abc import Mapping

from core.money import Money
from payments import units
from payments.failures import AmountOutOfRange
from payments.provider import Limits

_PLACES = {
    0: ("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"),
    2: (
        "AED ARS AUD BRL CAD CHF CZK DKK EGP EUR GBP GHS HKD INR KES MAD MUR MXN NGN NOK NZD PEN PLN RON SEK SGD USD"
        " ZAR ZMW"
    ),
    3: "BHD JOD KWD OMR TND",
}
_EXPONENTS = {currency: places for places, currencies in _PLACES.items() for currency in currencies.split()}
_STEP_OF_THREE_PLACES = 10
_LARGEST_UNITS = 99_999_990  # eight digits, whatever the currency
# Half a dollar by and large, in the currency's own units; where it is not known, Stripe says so when asked.
_SMALLEST_UNITS = {
    **dict.fromkeys(("USD", "EUR", "CAD", "AUD", "CHF", "NZD", "SGD", "BRL", "INR", "JPY"), 50),
    **dict.fromkeys(("AED", "PLN", "RON"), 200),
    **dict.fromkeys(("NOK", "SEK"), 300),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), _STEP_OF_THREE_PLACES),
    "GBP": 30,
    "DKK": 250,
    "HKD": 400,
    "MXN": 1000,
    "CZK": 1500,
}


def to_units(amount: Money) -> int:
    """Currencies of three places are taken with a zero at the end only."""
    exponent = _exponent_of(amount.currency)
    if exponent == 3 and amount.minor % _STEP_OF_THREE_PLACES:
        raise AmountOutOfRange(f"{amount.currency} is taken in steps of ten", code="inexact")
    return units.to_units(amount, exponent)


def from_units(amount_units: int, currency: str) -> Money:
    return units.from_units(amount_units, _exponent_of(currency), currency)


def _exponent_of(currency: str) -> int:
    """Raises AmountOutOfRange for currencies that are not offered: UGX and ISK have exceptions of their own."""
    return units.exponent_in(_EXPONENTS, currency)


def _limits(currency: str) -> Limits:
    smallest = from_units(_SMALLEST_UNITS.get(currency, 1), currency)
    return Limits(smallest.minor, from_units(_LARGEST_UNITS, currency).minor)


LIMITS: Mapping[str, Limits] = {currency: _limits(currency) for currency in sorted(_EXPONENTS)}
