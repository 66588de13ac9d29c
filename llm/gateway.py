"""The one way to a model: quota, provider, usage. Nothing else in the product asks one."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit, is_passing
from llm import metrics, quota, usage
from llm.call import Completion, Endpoint, Mode, Request
from llm.failures import MALFORMED, PASSING, UNSENT, Kind, LlmError
from llm.gate import Gate, Lane, gate_of
from llm.prices import price_of
from llm.quota import Charge, Outcome, Reservation, Wish
from llm.tokens import bound_prompt

log = get_logger("llm")

DEADLINE_S: Final = 6.0
_ENOUGH_TO_REPEAT_S = 2.5
_LONGEST_PAUSE_S = 1.0
_UNRESERVED = UNSENT - {Kind.NO_CONNECTION}
_T = TypeVar("_T")


async def complete(runtime: Runtime, request: Request[_T]) -> Completion[_T]:
    """Asks the tenant's endpoints in turn, six seconds in all; each call is reserved, sent and settled by itself.

    No transaction may be open. Raises LlmError with what went wrong last; every call is a row of llm_calls.
    """
    gate, until_s = gate_of(runtime), runtime.clock.monotonic() + DEADLINE_S
    endpoint, failure = None, LlmError(Kind.NO_ENDPOINT)
    try:
        async with gate.bulkhead.place(request.tenant_id):
            for endpoint in request.endpoints:
                try:
                    return await _ask(_Line(runtime, gate, request, endpoint, until_s))
                except LlmError as error:
                    failure = error
                if failure.kind is Kind.QUOTA or runtime.clock.monotonic() >= until_s:
                    break
    except LlmError as error:
        endpoint, failure = request.endpoints[0], error
    if endpoint is not None and failure.kind in _UNRESERVED:
        metrics.note_unsent(failure.kind, failure.code)
        await _note_unsent(runtime, request, endpoint, failure)
    log.info("llm.failed", tenant_id=request.tenant_id, kind=failure.kind, code=failure.code)
    raise failure


async def warm_up(runtime: Runtime) -> None:
    """Loads what the first question would wait for."""
    if runtime.settings.openai.api_key.get_secret_value():
        await gate_of(runtime).provider("openai")


@dataclass(frozen=True, slots=True)
class _Line:
    """A request on its way to one endpoint."""

    runtime: Runtime
    gate: Gate
    request: Request[Any]
    endpoint: Endpoint
    until_s: float

    @property
    def lane(self) -> Lane:
        return self.gate.lane(self.endpoint)

    @property
    def left_s(self) -> float:
        return self.until_s - self.runtime.clock.monotonic()

    @property
    def is_last(self) -> bool:
        return self.endpoint is self.request.endpoints[-1]


async def _ask(line: _Line) -> Completion[Any]:
    """Down the ladder where the endpoint wants that, and once more where that may help."""
    ladder, request, correction, attempt, is_repeated = line.lane.ladder, line.request, "", 0, False
    while True:
        attempt += 1
        mode = await ladder.mode(line.runtime, request.tenant_id, line.endpoint)
        try:
            value, model = await _call(line, mode, correction, attempt)
            ladder.note(fits=True)
            return Completion(value, model or line.endpoint.model, attempt)
        except LlmError as error:
            is_unfit = error.kind in MALFORMED and ladder.note(fits=False)
            if is_unfit or error.kind is Kind.UNSUPPORTED:
                is_lower = await ladder.step_down(line.runtime, request.tenant_id, line.endpoint, mode)
                if error.kind is Kind.UNSUPPORTED and is_lower and line.left_s > 0:
                    continue
            if is_repeated or not _may_help(line, error):
                raise
            is_repeated = True
            correction = f"Your last answer could not be used: {error.code}." if error.kind in MALFORMED else ""
            await asyncio.sleep(min(error.retry_after_s or 0, _LONGEST_PAUSE_S))


def _may_help(line: _Line, error: LlmError) -> bool:
    if line.left_s < _ENOUGH_TO_REPEAT_S + (error.retry_after_s or 0):
        return False
    if error.kind is Kind.RATE_LIMITED:
        return error.retry_after_s is not None and error.retry_after_s <= _LONGEST_PAUSE_S
    return error.kind in MALFORMED or (error.kind in PASSING and line.is_last)


async def _call(line: _Line, mode: Mode, correction: str, attempt: int) -> tuple[Any, str | None]:
    """One call: reserved, sent, read, and settled whatever happens."""
    breaker, clock = line.lane.breaker, line.runtime.clock
    if not breaker.lets_in():
        raise LlmError(Kind.BREAKER_OPEN)
    outcome, started_s = Outcome(Kind.CANCELLED, was_sent=False), clock.monotonic()
    reservation: Reservation | None = None
    try:
        provider = await line.gate.provider(line.endpoint.provider)
        reservation = await _reserve(line, mode, correction, attempt)
        outcome = replace(outcome, was_sent=True)
        async with asyncio.timeout(max(0.0, line.left_s)):
            answer = await provider.ask(line.endpoint, replace(line.request.prompt, correction=correction), mode)
        outcome = Outcome("ok", answer.usage, model=answer.model, request_id=answer.request_id, http_status=200)
        return line.request.read(answer.text), answer.model
    except TimeoutError:
        outcome = Outcome(Kind.TIMEOUT, code="deadline")
        raise LlmError(Kind.TIMEOUT, "deadline") from None
    except LlmError as error:
        outcome = _failed(outcome, error)
        raise
    finally:
        _note(line, breaker.note(None if outcome.status == "ok" else Kind(outcome.status)), outcome)
        if reservation is not None:
            latency_ms = (clock.monotonic() - started_s) * 1000
            await line.gate.see_through(_settle(line, reservation, replace(outcome, latency_ms=latency_ms)))


def _failed(sent: Outcome, error: LlmError) -> Outcome:
    """An answer that cannot be used has cost what it has cost; what was refused with a status has cost nothing."""
    if error.kind in MALFORMED:
        return replace(sent, status=error.kind, code=error.code)
    return Outcome(
        error.kind,
        error.usage,
        was_sent=error.kind not in UNSENT and (error.http_status is None or error.http_status == 200),
        code=error.code,
        http_status=error.http_status,
        model=error.model,
        request_id=error.request_id,
    )


def _note(line: _Line, is_open_now: bool, outcome: Outcome) -> None:
    if is_open_now:
        metrics.CIRCUITS_OPENED.labels(outcome.status).inc()
        owner = {"tenant_id": line.request.tenant_id, "key_owner": line.endpoint.owner}
        log.error("llm.breaker_opened", kind=outcome.status, http_status=outcome.http_status, **owner)


async def _reserve(line: _Line, mode: Mode, correction: str, attempt: int) -> Reservation:
    request, now = line.request, line.runtime.clock.now()
    priced = price_of(line.endpoint, await line.gate.prices(), now)
    day, month = quota.period_of(now, request.timezone)
    prompt = replace(request.prompt, correction=correction)
    wish = Wish(
        conversation_id=request.conversation_id,
        turn_key=request.turn_key,
        purpose="repair" if correction else request.purpose,
        endpoint=line.endpoint,
        mode=mode,
        attempt=attempt,
        prompt_version=request.prompt_version,
        prompt_tokens=bound_prompt(prompt),
        max_tokens=prompt.max_tokens,
        priced=priced,
        now=now,
        day=day,
        month=month,
    )
    limit = line.runtime.settings.openai.tokens_per_day

    async def work(uow: UnitOfWork) -> Reservation:
        return await quota.reserve(uow, wish, platform_limit=limit)

    return await in_unit(line.runtime, request.tenant_id, work)


async def _settle(line: _Line, reservation: Reservation, outcome: Outcome) -> None:
    """What cannot be stored now is settled by the sweep."""

    async def work(uow: UnitOfWork) -> Charge | None:
        return await quota.settle(uow, reservation, outcome, line.runtime.clock.now())

    model = metrics.model_label(line.endpoint.model, reservation.wish.priced)
    metrics.note_call(model, outcome.status, outcome.latency_ms or 0)
    try:
        charge = await in_unit(line.runtime, line.request.tenant_id, work)
        if charge is not None:
            metrics.note_charge(model, charge.usage, charge.cost_u)
    except Exception as error:
        if not is_passing(error):
            raise
        log.warning("llm.settled_later", call_id=reservation.call_id, error=type(error).__name__)


async def _note_unsent(runtime: Runtime, request: Request[Any], endpoint: Endpoint, failure: LlmError) -> None:
    now = runtime.clock.now()

    async def work(uow: UnitOfWork) -> None:
        await usage.note_unsent(
            uow,
            endpoint,
            status=failure.kind,
            code=failure.code,
            purpose=request.purpose,
            conversation_id=request.conversation_id,
            turn_key=request.turn_key,
            prompt_version=request.prompt_version,
            period=quota.period_of(now, request.timezone),
            now=now,
        )

    await in_unit(runtime, request.tenant_id, work)
