"""What reading a message costs by rules alone, and its part about time against dateparser and timefhuman.

    .venv/bin/python -m ops.bench.reading [--peers PYTHON]

The messages are those of messages.toml, in a salon of this file. `--peers` is a Python of an environment that has
dateparser and timefhuman: they are no part of ours. Every round is another day, since timefhuman keeps a day's answers.
All times are the thread's own processor time, so that what else the machine does counts little.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dialog.understanding import when
from dialog.understanding.rules import understand
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState

_ROUNDS, _PEER_ROUNDS, _STARTS = 40, 5, 5
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_TZ = ZoneInfo("Africa/Douala")
_FOLDER = Path(__file__).parent

_SALON = CatalogueView(
    services=(
        Entry("haircut", ("Haircut", "Coupe", "Corte de pelo", "Corte de cabelo")),
        Entry("beard", ("Beard trim", "Taille de barbe")),
        Entry("braids", ("Braids", "Tresses", "Trenzas", "Tranças")),
        Entry("manicure", ("Manicure", "Manucure", "Manicura")),
        Entry("pedicure", ("Pedicure", "Pédicure")),
        Entry("facial", ("Facial", "Soin du visage")),
        Entry("massage", ("Massage", "Masaje", "Massagem")),
    ),
    staff=(Entry("brice", ("Brice Nkolo",)), Entry("clara", ("Clara",)), Entry("june", ("June Abega",))),
    locations=(Entry("harbour", ("Harbour", "Port")), Entry("centre", ("Centre", "Downtown"))),
)
_FILLED = {"service": "haircut", "staff": "brice"}
_SUMMARY = {**_FILLED, "date": "2026-03-06", "time": "15:00"}
_STATES = {
    "fresh": ReadingState(),
    "asked_service": ReadingState("book", ("service",)),
    "asked_day": ReadingState("book", ("date",), filled={**_FILLED}),
    "asked_time": ReadingState("book", ("time",), filled={**_FILLED, "date": "2026-03-06"}),
    "offer": ReadingState(
        "book",
        question="offer",
        filled={**_FILLED, "date": "2026-03-06"},
        offer=tuple(Offered(f"o{n}", "time", f"{hour}:00") for n, hour in enumerate((10, 14, 17), 1)),
    ),
    "confirm": ReadingState("book", question="confirm", confirming=True, filled={**_SUMMARY}),
    "done": ReadingState(question="anything_else", filled={**_SUMMARY}),
}

_START = """
import time
began = time.thread_time()
import dialog.understanding.rules
imported = time.thread_time() - began
from ops.bench.reading import _NOW, messages, read
first = {message.language: message for message in messages()}
began = time.thread_time()
for message in first.values():
    read(message, _NOW)
print(imported, time.thread_time() - began)
"""


@dataclass(frozen=True)
class Message:
    text: str
    language: str
    state: ReadingState


def messages() -> list[Message]:
    said = tomllib.loads((_FOLDER / "messages.toml").read_text(encoding="utf-8"))["said"]
    return [Message(text, part["language"], _STATES[part["state"]]) for part in said for text in part["texts"]]


def read(message: Message, now: datetime) -> None:
    understand(message.text, language=message.language, now=now, tz=_TZ, catalogue=_SALON, state=message.state)


def start() -> dict[str, float]:
    """Of fresh processes: imports with those of the libraries, then a first message in each of four languages."""
    taken = []
    for _ in range(_STARTS):
        done = subprocess.run([sys.executable, "-c", _START], cwd=_FOLDER.parents[1], capture_output=True, check=True)
        taken.append([float(seconds) * 1000 for seconds in done.stdout.split()])
    imports, tables = (statistics.median(times) for times in zip(*taken, strict=True))
    return {"imports_ms": round(imports), "four_languages_ms": round(tables), "start_ms": round(imports + tables)}


def whole(all_messages: list[Message]) -> list[list[float]]:
    """Seconds by round and message."""
    rounds = []
    for number in range(_ROUNDS):
        times = []
        for message in all_messages:
            began = time.thread_time()
            read(message, _NOW + timedelta(days=number))
            times.append(time.thread_time() - began)
        rounds.append(times)
    return rounds


def figures(rounds: list[list[float]]) -> dict[str, Any]:
    """The first round meets words that were never read before; the others are warm."""
    warm = sorted(seconds * 1e6 for times in rounds[1:] for seconds in times)
    return {
        "messages": len(rounds[0]),
        "median_us": round(statistics.median(warm)),
        "p99_us": round(warm[int(len(warm) * 0.99)]),
        "first_median_us": round(statistics.median(rounds[0]) * 1e6),
    }


class Peers:
    """A process that reads with the libraries."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def round(self, reader: str, rows: list[Message], now: datetime) -> tuple[list[float], int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task = {"reader": reader, "rows": [(m.text, m.language) for m in rows], "now": f"{now:%Y-%m-%dT%H:%M}"}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["seconds"], answer["found"]


@contextmanager
def peers(python: str) -> Iterator[Peers]:
    command = [python, str(_FOLDER / "peers.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peers(process)


def dates(rows: list[Message], now: datetime) -> tuple[list[float], int]:
    """Our part about time alone: seconds by message, and in how many there is one."""
    seconds, found = [], 0
    for message in rows:
        began = time.thread_time()
        said = when.read(message.text, message.language, when.context(message.language, now))
        seconds.append(time.thread_time() - began)
        found += said is not None
    return seconds, found


def compare(reader: str, rows: list[Message], others: Peers) -> dict[str, Any]:
    """Rounds of ours and theirs in turns; the first, in which both load their tables, does not count."""
    ours, theirs = [], []
    for number in range(_PEER_ROUNDS + 1):
        now = _NOW + timedelta(days=number)
        ours.append(dates(rows, now))
        theirs.append(others.round(reader, rows, now))
    own, other = (statistics.median(s for seconds, _ in taken[1:] for s in seconds) * 1e6 for taken in (ours, theirs))
    return {
        "messages": len(rows),
        "product_us": round(own),
        "product_found": ours[-1][1],
        f"{reader}_us": round(other),
        f"{reader}_found": theirs[-1][1],
        "ratio": round(own / other, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--peers", metavar="PYTHON", help="a Python that has dateparser and timefhuman")
    asked = parser.parse_args()
    print(json.dumps({"bench": "reading", "measured": "start"} | start()))
    every = messages()
    rounds = whole(every)
    print(json.dumps({"bench": "reading", "measured": "whole"} | figures(rounds)))
    for language in sorted({m.language for m in every}):
        places = [n for n, m in enumerate(every) if m.language == language]
        part = [[times[n] for n in places] for times in rounds]
        print(json.dumps({"bench": "reading", "measured": f"whole, {language}"} | figures(part)))
    if asked.peers is None:
        alone = statistics.median(s for number in range(_PEER_ROUNDS) for s in dates(every, _NOW)[0])
        print(json.dumps({"bench": "reading", "measured": "dates", "product_us": round(alone * 1e6)}))
        print("no --peers: a Python that has dateparser and timefhuman was not given, so ours is measured alone")
        return
    english = [m for m in every if m.language == "en"]
    with peers(asked.peers) as others:
        for reader, rows in (("dateparser.search", every), ("dateparser.parse", every), ("timefhuman", english)):
            print(json.dumps({"bench": "reading", "measured": "dates"} | compare(reader, rows, others)))


if __name__ == "__main__":
    main()
