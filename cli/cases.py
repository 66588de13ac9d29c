"""`booka cases` and `booka eval`: a tenant's test cases, and what drafts, live texts and rules alone make of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from bot.inbound import parse_event
from cli.case_files import command_of, read_cases
from core.errors import BookaError, InputError
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.evaluation import Answer, Arm, Report, evaluate, session_of
from dialog.turn_cases import save_turn
from prompts.cases import Case, cases_of, put_case, remove_case
from tenants.definition import find_tenant
from tenants.tenant import get_tenant

_MARKS = {True: "ok", False: "FAILED"}


async def tenant_id_of(runtime: Runtime, key: str) -> int:
    found = await find_tenant(runtime, key)
    if found is None:
        raise InputError([f"there is no tenant {key!r}"])
    return found


async def list_cases(runtime: Runtime, tenant: str) -> str:
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        cases = await cases_of(uow)
    return "\n".join(f"{case.name} · {case.language} · {case.says} · {_json(_expected(case))}" for case in cases)


def _expected(case: Case) -> Any:
    return case.ends if case.is_dialog else case.commands


async def add_cases(runtime: Runtime, tenant: str, path: Path, *, author: str) -> str:
    """All cases of the file or none; one of a name that is known takes its place."""
    now = runtime.clock.now()
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        cases = read_cases(path, language=(await get_tenant(uow)).languages[0], now=now)
        for case in cases:
            session_of(case)
            await put_case(uow, case, author=author, at=now)
    return f"{len(cases)} test cases"


async def save_case(
    runtime: Runtime, tenant: str, turn_id: int, *, name: str | None, expected: str | None, author: str
) -> str:
    tenant_id, name = await tenant_id_of(runtime, tenant), name or f"turn {turn_id}"
    commands = None if expected is None else [command_of(entry, name) for entry in _list(expected)]
    case = await save_turn(runtime, tenant_id, turn_id, name=name, parse=parse_event, author=author, expected=commands)
    return f"{case.name} · {case.says} · {_json(case.commands)}"


def _list(text: str) -> list[Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError([f"the expected commands are no JSON: {error}"]) from error
    if not isinstance(found, list):
        raise InputError(["the expected commands are a JSON list"])
    return found


async def drop_case(runtime: Runtime, tenant: str, name: str) -> str:
    async with unit_of_work(runtime, await tenant_id_of(runtime, tenant)) as uow:
        await remove_case(uow, name, at=runtime.clock.now())
    return f"{name}: removed"


async def evaluate_tenant(runtime: Runtime, tenant: str, *, times: int, author: str) -> str:
    """Drafts, live texts and rules side by side. Raises BookaError when a case fails with the drafts."""
    return told(await evaluate(runtime, await tenant_id_of(runtime, tenant), times=times, author=author))


def told(report: Report) -> str:
    """The report; printed at once where it is followed by BookaError, because a case fails with the drafts."""
    lines, run = "\n".join(_report_lines(report)), report.run_of("draft")
    if run.is_green:
        return lines
    print(lines)
    raise BookaError(f"{run.total - run.passed} of {run.total} test cases failed")


def _report_lines(report: Report) -> Iterable[str]:
    """A case a line, what was wrong under it, the sums last."""
    arms: Sequence[Arm] = tuple(report.answers)
    for row in zip(*(report.answers[arm] for arm in arms), strict=True):
        yield f"{row[0].case.name}: " + " · ".join(f"{answer.arm} {_mark(answer)}" for answer in row)
        for answer in row:
            if answer.passed < answer.times:
                yield f"    {answer.arm} {'left' if answer.case.is_dialog else 'read'} {_json(answer.got)}"
        if any(answer.passed < answer.times for answer in row):
            yield f"    expected {_json(_expected(row[0].case))}"
    if report.times > 1:
        for k in (1, report.times):
            yield f"pass^{k}: " + " · ".join(f"{arm} {report.pass_hat(arm, k):.1%}" for arm in arms)
    yield " · ".join(f"{arm} {run.passed} of {run.total}" for arm in arms for run in [report.run_of(arm)])


def _mark(answer: Answer) -> str:
    """Several times: in how many of them it passed; what the model said is marked, and what it could not say."""
    mark = _MARKS[answer.is_green] if answer.times == 1 else f"{answer.passed}/{answer.times}"
    turns = f" in {answer.turns} turns" if answer.turns is not None else ""
    by_model = " by the model" if answer.source == "llm" else ""
    return f"{mark}{turns}{by_model}" + (f" (no answer: {answer.failure})" if answer.failure else "")


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
