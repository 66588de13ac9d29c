"""Every failpoint kills a process in the middle of a customer's yes; then everything is started plainly once.

Each case has a tenant of its own. While other cases crash, what a dead process left behind is set aside by moving
its due times, so that each process dies in its own case; the recovery moves them back instead of waiting.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp.test_utils import unused_port

from tests.support.callers import WISH, Caller
from tests.support.installation import Delivery, Installation, killed, running, until
from tests.support.patience import in_turn
from tests.support.tenants import make_tenant

_WEB = ("webhook.received", "webhook.recorded")
_TURN = ("turn.claimed", "turn.read", "turn.before_commit", "turn.committed")
_RELAY = ("relay.claimed", "relay.sent", "relay.marked")
_CHANNELS = ("whatsapp", "telegram")

_POINTS = [*((point, "") for point in _WEB + _TURN), *((point, "reply") for point in _RELAY), ("relay.sent", "notice")]
# Of both channels where a channel makes a difference: what may have been sent.
CRASHES = in_turn([[(point, channel, kind) for channel in _CHANNELS] for point, kind in _POINTS])
CRASHES += [crash for crash in (("relay.sent", name, "reply") for name in _CHANNELS) if crash not in CRASHES]

_SET_ASIDE = """
WITH lanes AS (UPDATE conversations SET lane_until = clock_timestamp() + interval '1 h' WHERE tenant_id = $1)
UPDATE outbox_messages SET next_attempt_at = clock_timestamp() + interval '1 h',
    claimed_until = CASE status WHEN 'sending' THEN clock_timestamp() + interval '1 h' END
WHERE tenant_id = $1 AND status IN ('pending', 'sending', 'unknown')
"""
_GIVE_BACK_LANES = "UPDATE conversations SET lane_until = NULL WHERE tenant_id = ANY($1::bigint[])"
_ONE_DUE = """
UPDATE outbox_messages SET next_attempt_at = clock_timestamp()
WHERE id = (SELECT min(id) FROM outbox_messages WHERE tenant_id = $1 AND kind = $2 AND status = 'pending')
RETURNING conversation_id
"""
_HASTEN_OUTBOX = """
UPDATE outbox_messages SET next_attempt_at = least(next_attempt_at, clock_timestamp()),
    claimed_until = least(claimed_until, clock_timestamp())
WHERE status IN ('pending', 'unknown') OR (status = 'sending' AND claimed_until > clock_timestamp() + interval '45 s')
"""
_NEWS_WAITS = "SELECT EXISTS (SELECT FROM inbound_events WHERE status = 'new' AND conversation_id IS NULL)"
_TRIED = "SELECT count(*) FROM outbox_messages WHERE tenant_id = ANY($1::bigint[]) AND kind = $2 AND attempts > 0"


@dataclass(frozen=True)
class Case:
    """`row_kind`: what is on its way to the vendor when the relay dies."""

    failpoint: str
    caller: Caller
    row_kind: str = ""

    @property
    def tenant_id(self) -> int:
        return self.caller.tenant.tenant_id

    def yes(self) -> Delivery:
        return self.caller.taps("Yes")

    @property
    def is_sent_in_doubt(self) -> bool:
        """Telegram has no key under which a message is taken once: one that may have arrived is sent again."""
        return self.failpoint == "relay.sent" and self.caller.channel == "telegram"


async def crash_everywhere(house: Installation) -> dict[tuple[str, str, str], Case]:
    """Runs all of CRASHES and one recovery; the cases under the same keys."""
    cases = {
        (failpoint, channel, kind): Case(failpoint, Caller(house, await make_tenant(house.runtime), channel), kind)
        for failpoint, channel, kind in CRASHES
    }
    web, turn, relay = ([c for c in cases.values() if c.failpoint in points] for points in (_WEB, _TURN, _RELAY))
    async with running(house, "serve"):
        async with running(house, "work"):
            await _come_to_the_summary(house, cases.values())
            await _say_yes_while_vendors_are_away(house, relay)
        house.graph.faults.clear()
        house.bot_api.faults.clear()
        for case in cases.values():
            await house.sql(_SET_ASIDE, case.tenant_id)
        unanswered, _ = await asyncio.gather(_crash_webs(house, web), _crash_workers(house, turn, relay))
    async with running(house, "serve"):
        for delivery in unanswered:
            assert await house.post(delivery) == 200
        async with running(house, "work"):
            await _recover(house, cases.values())
    return cases


async def _come_to_the_summary(house: Installation, cases: Iterable[Case]) -> None:
    for case in cases:
        assert await house.post(case.caller.says(WISH)) == 200
    for case in cases:
        await case.caller.reads(1)


async def _say_yes_while_vendors_are_away(house: Installation, cases: list[Case]) -> None:
    """Leaves the answer and the notices unsent; the "reserving…" before them is given up."""
    house.graph.faults.is_down = house.bot_api.faults.is_down = True
    for case in cases:
        assert await house.post(case.yes()) == 200
    tenants = [case.tenant_id for case in cases]

    async def all_tried() -> bool:
        replies, notices = [await house.value(_TRIED, tenants, kind) for kind in ("reply", "notice")]
        return bool(replies == 2 * len(cases) and notices == 2 * len(cases))

    await until(all_tried)


async def _crash_workers(house: Installation, turn: list[Case], relay: list[Case]) -> None:
    for case in turn:
        await _crash_in_turn(house, case)
    for case in relay:
        await _crash_in_relay(house, case)


async def _crash_in_turn(house: Installation, case: Case) -> None:
    process = await house.start("work", BOOKA_FAILPOINT=case.failpoint)
    await house.sql(_GIVE_BACK_LANES, [case.tenant_id])
    assert await house.post(case.yes()) == 200
    await killed(process)
    await house.sql(_SET_ASIDE, case.tenant_id)


async def _crash_in_relay(house: Installation, case: Case) -> None:
    process = await house.start("work", BOOKA_FAILPOINT=case.failpoint)
    conversation_id = await house.value(_ONE_DUE, case.tenant_id, case.row_kind)
    await house.runtime.queue.wake("relay", case.tenant_id, conversation_id)
    await killed(process)
    await house.graph.drain_statuses()
    await house.sql(_SET_ASIDE, case.tenant_id)


async def _crash_webs(house: Installation, cases: list[Case]) -> list[Delivery]:
    """The deliveries that got no answer: the vendor will send them again."""
    deliveries = []
    for case in cases:
        port, delivery = str(unused_port()), case.yes()
        process = await house.start("serve", BOOKA_FAILPOINT=case.failpoint, BOOKA_HTTP_PORT=port)
        assert await house.post(delivery, port=port) is None
        await killed(process)
        deliveries.append(delivery)
    return deliveries


async def _recover(house: Installation, cases: Iterable[Case]) -> None:
    await house.sql(_GIVE_BACK_LANES, [case.tenant_id for case in cases])
    await house.age_events()

    async def is_settled() -> bool:
        await house.graph.drain_statuses()
        if not await house.value(_NEWS_WAITS):
            await house.sql(_HASTEN_OUTBOX)
        return await house.is_settled()

    await until(is_settled)
