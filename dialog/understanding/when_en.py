"""English words about time."""

from __future__ import annotations

from dialog.understanding.text import wordset
from dialog.understanding.when_en_parts import PARTS
from dialog.understanding.when_lexicon import WhenWords

_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ISH = {f"{word}ish": [("num", hour), ("hsign", "clock")] for hour, word in enumerate(_HOURS, 1)}
_TONIGHT = [("relday", 0), ("part", ("evening", 1080, 1320, True))]

ENGLISH = WhenWords(
    code="en",
    mixes=("fr",),
    is_day_first=False,
    words={
        "weekday": {
            "monday|mondays|mon|mondy|munday": 0,
            "tuesday|tuesdays|tue|tues": 1,
            "wednesday|wednesdays|wed|weds|wensday": 2,
            "thursday|thursdays|thu|thur|thurs": 3,
            "friday|fridays|fri": 4,
            "saturday|saturdays|sat": 5,
            "sunday|sundays|sun": 6,
        },
        "month": {
            "january|jan": 1,
            "february|feb|febuary": 2,
            "march|mar": 3,
            "april|apr": 4,
            "may": 5,
            "june|jun": 6,
            "july|jul": 7,
            "august|aug": 8,
            "september|sep|sept": 9,
            "october|oct": 10,
            "november|nov": 11,
            "december|dec": 12,
        },
        "relday": {
            "today|2day|todays": 0,
            "tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|tmrrw|tmw|tom|2moro|2mrw|2morrow|tomoz|morrow|tomorrows": 1,
            "day after tomorrow|the day after tomorrow|day after tmrw|overmorrow|after tomorrow|after tmrw": 2,
            "next tomorrow|nxt tomorrow|next tmrw|next tmr": 2,
            "tonight|2nite|tonite|2night": _TONIGHT,
            "tomorrow night|tomorow night": [("relday", 1), ("part", ("evening", 1080, 1320, True))],
        },
        "num": {
            "one": 1,
            "two": 2,
            "three": 3,
            "four": 4,
            "five": 5,
            "six": 6,
            "seven": 7,
            "eight": 8,
            "nine": 9,
            "ten": 10,
            "eleven": 11,
            "twelve": 12,
            "thirteen": 13,
            "fourteen": 14,
            "fifteen": 15,
            "sixteen": 16,
            "seventeen": 17,
            "eighteen": 18,
            "nineteen": 19,
            "two thousand|two thousand and": 2000,
            **_ISH,
        },
        "tens": {"twenty": 20, "thirty": 30, "forty|fourty": 40, "fifty": 50},
        "zero": {"o|oh|zero": 0},
        "ord": {
            "first": 1,
            "second": 2,
            "third": 3,
            "fourth": 4,
            "fifth": 5,
            "sixth": 6,
            "seventh": 7,
            "eighth": 8,
            "ninth": 9,
            "tenth": 10,
            "eleventh": 11,
            "twelfth": 12,
            "thirteenth": 13,
            "fourteenth": 14,
            "fifteenth": 15,
            "sixteenth": 16,
            "seventeenth": 17,
            "eighteenth": 18,
            "nineteenth": 19,
            "second to last|next to last|last but one|second last|penultimate": -2,
            "third to last|third last|last but two": -3,
            "twentieth": 20,
            "thirtieth": 30,
        },
        "unit": {
            "day|days": "day",
            "week|weeks|wk|wks": "week",
            "workweek|work week|working week|business week": "workweek",
            "fortnight|fortnights": "fortnight",
            "month|months|mth": "month",
            "year|years": "year",
            "a day": [("num", 1), ("unit", "day")],
            "a week|a wk": [("num", 1), ("unit", "week")],
            "a couple of hours|a couple hours|couple of hours": [("num", 2), ("tunit", 60)],
            "a few hours": [("num", 3), ("tunit", 60)],
            "a couple of days|a couple days|couple of days": [("num", 2), ("unit", "day")],
            "a couple of weeks|couple of weeks|a couple weeks": [("num", 2), ("unit", "week")],
            "a few days|few days": [("num", 3), ("unit", "day")],
            "a few weeks|few weeks": [("num", 3), ("unit", "week")],
            "three quarters of an hour|three quarter of an hour": [("num", 45), ("tunit", 1)],
            "a fortnight": [("num", 1), ("unit", "fortnight")],
            "nights": "day",
            "a month": [("num", 1), ("unit", "month")],
            "a month and a half|month and a half": [("num", 45), ("unit", "day")],
            "a week and a half|week and a half": [("num", 10), ("unit", "day")],
            "half an hour|half hour": [("num", 30), ("tunit", 1)],
            "an hour|a hour|one hour": [("num", 1), ("tunit", 60)],
            "an hour and a half|one and a half hours": [("num", 90), ("tunit", 1)],
        },
        "tunit": {"hour|hours|hr|hrs": 60, "minute|minutes|min|mins": 1},
        "weekend": {"weekend|weekends|week end|wkend|wknd": "weekend"},
        "part": PARTS,
        "noon": {"noon|midday|mid day|noonish|noon time|noontime": 720, "midnight|mid night": 0},
        "ampm": {"am|a.m|a m": "am", "pm|p.m|p m|in the pm|in the p.m": "pm", "in the am|in the a.m": "am"},
        "hsign": {
            "h|hs": "h",
            "ish|o'clock|oclock|o clock|o'clk|hours sharp|clock|o'clocks|sharp|prompt|on the dot": "clock",
        },
        "half": {"half": 30},
        "quarter": {"quarter|a quarter": 15},
        "past": {"past": "past"},
        "minus": {"minus": "minus"},
        "next": {"next|nxt|following|the following|the next|coming next": "next"},
        "this": {
            "this|ths|current|the current": "this",
            "upcoming|coming|this coming|this upcoming|the coming|the upcoming": "coming",
        },
        "last": {"last|final": "last"},
        "in": {"in|in about|in around": "in", "within|in less than|in under": "within"},
        "fromnow": {"from now|hence|later|in the future|from today|ahead": "fromnow"},
        "after": {
            "after|later than|past the|any day after|any time after|anytime after|any time past|anytime past"
            "|some day after|one day after|some time after|sometime after": "after",
            "not before|no earlier than|no sooner than|not until|not till": "not before",
        },
        "before": {
            "before|b4|by|earlier than|in advance of|prior to": "before",
            "no later than|not later than|not after": "not after",
        },
        "until": {"until|till|til|untill|up to|through|thru|through to|thru to|right through to": "until"},
        "since": {"since|starting|starting from|starting at|as of|as from|from around|onwards from": "since"},
        "dash": {"to": "to"},
        "between": {"between|btw|anywhere between": "between"},
        "and": {"and|n": "and"},
        "also": {"or": "or", "or after tomorrow": [("also", "or"), ("relday", 2)]},
        "from": {"from|frm": "from"},
        "of": {"of|in the month of|'s|s": "of"},
        "the": {"the|d|my|da|a": "the"},
        "on": {"on|on the": "on"},
        "at": {
            "at|@|at the|come by|stop by|drop by|pass by|swing by|go by"
            "|pop by|coming by|come thru|come through|pull up|pass thru|pass through|stop thru|roll thru": "at",
        },
        "about": {
            "about|around|arnd|approximately|roughly|circa|approx|at around|at about": "about",
            "like|near|say|maybe": "loose",
        },
        "for": {"for": "for"},
        "edge": {
            "first days of|first few days of": "begin",
            "last days of|last few days of": "end",
            "beginning|start|begin|beginning of|start of": "begin",
            "midweek": [("edge", "mid"), ("unit", "week")],
            "early|earlier|early on in|first part of|early part of": "early",
            "mid|middle|middle of|halfway through": "mid",
            "end|end of|tail end of": "end",
            "late|late in|later in|later|latter part of|latter half of": "late",
        },
        "weekslater": {"after next|after the next": 1},
        "rest": {"rest|remainder|rest of|remaining|remaining of": "rest"},
        "whole": {"whole|entire|all|any time|anytime|sometime|some time|during|any": "whole"},
        "weekof": {"week commencing|w/c|week beginning|week starting": "weekof"},
        "later": {"or later|onwards|onward|or after|and later|and after|upwards|at the earliest": "later"},
        "less": {"at the latest|latest|or before|or earlier|max": "less"},
        "ago": {"ago": "ago"},
        "anchor": {
            "the day before|the night before|the day prior|a day before|day before": -1,
            "the day after|the following day|the next day|a day after|the day after that|day after": 1,
            "the one after|the one after that|the following one|the week after that|the next one": 7,
            "the week before|a week earlier|one week earlier": -7,
            "a day earlier|one day earlier": -1,
            "a day later|one day later": 1,
            "a week later|one week later": 7,
            "but the next|but the one after|but the following|but the next one|but the following one": 7,
        },
        "holiday": {
            "christmas|christmas day|xmas|xmas day": (12, 25),
            "christmas eve|xmas eve": (12, 24),
            "boxing day": (12, 26),
            "halloween": (10, 31),
            "veterans day": (11, 11),
            "women's day|womens day": (3, 8),
            "easter|easter sunday|easter day": ("easter", 0),
            "easter monday": ("easter", 1),
            "good friday": ("easter", -2),
            "thanksgiving|thanksgiving day": ("thanksgiving", 0),
            "new year's eve|new years eve": (12, 31),
            "new year's day|new years day|new year": (1, 1),
            "valentine's day|valentines day|valentine": (2, 14),
            "day before christmas eve|the day before christmas eve": (12, 23),
        },
        "nothing": {
            "enjoy your evening|enjoy your day|enjoy your weekend|enjoy your night|enjoy your afternoon"
            "|have a nice evening"
            "|have a nice weekend|have a good evening|have a good weekend|have a great day|have a great weekend": None,
            "happy new year|merry christmas|happy valentine|happy valentines|happy easter|happy thanksgiving"
            "|happy halloween": None,
            "good morning|good afternoon|good evening|good night|good day|have a nice day|have a good day"
            "|one day|some day": None,
            "good morn|good mornin|gd morning": None,
            "but": None,
            "by the way|at all|on time|in time|in person|day by day|last night|yesterday|last time"
            "|the other day|the day to day|these days|day off": None,
        },
    },
    ordinal_endings=frozenset({"st", "nd", "rd", "th"}),
    counted=wordset(
        "people persons person pax guests adults kids children girls boys women men ladies guys friends times stars "
        "students seats tables years yo bookings appointments avenue street ave"
    ),
    weak=wordset("mon sat sun wed may march mar first second tom jun jan fri eve o oh later early late end start"),
    travels=wordset(
        "monday tuesday wednesday thursday friday saturday sunday january february june july august september october "
        "november december today tomorrow tmrw tonight at morning afternoon evening noon weekend pm next after before"
    )
    | {
        "after work",
        "after lunch",
        "before lunch",
        "day after tomorrow",
        "this weekend",
        "next tomorrow",
        "nxt tomorrow",
        "after tomorrow",
        "in",
        "the",
    },
    labels=wordset(
        "building room floor suite flat apt apartment level gate bay desk table seat platform line route bus street "
        "step version size chair door box locker code"
    ),
    lookalikes=wordset(
        "money sunny mundane later nights mouth monkey marsh juice older over matin mating mooring warning"
        " fright friend sundry noun moon soon bunch branch crunch"
    ),
)
