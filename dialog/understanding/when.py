"""When a customer wants to come, in their own words: `find` lists what was said, `read` makes one answer of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from dialog.understanding import (
    when_anchors,
    when_iberian,
    when_numeric,
    when_parts_apart,
    when_ranges,
    when_week_days,
)
from dialog.understanding.when_en import ENGLISH
from dialog.understanding.when_es import SPANISH
from dialog.understanding.when_fr import FRENCH
from dialog.understanding.when_grammar import Item, reduce
from dialog.understanding.when_lexicon import Lexicon
from dialog.understanding.when_passes import RULES
from dialog.understanding.when_pt import PORTUGUESE
from dialog.understanding.when_values import Clock, Context, Days, Hours, Moment, Moments, likely, other_half

TABLES = {table.code: table for table in (ENGLISH, FRENCH, SPANISH, PORTUGUESE)}
_LONGEST = 600
_BESIDE, _APART = 4, 6
_FINAL = frozenset("DSCPGXY")
_LEADING = frozenset("@àc")


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said about time, and which characters of the message said it; `is_led`: after an at or a towards."""

    value: Days | Clock | Hours | Moment | Moments
    start: int
    end: int
    is_led: bool = False

    @property
    def is_day(self) -> bool:
        return isinstance(self.value, Days)


@dataclass(frozen=True, slots=True)
class When:
    """kind: date, time, datetime, date_range, time_range or datetime_range; start, end: ISO text, an open side None.
    `alternatives`: other real readings of the same words."""

    kind: str
    start: str | None
    end: str | None
    grain: str
    text: str
    span: tuple[int, int]
    alternatives: tuple[tuple[str | None, str | None], ...] = ()


@lru_cache(maxsize=64)
def lexicon(language: str) -> Lexicon:
    table = TABLES.get(language, ENGLISH)
    return Lexicon(table, [t for t in TABLES.values() if t is not table])


def context(
    language: str,
    now: datetime,
    *,
    locale: str | None = None,
    expects: str | None = None,
    dinner: bool = False,
    is_move: bool = False,
    known: date | None = None,
) -> Context:
    """`now` is the wall time where the business is, without zone; American English alone puts the month first."""
    is_day_first = TABLES.get(language, ENGLISH).is_day_first or (
        locale is not None and locale.startswith("en-") and locale != "en-US"
    )
    return Context(now.replace(tzinfo=None), is_day_first, expects, dinner, is_move, known)


def find(text: str, language: str, ctx: Context, hidden: Sequence[tuple[int, int]] = ()) -> list[Mention]:
    """Everything that was said about time, in the order of the words; names in `hidden` are passed over."""
    items = lexicon(language).scan(text[:_LONGEST], hidden)
    if all(item.kind == "x" for item in items):
        return []
    if len(items) == 1:
        items[0].is_weak = False
    if len(items) in (2, 3) and all(item.kind == "N" for item in items) and ctx.expects != "time":
        reduce(items, when_numeric.ALL_NUMBERS, ctx)
    if len(items) == 3:
        reduce(items, when_iberian.ALONE, ctx)
        reduce(items, when_numeric.ALONE, ctx)
    when_anchors.settle(items, ctx)
    reduce(items, RULES, ctx)
    when_week_days.settle(items)
    when_parts_apart.settle(items)
    when_anchors.resolve(items, ctx)
    if ctx.expects in when_ranges.ASKED and not _answers(items, ctx.expects):
        reduce(items, when_ranges.ASKED[ctx.expects], ctx)
    before = ["", *(item.kind for item in items)]
    return [_mention(item, led in _LEADING) for led, item in zip(before, items, strict=False) if item.kind in _FINAL]


def _answers(items: list[Item], expects: str) -> bool:
    return any(item.kind in ("CPGXY" if expects == "time" else "DSXY") for item in items)


def _mention(item: Item, is_led: bool) -> Mention:
    value = item.value
    if isinstance(value, tuple):
        value = Hours(value[1], value[2], is_part=True, is_afternoon=value[3])
    assert isinstance(value, Days | Clock | Hours | Moment | Moments)
    return Mention(value, item.start, item.end, is_led)


