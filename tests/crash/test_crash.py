"""SIGKILL at every step, a plain start afterwards: nothing accepted is lost, nothing is done twice."""

from collections.abc import AsyncIterator

import pytest

from tests.crash.crashes import CRASHES, Case, crash_everywhere
from tests.support.installation import install

Aftermath = dict[tuple[str, str, str], Case]


@pytest.fixture(scope="module")
async def aftermath() -> AsyncIterator[Aftermath]:
    async with install() as house:
        yield await crash_everywhere(house)


@pytest.fixture(params=CRASHES, ids="-".join)
def case(request: pytest.FixtureRequest, aftermath: Aftermath) -> Case:
    return aftermath[request.param]


async def test_the_yes_is_answered(case: Case) -> None:
    confirmed = [shown for shown in case.caller.screen() if "confirmed" in shown.text]
    assert len(confirmed) == (2 if case.is_sent_in_doubt and case.row_kind == "reply" else 1)


async def test_there_is_exactly_one_booking(case: Case) -> None:
    rows = await case.caller.installation.sql(
        "SELECT status, to_char(starts_at, 'DD HH24:MI') AS at FROM bookings WHERE tenant_id = $1", case.tenant_id
    )
    assert [tuple(row) for row in rows] == [("confirmed", "03 14:00")]


async def test_each_merchant_is_told_once(case: Case) -> None:
    notices = "SELECT status, count(*) FROM outbox_messages WHERE tenant_id = $1 AND kind = 'notice'"
    rows = await case.caller.installation.sql(f"{notices} GROUP BY status", case.tenant_id)
    assert [tuple(row) for row in rows] == [("sent", 2)]
    told = [len(messages) for messages in case.caller.merchant_screens()]
    assert sorted(told) == ([1, 2] if case.is_sent_in_doubt and case.row_kind == "notice" else [1, 1])


async def test_no_job_was_given_up(case: Case) -> None:
    assert (
        await case.caller.installation.value("SELECT count(*) FROM dead_jobs WHERE tenant_id = $1", case.tenant_id) == 0
    )
