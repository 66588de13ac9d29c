"""Tokens are not counted before a call but bounded. The counts are those of OpenAI's o200k_base and cl100k_base."""

import pytest

from llm.call import Prompt
from llm.tokens import bound_prompt, count_prompt
from tests.llm.asking import ask
from tests.support.model import ModelHouse
from tests.support.tenants import TenantFixture

FRAME = bound_prompt(Prompt(system="", user="", schema={}, max_tokens=1))
_TODAY = '{"today":"Monday 02 March 2026, 09:00",'
USERS = [
    (_TODAY + '"language":"en","message":"sort my mane out 2moro arvo pls"}', 34, 34),
    (
        _TODAY + '"language":"fr","doing":"book","asked":["date"],"filled":{"service":"Haircut"},'
        '"message":"plutôt jeudi, après mon cours d’éco vers 17h30, ça irait ?"}',
        61,
        61,
    ),
    (_TODAY + '"language":"ru","message":"хочу подстричься послезавтра вечером, если можно"}', 37, 44),
    (_TODAY + '"language":"am","message":"ነገ ከሰዓት በኋላ ፀጉሬን መቆረጥ እፈልጋለሁ"}', 74, 91),
    ('{"message":"😀💇🏽‍♀️✂️ 🗓️➡️🕒 ¡¿!? zxqj#%&*^~ 8=D \\u200d\\ud83d"}', 47, 51),
]
BUSINESSES = [
    (
        "You read what customers write to a business that takes bookings, and turn the last message into commands for "
        "its booking program. You never answer the customer and never decide anything.",
        34,
        34,
    ),
    (
        '"my mane is out of control" → {"kind":"start_flow","name":"book"}, '
        '{"kind":"set_field","name":"service","value":"Haircut","words":"my mane is out of control"}',
        43,
        43,
    ),
    (
        '{"name":"Salon Éclat","services":["Coupe de cheveux","Tresses","Manucure","Barbe","Défrisage"],'
        '"staff":["Nadia","Émile"],"locations":["Akwa"]}',
        46,
        46,
    ),
    (
        '{"name":"Парикмахерская Заря","services":["Стрижка","Окрашивание","Укладка"],"staff":["Наталья","Ольга"],'
        '"locations":[]}',
        42,
        50,
    ),
    ('{"name":"የውበት ሳሎን","services":["ፀጉር መቁረጥ","ሹሩባ"],"staff":["ሰላም"],"locations":[]}', 58, 73),
    ('{"name":"沙龙","services":["理发","编发","美甲"],"staff":["小丽"],"locations":["北京路"]}', 30, 31),
]


@pytest.mark.parametrize(("text", "o200k", "cl100k"), USERS)
def test_what_customers_write_is_never_more_than_was_reserved(text: str, o200k: int, cl100k: int) -> None:
    assert bound_prompt(Prompt(system="", user=text, schema={}, max_tokens=1)) - FRAME >= max(o200k, cl100k)


@pytest.mark.parametrize(("text", "o200k", "cl100k"), BUSINESSES)
def test_nor_is_what_we_and_the_business_say(text: str, o200k: int, cl100k: int) -> None:
    assert bound_prompt(Prompt(system=text, user="", schema={}, max_tokens=1)) - FRAME >= max(o200k, cl100k)


def test_the_bound_is_above_the_guess() -> None:
    for text, _, _ in (*USERS, *BUSINESSES):
        prompt = Prompt(system=text, user=text, schema={}, max_tokens=1)
        assert bound_prompt(prompt) >= count_prompt(prompt)


@pytest.mark.parametrize("text", [text for text, _, _ in USERS])
async def test_a_call_uses_no_more_than_was_reserved(house: ModelHouse, tenant: TenantFixture, text: str) -> None:
    await ask(house, tenant, user=text)
    (call,) = await house.calls(tenant.tenant_id)
    assert call["prompt_tokens"] <= call["est_prompt_tokens"]
    assert call["tokens"] <= call["est_tokens"]
