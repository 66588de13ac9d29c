"""Every fault at every provider ends in exactly one way: booked and paid, paid back in full, or a case for a person."""

from functools import partial
from itertools import groupby

import pytest

from core.runtime import Runtime
from payments import accounts
from payments.provider import Account
from standins.psp import faults
from tests.payments import plays_of_going_back, plays_of_paying
from tests.payments.fault_play import Play, Story
from tests.support import money
from tests.support.patience import in_turn
from tests.support.psp import open_shop
from tests.support.workers import Workers

_ALL = sorted([*plays_of_paying.PLAYS, *plays_of_going_back.PLAYS], key=lambda play: play[1].__name__)
# At one of the providers each; `pytest --hypothesis-profile=oracle tests/payments/test_faults.py` at all of them.
_PLAYS = in_turn([list(same) for _, same in groupby(_ALL, key=lambda play: play[1].__name__)])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits fifteen seconds for an answer that hangs for sixty."""
    monkeypatch.setattr(accounts, "Account", partial(Account, timeout_s=0.2))
    monkeypatch.setattr(faults, "_HANG_S", 0.4)


@pytest.mark.parametrize(
    ("provider", "story", "ends"), _PLAYS, ids=[f"{story.__name__}-{provider}" for provider, story, _ in _PLAYS]
)
async def test_a_fault_ends_in_one_way(runtime: Runtime, provider: str, story: Story, ends: list[str]) -> None:
    async with open_shop(runtime, provider) as shop:
        shop.psp.faults.delay_s = 0.01
        workers = Workers(shop)
        await story(Play(shop, workers, await shop.book(shop.phone())))
        await workers.live()
        assert await money.ends(shop) == ends
        assert await money.faults(shop) == []
        assert await money.booked(shop) == money.held(shop)
        assert workers.lost == []
