import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError
from tenants.definition import parse_definition

GOOD = (Path(__file__).parent / "salon.toml").read_text()


def problems_of(text: str, secrets: dict[str, str] | None = None) -> list[str]:
    known = {"SALON_WA_TOKEN": "EAAG", "SALON_NP_KEY": "np"} if secrets is None else secrets
    try:
        parse_definition(text, known.get)
    except InputError as error:
        return error.problems
    return []


def with_line(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_file_has_no_problem() -> None:
    assert problems_of(GOOD) == []


def test_a_plain_text_stands_for_every_language() -> None:
    definition = parse_definition(GOOD, lambda name: "secret")
    assert definition.services[1].name == {"fr": "Barbe", "en": "Barbe"}
    assert definition.services[1].synonyms == {"fr": ["rasage"], "en": ["rasage"]}
    assert definition.services[0].name == {"en": "Haircut", "fr": "Coupe"}


def test_prices_are_minor_units_of_the_tenants_currency() -> None:
    francs = parse_definition(GOOD, lambda name: "secret")
    euros = parse_definition(with_line('currency = "XAF"', 'currency = "EUR"'), lambda name: "secret")
    assert (francs.services[0].price, euros.services[0].price) == (5000, 500_000)


def test_a_missing_secret_names_its_key_and_variable() -> None:
    assert problems_of(GOOD, {"SALON_NP_KEY": "np"}) == [
        "line 67: channels[salon-wa].access_token: the environment variable SALON_WA_TOKEN is not set"
    ]


def test_broken_toml_is_refused_with_its_line() -> None:
    (problem,) = problems_of('[tenant]\nkey = "a')
    assert problem.startswith("not valid TOML")
    assert "line 2" in problem or "end of document" in problem


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('key = "salon"', 'key = "Sa lon"', "line 2: tenant.key: String should match pattern"),
        ('vertical = "beauty"', 'vertical = "bakery"', "tenant.vertical: Input should be 'beauty'"),
        ('country = "CM"', 'country = "XX"', "tenant.country: 'XX' is not a country code"),
        ('currency = "XAF"', 'currency = "ZZT"', "tenant.currency: 'ZZT' is not a currency code"),
        ('timezone = "Africa/Douala"', 'timezone = "Africa/Duala"', "tenant.timezone: 'Africa/Duala' is not a known"),
        ('languages = ["fr", "en"]', 'languages = ["xx"]', "tenant.languages[#1]: 'xx' is not a known language"),
        ('languages = ["fr", "en"]', "languages = []", "tenant.languages: List should have at least 1 item"),
        ("horizon_days = 60", 'horizon_days = "60"', "rules.horizon_days: Input should be a valid integer"),
        ("horizon_days = 60", "horizon_day = 60", "rules.horizon_day: unknown key"),
        ("[24, 2]", "[24, 0]", "rules.reminders_hours_before[#2]: Input should be greater than or equal to 1"),
        ("[24, 2]", "[24, 24]", "rules.reminders_hours_before: one of them is used twice"),
        ("latitude = 4.0", "latitude = 94.0", "locations[akwa].latitude: Input should be less than or equal to 90"),
        ('price = "5000"', 'price = "50.5"', "services[cut].price: '50.5' is not an amount of XAF"),
        ('price = "5000"', "price = 50.5", "services[cut].price: an amount is a decimal string"),
        ('price = "5000"', 'price = "-5"', "services[cut].price: an amount is a decimal string"),
        ("duration_minutes = 45", "duration_minutes = 0", "services[cut].duration_minutes: Input should be greater"),
        ("duration_minutes = 45", "", "services[cut].duration_minutes: is missing"),
        ('staff = ["anna"] # cut', 'staff = ["ana"]', "services[cut].staff: there is no 'ana' in [[staff]]"),
        ('staff = ["anna"] # cut', "staff = []", "services[cut].staff: List should have at least 1 item"),
        ('resources = ["chair"]', 'resources = ["sofa"]', "services[cut].resources: there is no 'sofa'"),
        ("{ percent = 30 }", '{ percent = 30, amount = "5" }', "services[cut].deposit: it is one of"),
        ("{ percent = 30 }", "{ percent = 130 }", "services[cut].deposit.percent: Input should be less than"),
        ("{ percent = 30 }", '{ amount = "9000" }', "services[cut]: deposit: the deposit is higher than the price"),
        ('key = "beard"', 'key = "cut"', "services[cut].key: 'cut' is used twice"),
        ('location = "akwa" # anna', 'location = "bali"', "staff[anna].location: there is no 'bali' in [[locations]]"),
        ('"09:00-13:00"', '"9-13"', "staff[anna].hours.mon: '9-13' is not a range such as 09:00-13:00"),
        ('"09:00-13:00"', '"09:00-15:00"', "staff[anna].hours.mon: 09:00-15:00 and 14:00-18:00 overlap"),
        ("hours = { mon", "hours = { monday", "staff[anna].hours.monday: Input should be 'mon'"),
        ('"2026-12-24" =', '"2026-12-32" =', "staff[anna].overrides.2026-12-32: '2026-12-32' is not a date"),
        ('date = "2027-01-01"', 'date = "01.01.2027"', "holidays[New Year].date: '01.01.2027' is not a date"),
        ('role = "owner"', 'role = "boss"', "merchants[Amara].role: Input should be 'owner', 'manager' or 'staff'"),
        ('"+237670000001"', '"+2376"', "merchants[Amara].phone: '+2376' is not a possible phone number"),
        ('staff = "anna" # hers', 'staff = "ana"', "merchants[Amara].staff: there is no 'ana' in [[staff]]"),
        ('kind = "whatsapp"', 'kind = "signal"', "channels[salon-wa]: Input tag 'signal'"),
        ('{ value = "s3cret" }', '"s3cret"', "channels[salon-tg].secret_token: a secret is { env"),
        ('{ value = "s3cret" }', '{ file = "x" }', "channels[salon-tg].secret_token: a secret is { env"),
        ('provider = "paystack"', 'provider = "stripe"', "payments[salon-pay]: secrets: webhook_secret is missing"),
        ('cost_per_month_usd = "20.00"', 'cost_per_month_usd = "much"', "llm.cost_per_month_usd: String should match"),
        ('topic = "parking"', 'subject = "parking"', "knowledge[#1].topic: is missing"),
    ],
)
def test_each_fault_is_named_with_its_key(old: str, new: str, problem: str) -> None:
    found = problems_of(with_line(old, new))
    assert any(problem in line for line in found), found


