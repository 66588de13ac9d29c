"""A tenant's test cases, run by the reader that customers meet: with drafts, with what is live, and by rules alone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from math import comb
from typing import Any, Literal

from booking.catalogue import Catalogue
from booking.catalogue_rows import load_catalogue
from core.errors import InputError
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.messages import InboundMessage
from dialog.rehearsal import Stage, leaves, rehearse
from dialog.session import OfferItem, Session
from dialog.understanding.llm import Model
from dialog.words import understand
from llm.endpoints import is_asked_for
from prompts.cases import Case, Run, cases_of, note_run
from prompts.instructions import Instructions, instructions_from
from prompts.versions import Kind, Text, Texts, hash_of_set, texts_of

Arm = Literal["draft", "published", "rules"]
ARMS: tuple[Arm, ...] = ("draft", "published", "rules")
_MOST_TIMES = 20
_TOO_FAST = "quota requests_per_minute"
PAUSE_S = 2.0
_MOST_WAITS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What one case was read as, or left behind, by the last of its `times`; `turns` is how many a dialog took.
    `failure`: why the model did not answer."""

    case: Case
    arm: Arm
    times: int
    passed: int
    got: Sequence[Mapping[str, Any]]
    source: str
    failure: str | None = None
    turns: int | None = None

    @property
    def is_green(self) -> bool:
        return self.passed == self.times and self.failure is None


@dataclass(frozen=True, slots=True)
class Report:
    """The answers of each arm in the order of the cases; `set_hash` is of the texts that the drafts are part of."""

    set_hash: str
    times: int
    answers: Mapping[Arm, Sequence[Answer]]

    def run_of(self, arm: Arm) -> Run:
        return Run(len(self.answers[arm]), sum(answer.is_green for answer in self.answers[arm]))

    def pass_hat(self, arm: Arm, k: int) -> float:
        """pass^k: how likely all of k tries pass, of a case that is drawn at random."""
        shares = [comb(answer.passed, k) / comb(answer.times, k) for answer in self.answers[arm]]
        return sum(shares) / len(shares)


@dataclass(frozen=True, slots=True)
class _Bench:
    runtime: Runtime
    catalogue: Catalogue
    texts: Texts
    cases: Sequence[Case]


async def evaluate(
    runtime: Runtime,
    tenant_id: int,
    *,
    draft: tuple[Kind, str] | None = None,
    arms: Sequence[Arm] = ARMS,
    times: int = 1,
    author: str,
) -> Report:
    """Runs every case `times` times; green is what passes each time. The run of the drafts is kept: publishing asks
    for it. `draft` takes one draft alone, with all else as it is live. Raises InputError where there is nothing to run.
    """
    if not 1 <= times <= _MOST_TIMES:
        raise InputError([f"times: 1 to {_MOST_TIMES}"])
    async with unit_of_work(runtime, tenant_id) as uow:
        bench = _Bench(runtime, await load_catalogue(uow), await texts_of(uow), await cases_of(uow))
    if not bench.cases:
        raise InputError(["there is no test case to run"])
    if draft is not None and draft not in bench.texts.drafts:
        raise InputError([f"{draft[1]}: there is no draft"])
    drafted = bench.texts.in_force(*([draft] if draft else bench.texts.drafts))
    sets = {"draft": drafted, "published": bench.texts.in_force(), "rules": bench.texts.in_force()}
    report = Report(
        hash_of_set(drafted),
        times,
        {arm: [await _answer(bench, case, arm, sets[arm], times) for case in bench.cases] for arm in arms},
    )
    await _keep(bench, report, times, author)
    return report


async def _answer(bench: _Bench, case: Case, arm: Arm, texts: Sequence[Text], times: int) -> Answer:
    if arm == "rules":  # they say the same each time
        tries = [await _try(bench, case, arm, texts)] * times
    else:
        tries = [await _try_patiently(bench, case, arm, texts) for _ in range(times)]
    failure = next((a_try.failure for a_try in tries if a_try.failure), None)
    last = tries[-1]
    return Answer(case, arm, times, sum(t.passed for t in tries), last.got, last.source, failure, last.turns)


async def _try_patiently(bench: _Bench, case: Case, arm: Arm, texts: Sequence[Text]) -> Answer:
    """Test cases come faster than customers: where a minute's calls are used up, the next ones are waited for."""
    for _ in range(_MOST_WAITS):
        answer = await _try(bench, case, arm, texts)
        if answer.failure != _TOO_FAST:
            break
        await asyncio.sleep(PAUSE_S)
    return answer


async def _try(bench: _Bench, case: Case, arm: Arm, texts: Sequence[Text]) -> Answer:
    instructions = instructions_from(texts, bench.catalogue.tenant)
    stage = Stage(bench.runtime, bench.catalogue, instructions, lambda n: _model(bench, case, arm, instructions, n))
    if case.is_dialog:
        played = await rehearse(stage, case)
        passed = leaves(played.ends, case.ends or ())
        return Answer(case, arm, 1, int(passed), played.ends, played.source, played.failure, played.turns)
    got, source, failure = await _read(stage, case)
    return Answer(case, arm, 1, int(_comparable(got) == _comparable(case.commands)), got, source, failure)


def _model(bench: _Bench, case: Case, arm: Arm, instructions: Instructions, nth: int) -> Model | None:
    tenant = bench.catalogue.tenant
    if arm == "rules" or not is_asked_for(bench.runtime, tenant):
        return None
    key = f"eval:{case.name}:{arm}:{nth}"
    return Model(bench.runtime, tenant, conversation_id=None, turn_key=key, instructions=instructions, purpose="eval")


async def _read(stage: Stage, case: Case) -> tuple[list[dict[str, Any]], str, str | None]:
    model = stage.new_model(0)
    understood = await understand(
        [InboundMessage(0, "text", case.says)],
        session_of(case),
        stage.catalogue,
        language=case.language,
        now=case.said_at,
        zone=stage.catalogue.tenant.zone,
        model=model,
        instructions=stage.instructions,
    )
    return [as_json(item) for item in understood.inputs], understood.source, model.failure if model else None


def session_of(case: Case) -> Session:
    """Raises InputError for what no session has."""
    state = dict(case.state)
    unknown = sorted(set(state) - set(Session.__dataclass_fields__))
    if unknown:
        raise InputError([f"{case.name}: state has no {', '.join(unknown)}"])
    try:
        offer = tuple(
            OfferItem(**{"tap": "", "label": str(item.get("value")), **item}) for item in state.get("offer", ())
        )
        return Session(**state | {"asked": tuple(state.get("asked", ())), "offer": offer})
    except TypeError as error:
        raise InputError([f"{case.name}: offer: {error}"]) from error


def as_json(item: Any) -> dict[str, Any]:
    """A command or another input as it stands in `turns` and in a case."""
    if is_dataclass(item) and not isinstance(item, type):
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(item).items()}
    return dict(item.model_dump(mode="json"))


def _comparable(commands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is null was not said."""
    return [{key: value for key, value in command.items() if value is not None} for command in commands]


async def _keep(bench: _Bench, report: Report, times: int, author: str) -> None:
    if "draft" not in report.answers:
        return
    results = [
        {"case": a.case.name, "passed": a.passed, "got": list(a.got), "source": a.source, "failure": a.failure}
        for a in report.answers["draft"]
    ]
    now, run = bench.runtime.clock.now(), report.run_of("draft")
    async with unit_of_work(bench.runtime, bench.catalogue.tenant.id) as uow:
        await note_run(uow, report.set_hash, bench.cases, run, times=times, results=results, author=author, at=now)
