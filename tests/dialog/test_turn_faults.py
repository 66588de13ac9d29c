"""What a person gets when a turn breaks: an answer in the end, never two, never silence."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from core.errors import TransientError
from core.runtime import Runtime
from core.uow import unit_of_work
from dialog.texts import say
from tests.support.phone import Phone, outbox, query, run_turns

Break = Callable[..., Awaitable[Any]]


def broken(error: BaseException) -> Break:
    async def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


async def events(runtime: Runtime, phone: Phone) -> set[str]:
    rows = await query(runtime, "SELECT status FROM inbound_events WHERE tenant_id = $1", phone.tenant.tenant_id)
    return {row["status"] for row in rows}


@pytest.mark.parametrize("step", ["dialog.manager.understand", "dialog.scene.load_catalogue"])
async def test_after_a_fault_of_ours_the_person_gets_one_sentence_and_the_next_message_is_answered(
    runtime: Runtime, phone: Phone, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(step, broken(RuntimeError()))
        assert await phone.writes("hello") in {say(language, "error.sorry") for language in ("en", "fr")}
        assert await phone.reads() == ""
    assert await events(runtime, phone) == {"failed"}
    assert len(await outbox(runtime, phone.tenant.tenant_id, recipient=phone.address)) == 1
    assert await phone.writes("hello")


async def test_while_the_database_is_away_nothing_is_set_aside_and_the_lane_is_free_for_the_next_try(
    runtime: Runtime, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("dialog.manager.understand", broken(asyncpg.AdminShutdownError()))
        with pytest.raises(TransientError):
            await phone.writes("hello")
    assert await events(runtime, phone) == {"new"}
    assert await phone.reads()
    assert await events(runtime, phone) == {"handled"}


async def test_whoever_fails_after_another_worker_answered_says_nothing(
    runtime: Runtime, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_overtaken(*_: Any, **__: Any) -> Any:
        async with unit_of_work(runtime, phone.tenant.tenant_id) as uow:
            await uow.driver.execute("UPDATE conversations SET revision = revision + 1")
            await uow.driver.execute("UPDATE inbound_events SET status = 'handled'")
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("dialog.manager.understand", be_overtaken)
        assert await phone.writes("hello") == ""
    await run_turns(runtime, phone.tenant.tenant_id)
    assert await events(runtime, phone) == {"handled"}
