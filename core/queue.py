"""The only file that knows arq. It carries wake-ups; the truth is in PostgreSQL, so any of them may get lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from arq.connections import ArqRedis
from arq.constants import health_check_key_suffix, job_key_prefix
from arq.cron import CronJob
from arq.cron import cron as arq_cron
from arq.jobs import serialize_job
from arq.worker import Retry, Worker, func
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from core.errors import TransientError
from core.telemetry import get_logger
from core.uow import is_passing

log = get_logger("queue")

_QUEUE = "booka:jobs"
_WAKE_EXPIRES_MS = 3_600_000
_MAX_TRIES = 5
_JOB_TIMEOUT_S = 30
_POLL_DELAY_S = 0.02
_RESTART_AFTER_S = 0.5
_DRAIN_S = 10
_LOCAL_RUNS = 16

Job = Callable[[int, int], Awaitable[None]]
Wake = tuple[str, int, int, float]


@dataclass(frozen=True)
class Cron:
    """A sweep: `run` is called by one worker of all at each of these seconds of a minute, or minutes of an hour."""

    name: str
    run: Callable[[], Awaitable[None]]
    every_s: int


class Queue:
    """Wakes jobs by name with (tenant_id, subject_id); every job reads its rows and may run twice.

    While Redis is away a worker's own wakes run in its process (`local_jobs`): its sweeps then do all the work.
    """

    def __init__(self, redis_url: str) -> None:
        self.url = redis_url
        self.local_jobs: dict[str, Job] = {}
        self._local_runs: set[asyncio.Task[None]] = set()
        self.redis = ArqRedis(
            ConnectionPool.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5),
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
            default_queue_name=_QUEUE,
        )

    async def wake(self, job: str, tenant_id: int, subject_id: int, *, delay_s: float = 0.0) -> None:
        await self.wake_many([(job, tenant_id, subject_id, delay_s)])

    async def wake_many(self, wakes: Sequence[Wake]) -> None:
        """One round trip for all. Never raises: with Redis away the sweeps find the rows."""
        if not wakes:
            return
        now_ms = int(time.time() * 1000)
        try:
            async with self.redis.pipeline(transaction=False) as pipe:
                scores = {}
                for job, tenant_id, subject_id, delay_s in wakes:
                    job_id = uuid4().hex
                    body = serialize_job(job, (tenant_id, subject_id), {}, None, now_ms, serializer=orjson.dumps)
                    pipe.psetex(job_key_prefix + job_id, _WAKE_EXPIRES_MS, body)
                    scores[job_id] = now_ms + int(delay_s * 1000)
                pipe.zadd(_QUEUE, scores)
                await pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("queue.wake_lost", count=len(wakes), error=type(error).__name__)
            self._run_locally(wakes)

    def _run_locally(self, wakes: Sequence[Wake]) -> None:
        """What is not due yet, or does not fit now, is found by a sweep."""
        for job, tenant_id, subject_id, delay_s in wakes:
            if delay_s <= 0 and job in self.local_jobs and len(self._local_runs) < _LOCAL_RUNS:
                run = asyncio.ensure_future(self.local_jobs[job](tenant_id, subject_id))
                self._local_runs.add(run)
                run.add_done_callback(self._local_runs.discard)

    async def end_local_runs(self) -> None:
        """What runs here is let to its end, and starts nothing more."""
        self.local_jobs = {}
        if self._local_runs:
            await asyncio.wait(self._local_runs, timeout=_DRAIN_S)

    async def is_reachable(self) -> bool:
        try:
            return bool(await self.redis.ping())
        except (RedisError, OSError):
            return False

    async def has_worker(self) -> bool:
        """A worker gave its sign of life within the last half minute."""
        try:
            return bool(await self.redis.exists(_QUEUE + health_check_key_suffix))
        except (RedisError, OSError):
            return False

    async def close(self) -> None:
        await self.redis.aclose(close_connection_pool=True)


async def run_worker(
    wakes: Queue,
    jobs: dict[str, Job],
    crons: Sequence[Cron],
    bury: Callable[[str, int, int, BaseException, int], Awaitable[None]],
    *,
    max_jobs: int = 100,
) -> None:
    """Runs until cancelled. arq ends when Redis goes away; this supervisor starts it again, and meanwhile
    runs the sweeps itself, whose wakes (through `wakes`) then run here: work goes on without Redis, more slowly."""
    wakes.local_jobs = {name: _forgiving(name, job, bury) for name, job in jobs.items()}
    try:
        while True:
            queue = Queue(wakes.url)
            await _run_once(queue, _worker(queue, jobs, crons, bury, max_jobs))
            await _sweep_without_redis(crons)
            await asyncio.sleep(_RESTART_AFTER_S)
    finally:
        await wakes.end_local_runs()


async def _run_once(queue: Queue, worker: Worker) -> None:
    """Until arq ends for whatever reason; what it had started is let to its end."""
    running = asyncio.ensure_future(worker.async_run())
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        await _stop(running)
        await _drain(worker)
        raise
    finally:
        with suppress(RedisError, OSError):
            await queue.close()
    error = None if running.cancelled() else running.exception()
    log.warning("queue.worker_restarts", exc_info=None if isinstance(error, RedisError | OSError) else error)
    await _drain(worker)


def _worker(
    queue: Queue,
    jobs: dict[str, Job],
    crons: Sequence[Cron],
    bury: Callable[[str, int, int, BaseException, int], Awaitable[None]],
    max_jobs: int,
) -> Worker:
    return Worker(
        functions=[func(_guarded(name, job, bury), name=name) for name, job in jobs.items()],
        cron_jobs=[_cron(cron) for cron in crons],
        redis_pool=queue.redis,
        queue_name=_QUEUE,
        handle_signals=False,
        max_jobs=max_jobs,
        job_timeout=_JOB_TIMEOUT_S,
        keep_result=0,
        poll_delay=_POLL_DELAY_S,
        max_tries=_MAX_TRIES + 1,
        health_check_interval=30,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
        log_results=False,
    )


async def _stop(running: "asyncio.Future[None]") -> None:
    """Cancels until it is true: a cancellation that meets a timeout inside the Redis client may get lost there."""
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=_RESTART_AFTER_S)


def _guarded(name: str, job: Job, bury: Callable[[str, int, int, BaseException, int], Awaitable[None]]) -> Any:
    async def run(context: dict[str, Any], tenant_id: int, subject_id: int) -> None:
        attempt = int(context["job_try"])
        try:
            await job(tenant_id, subject_id)
        except Exception as error:
            if not isinstance(error, TransientError) and not is_passing(error):
                log.exception("queue.job_failed", job=name, tenant_id=tenant_id, subject_id=subject_id)
            elif attempt < _MAX_TRIES:
                wait_s = error.retry_after_s if isinstance(error, TransientError) else None
                raise Retry(defer=wait_s or 2.0**attempt / 2) from error
            await bury(name, tenant_id, subject_id, error, attempt)

    return run


def _forgiving(name: str, job: Job, bury: Callable[[str, int, int, BaseException, int], Awaitable[None]]) -> Job:
    """Without arq nobody tries again but the next sweep, which finds what is still open."""

    async def run(tenant_id: int, subject_id: int) -> None:
        try:
            await asyncio.wait_for(job(tenant_id, subject_id), _JOB_TIMEOUT_S)
        except Exception as error:
            if isinstance(error, TransientError | TimeoutError) or is_passing(error):
                return
            log.exception("queue.job_failed", job=name, tenant_id=tenant_id, subject_id=subject_id)
            await bury(name, tenant_id, subject_id, error, 1)

    return run


def _cron(cron: Cron) -> CronJob:
    async def run(_: dict[Any, Any]) -> None:
        try:
            await cron.run()
        except Exception:
            log.exception("queue.sweep_failed", job=cron.name)

    run.__qualname__ = cron.name
    seconds = set(range(0, 60, cron.every_s))
    minutes = set(range(0, 60, cron.every_s // 60)) if cron.every_s > 60 else None
    return arq_cron(
        run,  # type: ignore[arg-type]  # arq's protocol wants *args as well
        name=f"cron:{cron.name}",
        minute=minutes,
        second=seconds,
        max_tries=1,
        timeout=_JOB_TIMEOUT_S,
        keep_result=0,
    )


async def _sweep_without_redis(crons: Sequence[Cron]) -> None:
    """What is seldom swept can wait for Redis."""
    for cron in crons:
        if cron.every_s < 60:
            with suppress(Exception):
                await cron.run()


async def _drain(worker: Worker) -> None:
    """Lets started jobs end: each is short, and one cut off would only be found again by a sweep."""
    tasks = list(worker.tasks.values())
    if not tasks:
        return
    ended, _ = await asyncio.wait(tasks, timeout=_DRAIN_S)
    await asyncio.gather(*ended, return_exceptions=True)  # arq's own faults with Redis, which every job survives
