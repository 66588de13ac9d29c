"""Run by a Python that has dateparser and timefhuman: a round of texts on its input, the times taken on its output.

A line in: {"reader", "rows": [[text, language], …], "now"}; a line out: {"seconds": […], "found": how many}.
Nothing of ours is imported here.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

Reader = Callable[[str, str], object]


def reader(name: str, now: datetime) -> Reader:
    """As each library's own page says to use it, the language fixed where it can be."""
    if name == "timefhuman":
        library: Any = import_module("timefhuman")
        config = library.tfhConfig(now=now)
        return lambda text, language: library.timefhuman(text, config)
    settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"}
    read = (
        import_module("dateparser").parse
        if name == "dateparser.parse"
        else import_module("dateparser.search").search_dates
    )
    return lambda text, language: read(text, languages=[language], settings=settings)


def answer(read: Reader, rows: list[tuple[str, str]]) -> dict[str, object]:
    seconds, found = [], 0
    for text, language in rows:
        began = time.thread_time()
        try:
            said = read(text, language)
        except Exception:  # whatever a library does with a customer's words, the time was taken
            said = None
        seconds.append(time.thread_time() - began)
        found += bool(said)
    return {"seconds": seconds, "found": found}


if __name__ == "__main__":
    for line in sys.stdin:
        task = json.loads(line)
        print(json.dumps(answer(reader(task["reader"], datetime.fromisoformat(task["now"])), task["rows"])), flush=True)
