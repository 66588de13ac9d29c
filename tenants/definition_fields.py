"""The kinds of values in a tenant file: secrets, amounts, texts in several languages, dates, hours."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from babel import Locale
from babel.localedata import locale_identifiers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
)

from core.money import is_currency, parse_money
from core.phone import normalise_phone
from tenants.definition_hours import check_hours

_TIMEZONES = available_timezones()
_COUNTRIES = frozenset(code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code))) - {
    "ZZ",
    "EU",
    "UN",
}
_LANGUAGES = frozenset(locale_identifiers())
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?")
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?")


@dataclass(frozen=True)
class FileContext:
    """What single fields need of the whole file. `currency` is None when the file's own is wrong."""

    lookup: Callable[[str], str | None]
    currency: str | None
    country: str | None
    languages: tuple[str, ...]


def _context(info: ValidationInfo) -> FileContext:
    assert isinstance(info.context, FileContext)
    return info.context


def _secret(value: Any, info: ValidationInfo) -> SecretStr:
    if not isinstance(value, Mapping) or len(value) != 1 or not isinstance(next(iter(value.values())), str):
        raise ValueError('a secret is { env = "NAME" } or { value = "…" }')
    kind, content = next(iter(value.items()))
    if kind not in ("env", "value"):
        raise ValueError('a secret is { env = "NAME" } or { value = "…" }')
    secret = _context(info).lookup(content) if kind == "env" else content
    if not secret:
        raise ValueError(f"the environment variable {content} is not set" if kind == "env" else "the secret is empty")
    return SecretStr(secret)


def _amount_minor(value: Any, info: ValidationInfo) -> int:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError('an amount is a decimal string such as "5000" or "19.90"')
    currency = _context(info).currency
    return parse_money(text, currency).minor if currency else 0


def _percent(value: Any) -> str:
    """Kept as written, in the shortest way: 2.5 stays 2.5 to the last digit."""
    is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
    if not is_number or not _PERCENT.fullmatch(str(value)):
        raise ValueError("a percentage is a number such as 5 or 2.5, with at most four decimals")
    return f"{Decimal(str(value)):f}"


def _phone(value: str, info: ValidationInfo) -> str:
    phone = normalise_phone(value, _context(info).country)
    if phone is None:
        raise ValueError(f"{value!r} is not a possible phone number")
    return phone


def _in_each_language(value: Any, info: ValidationInfo) -> Any:
    """One text for all languages, or {language: text}; the same for lists of words."""
    return value if isinstance(value, dict) else dict.fromkeys(_context(info).languages, value)


def _known_language(value: str) -> str:
    if value not in _LANGUAGES:
        raise ValueError(f"{value!r} is not a known language")
    return value


def _known_country(value: str) -> str:
    if value not in _COUNTRIES:
        raise ValueError(f"{value!r} is not a country code (ISO 3166, two letters)")
    return value


def _known_currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError(f"{value!r} is not a currency code (ISO 4217)")
    return value


def _known_timezone(value: str) -> str:
    if value not in _TIMEZONES:
        raise ValueError(f"{value!r} is not a known time zone")
    return value


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is not a date such as 2026-12-24") from error


def _iso_date(value: str) -> str:
    return _date(value).isoformat()


def each_once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("one of them is used twice")
    return values


Text = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern="^[^\x00]+$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Country = Annotated[str, AfterValidator(_known_country)]
Currency = Annotated[str, AfterValidator(_known_currency)]
Language = Annotated[str, AfterValidator(_known_language)]
Timezone = Annotated[str, AfterValidator(_known_timezone)]
Secret = Annotated[SecretStr, BeforeValidator(_secret)]
AmountMinor = Annotated[int, BeforeValidator(_amount_minor)]
Percent = Annotated[str, BeforeValidator(_percent)]
Phone = Annotated[str, AfterValidator(_phone)]
Localised = Annotated[dict[Language, Text], Field(min_length=1), BeforeValidator(_in_each_language)]
LocalisedWords = Annotated[dict[Language, list[Text]], BeforeValidator(_in_each_language)]
Date = Annotated[dt.date, BeforeValidator(_date)]
Ranges = Annotated[list[str], AfterValidator(check_hours)]
Week = dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Ranges]
Overrides = dict[Annotated[str, AfterValidator(_iso_date)], Ranges]


class Section(BaseModel):
    """Unknown keys are problems; TOML's types are taken as they are (no "5" for 5)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
