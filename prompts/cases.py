"""Test cases of a tenant: words and the commands that they mean, or whole dialogs and what they leave behind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson

from core.errors import InputError
from core.uow import UnitOfWork
from prompts.front_matter import hash_of


@dataclass(frozen=True, slots=True)
class Case:
    """`said_at` is the moment that "tomorrow" is counted from. `state` holds the keys of a session, `commands` those of
    `booka understand`. `turn_id`: the turn that it was made of. A dialog has a `script`, what the customer pursues step
    by step (dialog/rehearsal.py), and `ends`, the rows that it is to leave."""

    name: str
    says: str
    language: str
    said_at: datetime
    commands: Sequence[Mapping[str, Any]]
    state: Mapping[str, Any] = field(default_factory=dict)
    turn_id: int | None = None
    script: Sequence[Mapping[str, Any]] | None = None
    ends: Sequence[Mapping[str, Any]] | None = None

    @property
    def is_dialog(self) -> bool:
        return self.script is not None


@dataclass(frozen=True, slots=True)
class Run:
    total: int
    passed: int

    @property
    def is_green(self) -> bool:
        return self.passed == self.total > 0


def hash_of_cases(cases: Sequence[Case]) -> str:
    return hash_of(_json([asdict(case) for case in cases]))


_CASES = """
SELECT name, says, language, said_at, commands, state, turn_id, script, ends FROM prompt_cases
WHERE tenant_id = $1 AND removed_at IS NULL ORDER BY name
"""
_ADD = """
INSERT INTO prompt_cases (tenant_id, name, says, language, said_at, state, commands, turn_id, script, ends, author,
    created_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, nullif($9, 'null')::jsonb, nullif($10, 'null')::jsonb, $11, $12)
"""
_REMOVE = """
UPDATE prompt_cases SET removed_at = $3 WHERE tenant_id = $1 AND name = $2 AND removed_at IS NULL RETURNING id
"""
_NOTE_RUN = """
INSERT INTO prompt_runs (tenant_id, set_hash, cases_hash, total, passed, times, results, author, ran_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
"""
_LAST_RUN = """
SELECT total, passed FROM prompt_runs WHERE tenant_id = $1 AND set_hash = $2 AND cases_hash = $3
ORDER BY id DESC LIMIT 1
"""


async def cases_of(uow: UnitOfWork) -> list[Case]:
    return [Case(**dict(row)) for row in await uow.driver.fetch(_CASES, uow.tenant_id)]


async def put_case(uow: UnitOfWork, case: Case, *, author: str, at: datetime) -> None:
    """In the place of the case of that name, where there is one."""
    await uow.driver.execute(_REMOVE, uow.tenant_id, case.name, at)
    words = (case.name, case.says, case.language, case.said_at)
    meaning = (_json(case.state), _json(case.commands), case.turn_id, _json(case.script), _json(case.ends))
    await uow.driver.execute(_ADD, uow.tenant_id, *words, *meaning, author, at)


async def remove_case(uow: UnitOfWork, name: str, *, at: datetime) -> None:
    """Raises InputError when there is none of that name."""
    if await uow.driver.fetchval(_REMOVE, uow.tenant_id, name, at) is None:
        raise InputError([f"there is no test case {name!r}"])


async def note_run(
    uow: UnitOfWork,
    set_hash: str,
    cases: Sequence[Case],
    run: Run,
    *,
    times: int,
    results: Sequence[Mapping[str, Any]],
    author: str,
    at: datetime,
) -> None:
    figures = (run.total, run.passed, times, _json(results), author, at)
    await uow.driver.execute(_NOTE_RUN, uow.tenant_id, set_hash, hash_of_cases(cases), *figures)


async def last_run(uow: UnitOfWork, set_hash: str, cases_hash: str) -> Run | None:
    """Of exactly these texts on exactly these cases."""
    row = await uow.driver.fetchrow(_LAST_RUN, uow.tenant_id, set_hash, cases_hash)
    return Run(row["total"], row["passed"]) if row else None


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
