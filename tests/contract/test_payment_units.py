"""What a payment provider says of itself: currencies, limits, and amounts in its own units and back."""

from datetime import timedelta

import pytest

from core.money import Money
from core.settings import load_settings
from payments.failures import AmountOutOfRange
from payments.provider import Expiry
from payments.registry import PROVIDERS
from tests.conftest import NOW
from tests.support.providers import STAND_INS


def test_every_provider_has_a_stand_in_or_is_paid_by_hand() -> None:
    assert {key for key, provider in PROVIDERS.items() if not provider.capabilities.by_hand} == set(STAND_INS)
    assert {"stripe", "paystack", "notchpay", "manual"} <= set(PROVIDERS)


@pytest.mark.parametrize("key", sorted(PROVIDERS))
def test_units_and_back_are_exact_for_every_currency(key: str) -> None:
    provider = PROVIDERS[key]
    for currency, limits in provider.capabilities.limits.items():
        step = 10 if Money(1, currency).amount.as_tuple().exponent == -3 and key == "stripe" else 1
        largest = limits.largest_minor or 10**9
        for minor in (limits.smallest_minor, 50 * step, 4500 * step, 123_450 * step, largest):
            money = Money(minor, currency)
            units = provider.to_units(money)
            assert (provider.from_units(units, currency), units > 0) == (money, True), currency


@pytest.mark.parametrize(
    ("key", "minor", "currency", "units"),
    [
        ("stripe", 4500, "XAF", 4500),
        ("stripe", 4500, "XOF", 4500),
        ("stripe", 4500, "EUR", 4500),
        ("stripe", 4500, "JPY", 4500),
        ("stripe", 4500, "KWD", 4500),
        ("paystack", 4500, "XOF", 450_000),
        ("paystack", 4500, "NGN", 4500),
        ("notchpay", 4500, "XAF", 4500),
        ("notchpay", 4500, "XOF", 4500),
        ("manual", 4500, "XAF", 4500),
    ],
)
def test_the_units_are_those_of_the_provider(key: str, minor: int, currency: str, units: int) -> None:
    assert PROVIDERS[key].to_units(Money(minor, currency)) == units


@pytest.mark.parametrize(
    ("key", "money"),
    [
        ("stripe", Money(100, "UGX")),
        ("stripe", Money(4501, "KWD")),
        ("paystack", Money(100, "XAF")),
        ("notchpay", Money(100, "JPY")),
    ],
)
def test_what_cannot_be_said_exactly_is_refused(key: str, money: Money) -> None:
    with pytest.raises(AmountOutOfRange):
        PROVIDERS[key].to_units(money)


@pytest.mark.parametrize("key", sorted(PROVIDERS))
def test_capabilities_agree_with_themselves(key: str) -> None:
    can = PROVIDERS[key].capabilities
    assert PROVIDERS[key].key == key
    assert can.currencies
    assert all(can.takes(Money(limits.smallest_minor, currency)) for currency, limits in can.limits.items())
    assert not can.takes(Money(0, next(iter(can.currencies))))
    assert not can.takes(Money(100, "XXX")) or can.by_hand
    assert (can.shortest is None) == (can.expiry in (Expiry.GLOBAL, Expiry.NONE))
    ends = can.expires_at(NOW + timedelta(minutes=10), NOW)
    assert ends is None or ends >= NOW + timedelta(minutes=30)
    url = PROVIDERS[key].api_url(load_settings())
    assert url.startswith("https://") or can.by_hand