def test_every_problem_is_named_not_only_the_first() -> None:
    text = GOOD.replace('country = "CM"', 'country = "XX"').replace('"09:00-13:00"', '"9-13"')
    text = text.replace('staff = ["anna"] # cut', 'staff = ["ana"]').replace("duration_minutes = 20", "minutes = 20")
    found = problems_of(text, {})
    for place in (
        "tenant.country",
        "staff[anna].hours.mon",
        "services[cut].staff",
        "services[beard].minutes",
        "services[beard].duration_minutes",
        "channels[salon-wa].access_token",
        "payments[salon-pay].secrets.secret_key",
    ):
        assert any(place in line for line in found), (place, found)


def test_a_phone_number_written_in_two_ways_is_used_twice() -> None:
    twin = '[[merchants]]\nname = "Twin"\nrole = "staff"\nphone = "+237 670 00 00 01"\n'
    assert problems_of(GOOD + twin) == ["line 101: merchants[Twin].phone: '+237 670 00 00 01' is used twice"]


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5000, "\x00", "[[tenant]]", "tenant = 1"])
def test_hostile_files_are_refused(text: str) -> None:
    assert problems_of(text)


def test_no_problem_shows_a_secret() -> None:
    assert "s3cret" not in "".join(problems_of(with_line('{ value = "s3cret" }', '"s3cret"')))


def test_hours_may_run_past_midnight_and_to_the_end_of_the_day() -> None:
    assert problems_of(with_line('"09:00-13:00"', '"18:00-24:00"')) == []
    assert problems_of(with_line('["09:00-13:00", "14:00-18:00"]', '["22:00-02:00"]')) == []


@pytest.mark.parametrize("junk", [1, "text", [], [1], {"a": 1}, None, [[]], 1.5, True])
def test_any_shape_ends_in_problems_never_in_a_crash(junk: Any) -> None:
    document = tomllib.loads(GOOD)
    for section in document:
        broken = copy.deepcopy(document)
        broken[section] = junk
        lines = _as_toml(broken)
        assert isinstance(problems_of(lines), list)


def _as_toml(document: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in document.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_value(entry)}' for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if value is None:
        return '""'
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
