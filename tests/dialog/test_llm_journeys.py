"""Whatever becomes of the model, the same customer comes to the same end, with more taps at most.

NOW is Monday 2 March 2026, 9:00 in Douala.
"""

from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from core.runtime import Runtime
from llm import gateway
from tests.dialog.persistent import Persistent
from tests.support.model import LLM, ModelHouse, model_house
from tests.support.phone import Phone, outbox, query
from tests.support.tenants import make_tenant
from webhooks.app import create_app

# What the model is like, and how calls end then; None: it is never asked.
MODELS = [
    ("well", "ok"),
    ("no key", None),
    ("no quota", "quota"),
    ("hang", "timeout"),
    ("prose", "parse_error"),
    ("html", "garbled"),
    ("401", "unauthorised"),
    ("429", "rate_limited"),
    ("500", "server_error"),
    ("evil", None),
]
# Said so that rules are unsure of it, however much they learn: most of the words are about something else.
BOOK = "so my aunt quipped that this mane of mine would frighten geese, hence perhaps tmrw arvo"
CANCEL = "alas my poor aunt fell ill in Ngaoundal, better scrap that engagement of Friday"
MOVE = "alas my poor aunt fell ill in Ngaoundal, so Friday is a nuisance, Saturday would suit her"
FRIDAY = "Haircut with Nadia on Friday at 10:00"


@pytest.fixture(params=MODELS, ids=[name for name, _ in MODELS])
async def model(
    request: pytest.FixtureRequest, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, str | None, ModelHouse]]:
    name, ending = request.param
    monkeypatch.setattr(gateway, "DEADLINE_S", 0.3 if ending == "timeout" else 6.0)
    openai = {"api_key": SecretStr("")} if name == "no key" else {}
    async with model_house(runtime, **openai) as house:
        house.api.always = name if name not in ("well", "no key", "no quota") else ""
        yield name, ending, house


@pytest.fixture
async def phone(model: tuple[str, str | None, ModelHouse], runtime: Runtime) -> AsyncIterator[Phone]:
    name, ending, house = model
    tenant = await make_tenant(
        runtime, languages=["en", "fr"], llm=LLM | ({"tokens_per_day": 0} if name == "no quota" else {})
    )
    async with TestClient(TestServer(create_app(runtime))) as client:
        yield Phone(house.runtime, client, tenant, channel="telegram")
    calls = await house.calls(tenant.tenant_id)
    statuses = {row["status"] for row in calls}
    if name != "evil":
        assert statuses <= ({ending, "breaker_open"} if ending else set())
        assert not ending or statuses
    assert all((row["prompt_tokens"] or 0) <= row["est_prompt_tokens"] for row in calls if row["est_tokens"])
    assert median([row["prompt_tokens"] for row in calls if row["status"] == "ok"] or [0]) <= 1500
    quota = await house.quota(tenant.tenant_id)
    assert quota["day_reserved"] == quota["month_reserved_u"] == 0


async def booked(runtime: Runtime, phone: Phone) -> list[tuple[str, str]]:
    sql = "SELECT status, to_char(starts_at AT TIME ZONE 'Africa/Douala', 'DD HH24:MI') AS at FROM bookings"
    rows = await query(runtime, f"{sql} WHERE tenant_id = $1 ORDER BY id", phone.tenant.tenant_id)
    return [(row["status"], row["at"]) for row in rows]


async def test_a_booking(runtime: Runtime, phone: Phone) -> None:
    wants = ("15:00", "Tue 3 Mar", "Anyone", "Haircut", "Book", "More")
    customer = Persistent(phone, wants, ("Haircut", "Tuesday 3 March 2026 at 15:00", "5,000"), ("is confirmed",))
    await customer.pursues(BOOK)
    assert await booked(runtime, phone) == [("confirmed", "03 15:00")]


async def test_a_cancellation(runtime: Runtime, phone: Phone) -> None:
    await has_booking(phone)
    wants = ("Cancel", "Haircut", "Fri 6 Mar", "My bookings")
    customer = Persistent(phone, wants, ("Haircut", "Friday 6 March 2026 at 10:00"), ("is cancelled",))
    await customer.pursues(CANCEL)
    assert await booked(runtime, phone) == [("cancelled", "06 10:00")]


async def test_a_move(runtime: Runtime, phone: Phone) -> None:
    await has_booking(phone)
    wants = ("11:00", "Sat 7 Mar", "Move", "Haircut", "Fri 6 Mar", "My bookings", "More")
    customer = Persistent(phone, wants, ("Haircut", "Saturday 7 March 2026 at 11:00"), ("is moved",))
    await customer.pursues(MOVE)
    assert await booked(runtime, phone) == [("confirmed", "07 11:00")]


async def has_booking(phone: Phone) -> None:
    await phone.writes(FRIDAY)
    assert "confirmed" in await phone.taps("Yes")


async def test_what_a_model_says_is_never_shown_to_anybody(runtime: Runtime, phone: Phone) -> None:
    for words in ("blah blah zorgon", "the usual thingamajig", "what would you do in my place?"):
        await phone.writes(words)
    texts = " ".join(str(row["payload"]) for row in await outbox(runtime, phone.tenant.tenant_id))
    for leaked in ("SECRET", "happy to help", "cannot help with that", "nginx", "DROP TABLE"):
        assert leaked not in texts


async def test_a_model_that_understands_saves_questions(runtime: Runtime, client: "TestClient[Any, Any]") -> None:
    """How the same words fare with a model and without one."""
    steps: dict[str, int] = {}
    async with model_house(runtime) as house:
        for name, llm in (("with", LLM), ("without", {})):
            tenant = await make_tenant(runtime, languages=["en", "fr"], llm=llm)
            phone = Phone(house.runtime, client, tenant, channel="telegram")
            wants = ("15:00", "Tue 3 Mar", "Anyone", "Haircut", "Book", "More")
            customer = Persistent(phone, wants, ("Haircut", "Tuesday 3 March 2026 at 15:00"), ("is confirmed",))
            steps[name] = await customer.pursues(BOOK)
            first = "SELECT source FROM turns WHERE tenant_id = $1 ORDER BY id LIMIT 1"
            (turn,) = await query(runtime, first, tenant.tenant_id)
            assert turn["source"] == ("llm" if name == "with" else "rules")
    assert steps["with"] < steps["without"]
