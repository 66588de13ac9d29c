"""A tenant's own versions of prompts and skills: written once, and pointed at by the labels draft and published.

draft → tested → published → rolled back. Each move of a label is a row that tells who, when and why; of two who move
one label at once, the second is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import asyncpg

from core.errors import InputError
from core.uow import UnitOfWork
from prompts.cases import cases_of, hash_of_cases, last_run
from prompts.front_matter import SHORT, Sheet, hash_of
from prompts.library import builtin_templates
from prompts.skill import builtin_skills
from tenants.tenant import mark_changed

Label = Literal["draft", "published"]
LONGEST_KEY: Final = 40


class Kind(StrEnum):
    PROMPT = "prompt"
    SKILL = "skill"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in force or in the making. `number` None: it comes with the product."""

    kind: Kind
    key: str
    source: str
    content_hash: str
    number: int | None = None
    version_id: int | None = None

    @property
    def is_own(self) -> bool:
        return self.version_id is not None


@dataclass(frozen=True, slots=True)
class Move:
    """A label was moved; `version_id` None: to what comes with the product, or to no draft."""

    kind: Kind
    key: str
    label: Label
    serial: int
    version_id: int | None
    number: int | None
    action: str
    author: str
    reason: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of a tenant: those that are live, and drafts of some of them."""

    published: Mapping[tuple[Kind, str], Text]
    drafts: Mapping[tuple[Kind, str], Text]
    serials: Mapping[tuple[Kind, str, Label], int]

    def in_force(self, *drafted: tuple[Kind, str]) -> tuple[Text, ...]:
        """The published ones, with these drafts in their places."""
        chosen = {**self.published, **{place: self.drafts[place] for place in drafted}}
        return tuple(chosen[place] for place in sorted(chosen))

    def newest(self, kind: Kind, key: str) -> Text | None:
        return self.drafts.get((kind, key)) or self.published.get((kind, key))


def hash_of_set(texts: Sequence[Text]) -> str:
    return hash_of("\n".join(f"{text.kind}/{text.key}/{text.content_hash}" for text in texts))


_LABELS = """
SELECT DISTINCT ON (l.kind, l.key, l.label) l.kind, l.key, l.label, l.serial, v.id, v.number, v.source, v.content_hash
FROM prompt_labels l LEFT JOIN prompt_versions v ON v.tenant_id = l.tenant_id AND v.id = l.version_id
WHERE l.tenant_id = $1 ORDER BY l.kind, l.key, l.label, l.serial DESC
"""
_ADD = """
INSERT INTO prompt_versions (tenant_id, kind, key, number, content_hash, source, author, created_at)
SELECT $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7 FROM prompt_versions
WHERE tenant_id = $1 AND kind = $2 AND key = $3
ON CONFLICT DO NOTHING RETURNING id
"""
_FIND = "SELECT id FROM prompt_versions WHERE tenant_id = $1 AND kind = $2 AND key = $3 AND content_hash = $4"
_MOVE = """
INSERT INTO prompt_labels (tenant_id, kind, key, label, serial, version_id, action, author, reason, moved_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING serial
"""
_HISTORY = """
SELECT l.kind, l.key, l.label, l.serial, l.version_id, v.number, l.action, l.author, l.reason, l.moved_at
FROM prompt_labels l LEFT JOIN prompt_versions v ON v.tenant_id = l.tenant_id AND v.id = l.version_id
WHERE l.tenant_id = $1 AND l.kind = $2 AND l.key = $3 ORDER BY l.id
"""


async def texts_of(uow: UnitOfWork) -> Texts:
    published = {(text.kind, text.key): text for text in builtin_texts()}
    drafts: dict[tuple[Kind, str], Text] = {}
    serials: dict[tuple[Kind, str, Label], int] = {}
    for row in await uow.driver.fetch(_LABELS, uow.tenant_id):
        place = (Kind(row["kind"]), row["key"])
        serials[(*place, row["label"])] = row["serial"]
        if row["id"] is not None:
            target = drafts if row["label"] == "draft" else published
            target[place] = Text(*place, row["source"], row["content_hash"], row["number"], row["id"])
    return Texts(published, drafts, serials)


def builtin_texts() -> list[Text]:
    sources = ((Kind.PROMPT, builtin_templates()), (Kind.SKILL, builtin_skills()))
    return [Text(kind, key, source, hash_of(source)) for kind, found in sources for key, source in found.items()]


def builtin_text(kind: Kind, key: str) -> Text | None:
    return next((text for text in builtin_texts() if (text.kind, text.key) == (kind, key)), None)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, when, and why."""

    author: str
    at: datetime
    reason: str = ""


async def store_draft(uow: UnitOfWork, kind: Kind, key: str, sheet: Sheet, deed: Deed) -> Text:
    """The draft of this text from now on. Raises InputError when somebody has changed it since it was shown."""
    texts = await texts_of(uow)
    current = texts.newest(kind, key)
    if current is not None and not (sheet.base and current.content_hash.startswith(sheet.base)):
        shown = f"made from {sheet.base}" if sheet.base else "without the line base = …"
        raise InputError(
            [f"{key}: somebody has changed it: this text is {shown}, it is at {current.content_hash[:SHORT]} by now"]
        )
    content_hash = hash_of(sheet.source)
    version_id = await _version(uow, kind, key, sheet.source, content_hash, deed)
    await _move(uow, texts, kind, key, "draft", version_id, "edited", deed)
    return (await texts_of(uow)).drafts[kind, key]


async def _version(uow: UnitOfWork, kind: Kind, key: str, source: str, content_hash: str, deed: Deed) -> int:
    values = (uow.tenant_id, kind, key, content_hash)
    found = await uow.driver.fetchval(_FIND, *values)
    added = found or await uow.driver.fetchval(_ADD, *values, source, deed.author, deed.at)
    if added is None:
        raise _overtaken(key)
    return int(added)


async def publish(uow: UnitOfWork, kind: Kind, key: str, deed: Deed) -> Text:
    """Live for every process with its next turn. Raises InputError without a green run of exactly what goes live."""
    await mark_changed(uow)
    texts = await texts_of(uow)
    draft = texts.drafts.get((kind, key))
    if draft is None:
        raise InputError([f"{key}: there is no draft"])
    await _refuse_untested(uow, key, texts.in_force((kind, key)))
    await _move(uow, texts, kind, key, "published", draft.version_id, "published", deed)
    await _move(uow, texts, kind, key, "draft", None, "published", deed)
    return draft


async def _refuse_untested(uow: UnitOfWork, key: str, texts: Sequence[Text]) -> None:
    cases = await cases_of(uow)
    if not cases:
        raise InputError([f"{key}: there is no test case to pass"])
    run = await last_run(uow, hash_of_set(texts), hash_of_cases(cases))
    if run is None:
        raise InputError([f"{key}: not tested as it stands, with the texts that are live beside it; test it first"])
    if not run.is_green:
        raise InputError([f"{key}: {run.total - run.passed} of {run.total} test cases failed"])


async def roll_back(uow: UnitOfWork, kind: Kind, key: str, deed: Deed) -> Text | None:
    """Back to what was live before; None where that is nothing at all. Raises InputError where nothing is published."""
    await mark_changed(uow)
    texts = await texts_of(uow)
    current = texts.published.get((kind, key))
    if current is None or not current.is_own:
        raise InputError([f"{key}: nothing of your own is published"])
    before = _before(await history_of(uow, kind, key), current)
    await _move(uow, texts, kind, key, "published", before, "rolled_back", deed)
    return (await texts_of(uow)).published.get((kind, key))


def _before(moves: Sequence[Move], current: Text) -> int | None:
    """What was live when the current version first was published."""
    live = [move.version_id for move in moves if move.label == "published"]
    first = live.index(current.version_id)
    return live[first - 1] if first else None


async def discard(uow: UnitOfWork, kind: Kind, key: str, deed: Deed) -> None:
    texts = await texts_of(uow)
    if (kind, key) not in texts.drafts:
        raise InputError([f"{key}: there is no draft"])
    await _move(uow, texts, kind, key, "draft", None, "discarded", deed)


async def history_of(uow: UnitOfWork, kind: Kind, key: str) -> list[Move]:
    return [_move_of(row) for row in await uow.driver.fetch(_HISTORY, uow.tenant_id, kind, key)]


def _move_of(row: asyncpg.Record) -> Move:
    return Move(**dict(row) | {"kind": Kind(row["kind"])})


async def _move(
    uow: UnitOfWork, texts: Texts, kind: Kind, key: str, label: Label, version_id: int | None, action: str, deed: Deed
) -> None:
    serial = texts.serials.get((kind, key, label), 0) + 1
    moved = await uow.driver.fetchval(
        _MOVE, uow.tenant_id, kind, key, label, serial, version_id, action, deed.author, deed.reason, deed.at
    )
    if moved is None:
        raise _overtaken(key)


def _overtaken(key: str) -> InputError:
    return InputError([f"{key}: somebody else has just changed it; look at it again"])
