"""Rules for windows of the day: its parts, from one clock time to another, open ends."""

from __future__ import annotations

from datetime import timedelta

from dialog.understanding.when_clocks import NAMES, NOON_HOUR, bare_clock, dotted, part_number, spoken, with_part
from dialog.understanding.when_grammar import Item, Made, has, kept, rule, values
from dialog.understanding.when_values import DAY, Clock, Context, Hours, likely, one_day

_MIDDLE = ("mid", "mi", "middle")


def _number_day_part(ctx: Context, items: list[Item]) -> Made:
    """Nine tomorrow morning."""
    made = part_number(ctx, [item for item in items if item.kind in "NP"])
    days = [(NAMES[item.kind], item.value) for item in items if item.kind == "D"]
    return [*days, made] if isinstance(made, tuple) else None


def _part_numbers(ctx: Context, items: list[Item]) -> Made:
    """Morning 6-8."""
    made = _range(ctx, [item for item in items if item.kind == "N"])
    part = values(items, "part")[0]
    if not isinstance(made, tuple) or not isinstance(made[1], Hours) or not isinstance(part, tuple):
        return None
    return ("hours", moved(made[1], part))


def _half_of_day(ctx: Context, items: list[Item]) -> Made:
    """Tuesday PM."""
    is_pm = values(items, "ampm")[0] == "pm"
    return [("day", items[0].value), ("part", ("half", 720, 1080, True) if is_pm else ("half", 480, 720, False))]


