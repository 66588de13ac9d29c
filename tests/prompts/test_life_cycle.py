"""From a message that nobody understood to a skill that is live in every process, and back, all at the command line."""

import time
from dataclasses import replace

import orjson

from tests.prompts.desk import Desk, obedient
from tests.support.model import ModelHouse
from tests.support.phone import Phone, query

ROYAL = "I fancy the royal treatment"
WANTED = [{"kind": "start_flow", "flow": "book"}, {"kind": "set_field", "field": "service", "value": "braids"}]


async def test_an_edit_is_blocked_by_a_failing_test_fixed_published_live_at_once_and_rolled_back(
    house: ModelHouse, phone: Phone, desk: Desk
) -> None:
    house.api.answers = obedient
    processes = [phone, Phone(replace(house.runtime), phone.client, phone.tenant)]
    for process in processes:
        await process.writes(ROYAL)
        assert await _commands(house, phone) == ["cannot_handle"]
    saved = await desk.runs("cases", "save", desk.tenant, await _turn(house, phone), "--expect", _json(WANTED))
    assert (saved.code, ROYAL in saved.text) == (0, True)

    shown = await desk.shown("core.booking")
    wrong = shown.replace("flows =", "knowledge = ['\"royal treatment\" is Haircut.']\nflows =")
    assert (await desk.edits("core.booking", wrong, "--by", "Ada")).code == 0
    assert "not tested" in (await desk.skill("publish", "core.booking")).text
    failed = await desk.skill("test", "core.booking")
    assert (failed.code, "1 of 1 test cases failed" in failed.text) == (1, True)
    refused = await desk.skill("publish", "core.booking")
    assert (refused.code, "1 of 1 test cases failed" in refused.text) == (1, True)

    right = (await desk.shown("core.booking")).replace("Haircut", "Braids")
    assert (await desk.edits("core.booking", right)).code == 0
    assert (await desk.skill("test", "core.booking")).text.strip().endswith("draft 1 of 1")
    assert "tested" in (await desk.runs("skills", "list", desk.tenant)).text
    side_by_side = (await desk.runs("eval", desk.tenant)).text
    assert "draft ok by the model · published FAILED" in side_by_side
    assert "draft 1 of 1 · published 0 of 1 · rules 0 of 1" in side_by_side
    assert "+knowledge = [" in (await desk.skill("diff", "core.booking")).text

    published = await desk.skill("publish", "core.booking", "--why", "customers say so")
    since_s = time.monotonic()
    assert published.code == 0, published.text
    for process in processes:
        await process.writes(ROYAL)
        assert await _commands(house, phone) == ["start_flow", "set_field"]
    assert time.monotonic() - since_s < 2

    back = await desk.skill("rollback", "core.booking", "--why", "the name is gone", "--by", "Bea")
    assert "live built-in" in back.text
    for process in processes:
        await process.writes("menu")
        await process.writes(ROYAL)
        assert await _commands(house, phone) == ["cannot_handle"]
    history = (await desk.skill("history", "core.booking")).text.splitlines()
    assert [line.split(" · ", 1)[1] for line in history] == [
        "edited · 1 · Ada",
        "edited · 2 · operator",
        "published · 2 · operator · customers say so",
        "rolled_back · built-in · Bea · the name is gone",
    ]


async def _commands(house: ModelHouse, phone: Phone) -> list[str]:
    """The kinds that the newest turn was read as."""
    sql = "SELECT commands::text AS said FROM turns WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1"
    rows = await query(house.runtime, sql, phone.tenant.tenant_id)
    return [command["kind"] for command in orjson.loads(rows[0]["said"])]


async def _turn(house: ModelHouse, phone: Phone) -> str:
    sql = "SELECT max(id) AS id FROM turns WHERE tenant_id = $1"
    return str((await query(house.runtime, sql, phone.tenant.tenant_id))[0]["id"])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
