"""English words for the parts of the day."""

from __future__ import annotations

from dialog.understanding.when_values import Clock

PARTS: dict[str, object] = {
    "morning|mornings|mornin|morn|am hours": ("morning", 480, 720, False),
    "afternoon|afternoons|aftrnoon|arvo|after noon|pm hours|afternoonish": ("afternoon", 720, 1080, True),
    "evening|evenings|evenin|eve": ("evening", 1080, 1320, True),
    "night|nite|nighttime": ("night", 1140, 1380, True),
    "end of day|end of the day|eod|close of business|cob": ("end of day", 1020, 1200, True),
    "after school": ("after school", 900, 1080, True),
    "at lunch|over lunch|during lunch|around lunch": ("lunchtime", 720, 840, True),
    "at dinner|around dinner": ("dinner", 1080, 1260, True),
    "daytime|day time|business hours|the day time": ("daytime", 480, 1080, None),
    "first thing|first thing in the morning": ("first thing", 480, 600, False),
    "lunchtime|lunch time|lunch hour|lunch break|lunchtimes": ("lunchtime", 720, 840, True),
    "breakfast time": ("breakfast", 420, 540, False),
    "dinnertime|dinner time|supper time": ("dinner", 1080, 1260, True),
    "after work|after office hours|after office|when i finish work|after i finish work": (
        "after work",
        1020,
        1200,
        True,
    ),
    "before work|before office hours": ("before work", 420, 540, False),
    "after breakfast": ("after breakfast", 540, 660, False),
    "after dinner|after supper": ("after dinner", 1200, 1320, True),
    "brunch|brunch time": ("brunch", 600, 780, None),
    "teatime|tea time": ("teatime", 900, 1020, True),
    "early hours|early hours of the morning|small hours|small hours of the morning|wee hours": (
        "dawn",
        240,
        480,
        False,
    ),
    "last thing|last thing in the day": ("end of day", 1020, 1200, True),
    "any time after lunch|anytime after lunch": [("after", "after"), ("clock", Clock(780, True))],
    "after lunch|sometime after lunch": (
        "after lunch",
        780,
        900,
        True,
    ),
    "before lunch": ("before lunch", 600, 720, False),
    "mid morning|midmorning": [("clock", Clock(600, True))],
    "mid afternoon|midafternoon": [("clock", Clock(840, True))],
}
