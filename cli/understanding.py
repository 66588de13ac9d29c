"""`booka parse-when` and `booka understand`: one JSON object a line in, one out; no database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from dialog.commands import Range, Value
from dialog.understanding import rules, when
from dialog.understanding.state import CatalogueView, Entry, Offered, ReadingState


def parse_when_lines(stdin: IO[str], stdout: IO[str]) -> None:
    """Answers every line in order; a line that cannot be read is answered with an error and the rest goes on."""
    _each_line(stdin, stdout, _parse_when)


def understand_lines(stdin: IO[str], stdout: IO[str]) -> None:
    """The same for `booka understand`."""
    _each_line(stdin, stdout, _understand)


def _each_line(stdin: IO[str], stdout: IO[str], answer: Callable[[dict[str, Any]], dict[str, object]]) -> None:
    for line in stdin:
        if not line.strip():
            continue
        row: Any = None
        try:
            row = json.loads(line)
            out = {"id": row["id"], **answer(row)}
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            row_id = row.get("id") if isinstance(row, dict) else None
            out = {"id": row_id, "error": f"{type(problem).__name__}: {problem}"}
        stdout.write(json.dumps(out, ensure_ascii=False) + "\n")
        stdout.flush()


def _parse_when(row: dict[str, Any]) -> dict[str, object]:
    language = str(row["lang"])
    ctx = when.context(language, datetime.fromisoformat(row["ref"]), locale=row.get("locale"))
    found = when.read(row["text"], language, ctx)
    if found is None:
        return {"kind": None}
    out: dict[str, object] = {
        "kind": found.kind,
        "start": found.start,
        "end": found.end,
        "grain": found.grain,
        "text": found.text,
    }
    if found.alternatives:
        out["alternatives"] = [{"start": start, "end": end} for start, end in found.alternatives]
    return out


def _understand(row: dict[str, Any]) -> dict[str, object]:
    read = rules.understand(
        row["text"],
        language=str(row["lang"]),
        now=datetime.fromisoformat(row["now"]),
        tz=ZoneInfo(row["tz"]),
        catalogue=_catalogue(row.get("catalogue") or {}),
        state=_state(row.get("state") or {}),
    )
    return read.to_dict()


def _catalogue(data: dict[str, Any]) -> CatalogueView:
    def entries(group: str) -> tuple[Entry, ...]:
        return tuple(Entry(e["key"], (e["name"], *e.get("synonyms", ()))) for e in data.get(group, ()))

    return CatalogueView(entries("services"), entries("staff"), entries("locations"))


def _state(data: dict[str, Any]) -> ReadingState:
    return ReadingState(
        flow=data.get("flow"),
        asked=tuple(data.get("asked") or ()),
        question=data.get("question") or ("confirm" if data.get("confirming") else None),
        confirming=bool(data.get("confirming")),
        filled={field: _value(value) for field, value in (data.get("filled") or {}).items()},
        offer=tuple(Offered(o["handle"], o["field"], _value(o["value"])) for o in data.get("offer") or ()),
    )


def _value(value: Any) -> Value:
    return Range(start=value.get("start"), end=value.get("end")) if isinstance(value, dict) else value
