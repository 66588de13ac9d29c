import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import redis.asyncio

from core.errors import TransientError
from core.queue import Cron, Job, Queue, run_worker
from core.runtime import Runtime

Buried = asyncio.Queue[tuple[str, int, int, str]]


@asynccontextmanager
async def working(
    runtime: Runtime, jobs: dict[str, Job], crons: tuple[Cron, ...] = ()
) -> AsyncIterator[tuple["asyncio.Task[None]", "Buried"]]:
    buried: Buried = asyncio.Queue()

    async def bury(job: str, tenant_id: int, subject_id: int, error: BaseException, tries: int) -> None:
        buried.put_nowait((job, tenant_id, subject_id, type(error).__name__))

    await runtime.queue.redis.flushdb()  # wake-ups of other tests
    task = asyncio.create_task(run_worker(runtime.queue, jobs, crons, bury))
    try:
        yield task, buried
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 15)


async def test_a_wake_runs_its_job_with_tenant_and_subject(runtime: Runtime) -> None:
    called: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    async def note(tenant_id: int, subject_id: int) -> None:
        called.put_nowait((tenant_id, subject_id))

    async with working(runtime, {"note": note}):
        await runtime.queue.wake("note", 7, 8)
        assert await asyncio.wait_for(called.get(), 10) == (7, 8)


async def test_a_job_that_fails_for_good_is_buried_and_a_passing_fault_is_tried_again(runtime: Runtime) -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def flaky(tenant_id: int, subject_id: int) -> None:
        tries.append(subject_id)
        if len(tries) < 2:
            raise TransientError("not now", retry_after_s=0.01)
        done.set()

    async def broken(tenant_id: int, subject_id: int) -> None:
        raise ZeroDivisionError

    async with working(runtime, {"flaky": flaky, "broken": broken}) as (_, buried):
        await runtime.queue.wake_many([("flaky", 1, 2, 0.0), ("broken", 1, 3, 0.0)])
        await asyncio.wait_for(done.wait(), 10)
        assert await asyncio.wait_for(buried.get(), 10) == ("broken", 1, 3, "ZeroDivisionError")
    assert tries == [2, 2]


async def test_the_worker_starts_again_when_its_connections_are_cut(runtime: Runtime) -> None:
    called: asyncio.Queue[int] = asyncio.Queue()

    async def note(tenant_id: int, subject_id: int) -> None:
        called.put_nowait(subject_id)

    async with working(runtime, {"note": note}):
        await runtime.queue.wake("note", 1, 1)
        await asyncio.wait_for(called.get(), 10)
        client = redis.asyncio.Redis.from_url(runtime.redis_url)
        for kind in ("normal", "pubsub"):
            await client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        await client.aclose()
        await runtime.queue.wake("note", 1, 2)
        assert await asyncio.wait_for(called.get(), 15) == 2


async def test_stopping_is_heard_while_jobs_are_running(runtime: Runtime) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(tenant_id: int, subject_id: int) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        ended.set()

    async with working(runtime, {"slow": slow}):
        await runtime.queue.wake("slow", 1, 1)
        await asyncio.wait_for(begun.wait(), 10)
    assert ended.is_set()


async def test_a_lost_wake_is_no_error() -> None:
    queue = Queue("unix:///nowhere/redis.sock")
    await queue.wake("turn", 1, 1)
    assert not await queue.is_reachable()
    await queue.close()


async def test_without_redis_the_worker_sweeps_and_runs_what_it_finds(runtime: Runtime) -> None:
    """Nothing answers at this address, as after a crash of Redis."""
    called: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
    queue = Queue("unix:///nowhere/redis.sock")

    async def note(tenant_id: int, subject_id: int) -> None:
        called.put_nowait((tenant_id, subject_id))

    async def sweep() -> None:
        await queue.wake_many([("note", 1, 2, 60.0), ("note", 3, 4, 0.0)])  # the first is not due yet

    async def bury(*_: object) -> None:
        raise AssertionError

    task = asyncio.create_task(run_worker(queue, {"note": note}, [Cron("found", sweep, 1)], bury))
    assert await asyncio.wait_for(called.get(), 10) == (3, 4)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await queue.close()