def read(text: str, language: str, ctx: Context) -> When | None:
    """The one time that the whole message is about: the first day said with the first clock time said."""
    mentions = find(text, language, ctx)
    if not mentions:
        return None
    whole = next((m for m in mentions if isinstance(m.value, Moment | Moments)), None)
    if whole is not None:
        return _of_instants(whole, text)
    day = next((m for m in mentions if m.is_day), None)
    clock = next((m for m in mentions if isinstance(m.value, Clock)), None)
    hours = next((m for m in mentions if isinstance(m.value, Hours)), None)
    at = clock if clock is not None and (hours is None or _is_part(hours) or clock.start < hours.start) else hours
    if day is not None and at is not None:
        at = next((m for m in mentions if not m.is_day and _is_closer(m, at, day)), at)
    if day is not None and at is not None and _is_one_day(day):
        return _joined(day, at, text, ctx)
    if day is not None and at is not None and at.is_led and _is_week(day):
        return _of_hours(at, text, ctx)
    return _of_days(day, text) if day is not None else _of_hours(at, text, ctx) if at is not None else None


def _is_closer(mention: Mention, at: Mention, day: Mention) -> bool:
    """The hour right after the day, where the first was said of something else: free at 5, so Friday at 6."""
    is_beside = 0 <= mention.start - day.end <= _BESIDE and not _is_part(mention)
    return is_beside and mention.start > at.end and day.start - at.end > _APART


def _is_part(mention: Mention) -> bool:
    return isinstance(mention.value, Hours) and mention.value.is_part


def _is_one_day(mention: Mention) -> bool:
    return isinstance(mention.value, Days) and mention.value.is_one_day


def _is_week(mention: Mention) -> bool:
    """Cette semaine à 20h: the hour tells more."""
    return isinstance(mention.value, Days) and mention.value.grain == "week"


def clock_text(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _said(text: str, *mentions: Mention) -> tuple[str, tuple[int, int]]:
    start, end = min(m.start for m in mentions), max(m.end for m in mentions)
    return text[start:end], (start, end)


def _of_days(mention: Mention, text: str) -> When:
    days = mention.value
    assert isinstance(days, Days)
    start, end = (d.isoformat() if d else None for d in (days.start, days.end))
    words, span = _said(text, mention)
    other = days.other
    alternatives = ((other.start.isoformat(), None),) if other is not None and other.start else ()
    if days.is_one_day:
        return When("date", start, None, "day", words, span, alternatives)
    return When("date_range", start, end, days.grain, words, span, alternatives)


def _of_hours(mention: Mention, text: str, ctx: Context) -> When:
    words, span = _said(text, mention)
    if isinstance(mention.value, Clock):
        other = other_half(mention.value, ctx)
        alternatives = ((clock_text(other), None),) if other is not None else ()
        return When(
            "time", clock_text(likely(mention.value, ctx)), None, mention.value.grain, words, span, alternatives
        )
    assert isinstance(mention.value, Hours)
    return When("time_range", clock_text(mention.value.start), clock_text(mention.value.end), "hour", words, span)


def _joined(day: Mention, at: Mention, text: str, ctx: Context) -> When:
    words, span = _said(text, day, at)
    assert isinstance(day.value, Days)
    assert day.value.start is not None
    start_day = day.value.start
    if isinstance(at.value, Clock):
        start = _at(start_day, likely(at.value, ctx))
        other = other_half(at.value, ctx)
        alternatives = ((_at(start_day, other), None),) if other is not None else ()
        return When("datetime", start, None, at.value.grain, words, span, alternatives)
    assert isinstance(at.value, Hours)
    first, last = at.value.start, at.value.end
    if at.value.is_until and day.start < at.start:
        first = 0
    crosses = first is not None and last is not None and last <= first
    start_text = _at(start_day, first) if first is not None else None
    end_text = _at(start_day + timedelta(days=int(crosses)), last) if last is not None else None
    return When("datetime_range", start_text, end_text, "hour", words, span)


def _at(day: object, minute: int) -> str:
    return f"{day}T{clock_text(minute)}"


def _of_instants(mention: Mention, text: str) -> When:
    words, span = _said(text, mention)
    if isinstance(mention.value, Moment):
        moment = mention.value
        return When("datetime", _at(moment.day, moment.clock.minute), None, "minute", words, span)
    assert isinstance(mention.value, Moments)
    start, end = (d.isoformat(timespec="minutes") if d else None for d in (mention.value.start, mention.value.end))
    return When("datetime_range", start, end, "minute", words, span)
