"""Money as whole minor units of an ISO 4217 currency; no float ever touches an amount."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol, list_currencies

# What a bigint column holds.
_LARGEST_MINOR = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` is in the ISO exponent of `currency`: 5000 XAF is 5000, 50.00 EUR is 5000."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def percent(self, percent: Decimal | int) -> "Money":
        """Rounded half up to a whole minor unit."""
        share = Decimal(self.minor) * Decimal(percent) / 100
        return Money(int(share.quantize(Decimal(1), rounding="ROUND_HALF_UP")), self.currency)

    def format(self, language: str) -> str:
        """As people of that language write it; whole amounts carry no decimals."""
        pattern = Locale.parse(language).currency_formats["standard"].pattern
        if self.amount == self.amount.to_integral_value():
            pattern = pattern.replace(".00", "")
        if get_currency_symbol(self.currency, locale=language).isalpha():
            pattern = pattern.replace("¤#", "¤ #")
        text = format_currency(self.amount, self.currency, pattern, locale=language, currency_digits=False)
        return text.replace("\u202f", " ").replace("\xa0", " ")


def is_currency(code: str) -> bool:
    return code in list_currencies()


def parse_money(text: str, currency: str) -> Money:
    """A decimal string such as "5000" or "19.90"; raises ValueError when it is no amount of that currency."""
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a decimal amount") from error
    minor = amount.scaleb(get_currency_precision(currency)) if amount.is_finite() else amount
    if not amount.is_finite() or not 0 <= minor <= _LARGEST_MINOR or minor != minor.to_integral_value():
        raise ValueError(f"{text!r} is not an amount of {currency}")
    return Money(int(minor), currency)
