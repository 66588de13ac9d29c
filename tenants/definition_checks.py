"""What must fit together in a tenant file, and where each problem stands. Works on the raw document, so that one
badly shaped entry does not hide the faults of the others."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Document = dict[str, Any]
Path = Sequence[str | int]

# section, key, section whose `key` it names
_REFERENCES = (
    ("services", "staff", "staff"),
    ("services", "resources", "resources"),
    ("staff", "location", "locations"),
    ("resources", "location", "locations"),
    ("merchants", "staff", "staff"),
)
_UNIQUE = (
    ("locations", "key"),
    ("services", "key"),
    ("staff", "key"),
    ("resources", "key"),
    ("holidays", "date"),
    ("merchants", "name"),
    ("merchants", "phone"),
    ("merchants", "telegram_user_id"),
    ("channels", "account"),
    ("channels", "phone_number_id"),
    ("channels", "instance"),
    ("payments", "account"),
    ("knowledge", "topic"),
)
_LABELS = ("key", "account", "name", "date", "topic")
_HEADER = re.compile(r"^\s*\[+\s*([A-Za-z_]+)\s*\]+")


def cross_problems(document: Document) -> Iterator[tuple[Path, str]]:
    """Path and text of every reference to nothing and every name used twice."""
    for section, name, target in _REFERENCES:
        known = {entry.get("key") for _, entry in _entries(document, target) if isinstance(entry.get("key"), str)}
        for index, entry in _entries(document, section):
            for value in _listed(entry.get(name)):
                if value not in known:
                    yield (section, index, name), f"there is no {value!r} in [[{target}]]"
    for section, name in _UNIQUE:
        yield from _repeated(document, section, name)
    yield from _staff_without_place(document)
    yield from _kinds_without_room(document)
    yield from _teams_apart(document)


def _repeated(document: Document, section: str, name: str) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for index, entry in _entries(document, section):
        if entry.get(name) is None:
            continue
        value = str(entry[name])
        same = re.sub(r"\D", "", value) if name == "phone" else value
        if same in seen:
            yield (section, index, name), f"{value!r} is used twice"
        seen.add(same)


def _staff_without_place(document: Document) -> Iterator[tuple[Path, str]]:
    if len(list(_entries(document, "locations"))) == 1:
        return
    for index, entry in _entries(document, "staff"):
        if "location" not in entry:
            yield (("staff", index, "location"), "is missing: it may be left out only when there is one location")


def _kinds_without_room(document: Document) -> Iterator[tuple[Path, str]]:
    kinds = {entry.get("kind") for _, entry in _entries(document, "resources") if isinstance(entry.get("kind"), str)}
    for index, entry in _entries(document, "services"):
        for kind in _listed(entry.get("any_resources", [])):
            if kind not in kinds:
                yield ("services", index, "any_resources"), f"no [[resources]] is of the kind {kind!r}"


def _teams_apart(document: Document) -> Iterator[tuple[Path, str]]:
    """Who must come together must work at one place."""
    places = {entry.get("key"): entry.get("location") for _, entry in _entries(document, "staff")}
    for index, entry in _entries(document, "services"):
        team = _listed(entry.get("staff"))
        if entry.get("needs_all_staff") is True and len({places.get(key) for key in team}) > 1:
            yield ("services", index, "staff"), "all of them are needed, but they work at different locations"


def _entries(document: Document, section: str) -> Iterator[tuple[int, Document]]:
    entries = document.get(section)
    if isinstance(entries, list):
        yield from ((index, entry) for index, entry in enumerate(entries) if isinstance(entry, dict))


def _listed(value: Any) -> list[str]:
    """The well-shaped names of a single or a repeated reference; the shape itself is checked elsewhere."""
    values = value if isinstance(value, list) else [value]
    names = [entry.get("key") if isinstance(entry, dict) else entry for entry in values]
    return [name for name in names if isinstance(name, str)]


def place(document: Document, text: str, path: Path) -> str:
    """`line 34: services[braids].price`, the line being that of the key or of its table's header."""
    line = _line_of(text, path)
    return f"line {line}: {_name(document, path)}" if line else _name(document, path)


def _name(document: Document, path: Path) -> str:
    parts: list[str] = []
    current: Any = document
    for step in path:
        try:
            current = current[step]
        except (KeyError, IndexError, TypeError):
            current = None
        parts.append(f"[{_label(current, step)}]" if isinstance(step, int) else f".{step}")
    return "".join(parts).removeprefix(".")


def _label(entry: Any, index: int) -> str:
    if isinstance(entry, dict):
        named = [str(entry[key]) for key in _LABELS if isinstance(entry.get(key), str)]
        if named:
            return named[0]
    return f"#{index + 1}"


def _line_of(text: str, path: Path) -> int | None:
    lines = text.splitlines()
    nth = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
    headers = [number for number, line in enumerate(lines) if _is_header_of(line, str(path[0]))]
    if nth >= len(headers):
        return None
    key = next((str(step) for step in path[1:] if isinstance(step, str)), None)
    for number in range(headers[nth] + 1, len(lines)):
        if _HEADER.match(lines[number]):
            break
        if key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[number]):
            return number + 1
    return headers[nth] + 1


def _is_header_of(line: str, section: str) -> bool:
    match = _HEADER.match(line)
    return match is not None and match.group(1) == section