def _edge_of_part(ctx: Context, items: list[Item]) -> Made:
    """Late afternoon, début de matinée: the half of it that was named."""
    part = values(items, "part")[0]
    edge = next(iter(values(items, "edge")), "end")
    if not isinstance(part, tuple):
        return None
    name, start, end, is_pm = part
    share = (end - start) // (3 if end - start > 300 else 2)
    if edge in _MIDDLE and name == "night":
        return ("clock", Clock(0, True))
    if edge == "middle":
        middle = (start + end) // 2
        return ("part", (name, middle - 60, middle + 60, is_pm))
    if edge in _MIDDLE:
        middle = min(start + 120, (start + end) // 2)
        return ("clock", Clock(NOON_HOUR if name == "daytime" else middle, True))
    first, last = (start, start + share) if edge in ("begin", "early") else (end - share, end)
    if name == "evening":
        first, last = first - 60, last + 60 * (edge not in ("begin", "early"))
    made = ("part", (name, first, last, is_pm))
    return [("day", one_day(ctx.today)), made] if has(items, "this") else made


def _edge_of_days_part(ctx: Context, items: list[Item]) -> Made:
    """Late Friday afternoon, tôt demain matin."""
    made = _edge_of_part(ctx, [item for item in items if item.kind in "BP"])
    return [*kept(items[1:2]), made] if isinstance(made, tuple) else None


def _this_part(ctx: Context, items: list[Item]) -> Made:
    from_this = values(items, "this")
    return [("day", one_day(ctx.today)), ("part", values(items, "part")[0])] if from_this else None


def _this_noon(ctx: Context, items: list[Item]) -> Made:
    """Ce midi: today's."""
    clock = items[1].value
    is_noon = isinstance(clock, Clock) and clock.minute == NOON_HOUR and clock.settled
    return [("day", one_day(ctx.today)), ("clock", clock)] if is_noon else None


def _range(ctx: Context, items: list[Item]) -> Made:
    """From 3 to 4pm, 9h-11h, between 10 and 11:30; a bare number counts as an hour here."""
    ends = [bare_clock(item) for item in items if item.kind in "NC"]
    if ctx.is_move and not has(items, "between"):
        return [("clock", ends[0]), ("dash", "to"), ("clock", ends[1])] if all(i.kind != "N" for i in items) else None
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ("hours", ordered(ctx, ends[0], ends[1]))


def _dotted_range(ctx: Context, items: list[Item]) -> Made:
    """Between 7 and 8.30."""
    ends: list[Item] = []
    for at, item in enumerate(items):
        if item.kind != "N" or (at and items[at - 1].kind == "."):
            continue
        minute = items[at + 2] if items[at + 1 : at + 2] and items[at + 1].kind == "." else None
        made = dotted(ctx, [item, minute]) if minute is not None else None
        if minute is not None and (made is None or int(str(minute.value)) % 5):
            return None
        ends.append(Item("C", made[1], item.start, minute.end) if isinstance(made, tuple) and minute else item)
    return _range(ctx, [items[0], *ends])


def ordered(ctx: Context, first: Clock, second: Clock) -> Hours:
    """Both ends on the halves of the day that make the window go forward and be short; 10:00–02:00 is on 24 hours."""
    if first.settled and second.settled:
        return Hours(first.minute, second.minute)
    if second.settled:
        start = likely(first, ctx)
        is_night = not second.is_half_said and first.grain == "minute"
        if second.is_half_said or (start >= second.minute and not is_night):
            start = min(_halves(first), key=lambda minute: (second.minute - minute - 1) % DAY)
        return Hours(start, second.minute)
    start = likely(first, ctx)
    end = min(_halves(second), key=lambda minute: (minute - start - 1) % DAY)
    return Hours(start, end, is_start_said=first.settled and first.is_half_said)


def _halves(clock: Clock) -> tuple[int, ...]:
    early = clock.minute % NOON_HOUR
    return (early, early + NOON_HOUR)


def _range_in_words(ctx: Context, items: list[Item]) -> Made:
    """Nine to five: with a dash it may be a date or a score, with a word it is hours."""
    is_figures = len(items[0].text) == len(items[2].text) == 4 and items[0].text.startswith("0")
    return _range(ctx, items) if (items[1].text != "-" or is_figures) and ctx.expects != "date" else None


def _open_end(ctx: Context, items: list[Item]) -> Made:
    """After five, from 15h on, no earlier than 10."""
    clock = next((c for item in items if item.kind in "NC" and (c := bare_clock(item))), None)
    if clock is None or any(item.kind == "F" and item.value != "from" for item in items):
        return None
    return ("hours", Hours(likely(clock, ctx), None))


def open_start(ctx: Context, items: list[Item]) -> Made:
    clock = next((c for item in items if item.kind in "NC" and (c := bare_clock(item))), None)
    return ("hours", Hours(None, _latest(clock, ctx), is_until=items[0].kind == "~")) if clock else None


def _latest(clock: Clock, ctx: Context) -> int:
    """Until seven or eight is the evening: hardly anyone's day ends when it begins."""
    is_early = not clock.settled and clock.minute < 8 * 60
    return clock.minute + NOON_HOUR if is_early and clock.grain == "hour" else likely(clock, ctx)


def _both_open(ctx: Context, items: list[Item]) -> Made:
    """After 3:30 but before 6."""
    first, second = (item.value for item in items if item.kind == "G")
    if isinstance(first, Hours) and isinstance(second, Hours):
        start = first.start if first.start is not None else second.start
        end = second.end if second.end is not None else first.end
        one_side_each = (first.start is None) != (second.start is None) and (first.end is None) != (second.end is None)
        if one_side_each and start is not None and end is not None and start < end:
            return ("hours", Hours(start, end))
    return None


def _hours_with_part(ctx: Context, items: list[Item]) -> Made:
    """Between 5 and 7 in the evening: the part settles both ends."""
    hours = values(items, "hours")[0]
    part = values(items, "part")[0]
    if not isinstance(hours, Hours) or not isinstance(part, tuple):
        return None
    days = [(NAMES[item.kind], item.value) for item in items if item.kind == "D"]
    return [*days, ("hours", moved(hours, part))]


def moved(hours: Hours, part: tuple[object, ...]) -> Hours:
    def on_half(minute: int | None) -> int | None:
        if minute is None or part[3] is None:
            return minute
        if part[3] and minute < NOON_HOUR:
            return minute + NOON_HOUR
        return minute - NOON_HOUR if not part[3] and minute >= 13 * 60 else minute

    start, end = hours.start if hours.is_start_said else on_half(hours.start), on_half(hours.end)
    is_over = start is not None and end is not None and hours.start is not None and hours.start < end <= start
    return Hours(hours.start if is_over else start, end)


def _for_duration(ctx: Context, items: list[Item]) -> Made:
    """From 9 for two hours."""
    clock = bare_clock(next(item for item in items if item.kind in "NC"))
    span = values(items, "span")[0]
    if clock is None or not isinstance(span, timedelta) or span >= timedelta(days=1):
        return None
    start = likely(clock, ctx)
    return ("hours", Hours(start, (start + int(span.total_seconds() // 60)) % DAY))


def _part_open(ctx: Context, items: list[Item]) -> Made:
    """After the morning, until the evening."""
    part = values(items, "part")[0]
    if not isinstance(part, tuple):
        return None
    return ("hours", Hours(None, part[1]) if items[0].kind in "<~" else Hours(part[2], None))


def _open_dotted(ctx: Context, items: list[Item]) -> Made:
    """After 4.30."""
    made = dotted(ctx, items[-3:])
    if not isinstance(made, tuple) or int(str(items[-1].value)) % 5:
        return None
    return [*kept(items[:-3]), made]


DOTTED = (
    rule("(after|before|until|since) (at_|the)* num dot num", _open_dotted),
    rule("(from|between) (at_)* num dot num (to|and) (at_)* num dot num", _dotted_range),
    rule("(from|between) (at_)* num (to|and) (at_)* num dot num", _dotted_range),
    rule("(from|between) (at_)* num dot num (to|and) (at_)* num", _dotted_range),
)

PARTS = (
    rule("edge dash? (of_|in|the|on|dash|this)* part", _edge_of_part),
    rule("edge (weekday|day) (at_|of_|in|the|on)* part", _edge_of_days_part),
    rule("part edge", _edge_of_part),
    rule("fromnow (this|the|on)* part", _edge_of_part),
    rule("this part", _this_part),
    rule("this clock", _this_noon),
)

BARE = (
    rule("(from|between|since) (at|at_to|about)* (num|clock) (to|and) (at_|the)* (num|clock)", _range),
    rule("(num|clock) to at_* clock", _range),
    rule("clock to at_* num", _range),
    rule("clock slash clock", _range),
    rule("num (at_to|until) num", _range),
    rule("num dash num", _range_in_words),
    rule("part num to num", _part_numbers),
    rule("span (from|at_|since)+ (num|clock)", _for_duration),
    rule("(from|at_|since)* (num|clock) for? span", _for_duration),
    rule("(after|since) (at_|the)* (clock|num)", _open_end),
    rule("past clock", _open_end),
    rule("at_? (clock|num) later", _open_end),
    rule("later (at_|the)* clock", _open_end),
    rule("later at_+ num", _open_end),
    rule("(before|until) (at_|the)* (clock|num)", open_start),
    rule("at_? (clock|num) less", open_start),
    rule("from (at_)? clock", _open_end),
    rule("(at|at_to|about)+ num zero? num", spoken),
    rule("(at|at_to|about)+ num", spoken),
)

CLOSING = (
    rule("part (at_|in|comma|from)* the? clock", with_part),
    rule("clock comma? (of_|in|at_|this|at_to)? (the|on)* part", with_part),
    rule("clock (at_|of_|on|the|comma)* day (at_|in|of_|comma)? (the|on)* part", with_part),
    rule("day (at_|in|of_)? (the|on)* part (at_|in|comma|of_)* clock", with_part),
    rule("part (of_|on|the)+ day (at_|comma)* clock", with_part),
    rule("at_* num (of_ on?)? day (at_|in|of_)? (the|on)* part", _number_day_part),
    rule("at_* num comma? (part|day part)", _number_day_part),
    rule("at_* num for part", _number_day_part),
    rule("day of_? ampm", _half_of_day),
    rule("hours (and|comma|dash)* hours", _both_open),
    rule("hours (of_|in|at_|this|on|the)* part", _hours_with_part),
    rule("part (at_|from|comma)* hours", _hours_with_part),
    rule("part (at_|in|comma|from|the)* num", part_number),
    rule("(after|before|until|since) (the|on)* part", _part_open),
)
