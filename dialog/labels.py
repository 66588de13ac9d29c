"""How days, times, durations and prices are written on buttons and in sentences."""

from datetime import date, datetime, time, tzinfo

from babel.dates import format_date

from core.money import Money
from dialog.texts import say


def time_label(local: datetime | time, language: str) -> str:
    """10:30 in English, 10h30 in French."""
    return local.strftime("%Hh%M" if language == "fr" else "%H:%M")


def day_label(day: date, language: str) -> str:
    """`Tue 3 March`, `mar. 3 mars`: fits a WhatsApp button (20 characters) and begins with the weekday."""
    return _spaces(format_date(day, "EEE d MMM", locale=language))


def day_words(day: date, language: str) -> str:
    """`Tuesday 3 March 2026`, `mardi 3 mars 2026`."""
    return _spaces(format_date(day, "EEEE d MMMM y", locale=language))


def moment_words(starts_at: datetime, zone: tzinfo, language: str) -> str:
    return local_moment_words(starts_at.astimezone(zone), language)


def local_moment_words(local: datetime, language: str) -> str:
    """The same of a wall time at the place itself."""
    return say(language, "moment", day=day_words(local.date(), language), time=time_label(local, language))


def duration_label(minutes: int, language: str) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def price_label(price: Money | None, language: str) -> str:
    return say(language, "price.on_request") if price is None else price.format(language)


def with_people(service: str, count: int, language: str) -> str:
    return f"{service} ({say(language, 'people', count=count)})" if count > 1 else service


def _spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")
