"""The small certainties: money, phones, clocks, signatures, sealed secrets, settings, logs."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import Clock
from core.encryption import (
    DecryptionError,
    development_keyring,
    new_data_key,
    new_master_key,
    open_sealed,
    parse_keyring,
    seal,
)
from core.errors import ConfigurationError
from core.money import Money, parse_money
from core.phone import normalise_phone
from core.settings import load_settings
from core.signing import hmac_sha256_hex, is_same_secret, is_signed_sha256
from core.telemetry import drop_private_fields


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("5000", "XAF", 5000), ("19.90", "EUR", 1990), ("0", "USD", 0), ("1.234", "TND", 1234)],
)
def test_amounts_are_kept_in_minor_units_of_the_currency(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.5", "NaN", "Infinity", "1e400"])
def test_what_is_no_amount_of_the_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_money(text, "XAF")


def test_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "XAF") + Money(1, "EUR")


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (Money(5000, "XAF"), "fr", "5 000 FCFA"),
        (Money(5000, "XAF"), "en", "FCFA 5,000"),
        (Money(1990, "EUR"), "fr", "19,90 €"),
        (Money(2000, "USD"), "en", "$20"),
    ],
)
def test_prices_are_written_as_people_of_that_language_write_them(money: Money, language: str, text: str) -> None:
    assert money.format(language) == text


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_percentage_is_a_whole_amount_within_the_whole(minor: int, percent: int) -> None:
    assert 0 <= Money(minor, "XAF").percent(percent).minor <= minor


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+237 6 70 00 00 01", None, "+237670000001"),
        ("237670000001", None, "+237670000001"),
        ("670000001", "CM", "+237670000001"),
        ("12", None, None),
        ("call me", "CM", None),
    ],
)
def test_phones_are_e164_or_none(text: str, country: str | None, expected: str | None) -> None:
    assert normalise_phone(text, country) == expected


def test_the_clock_starts_where_it_is_told_and_runs_on() -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    clock = Clock(start)
    first = clock.now()
    assert timedelta(0) <= first - start < timedelta(seconds=5)
    assert clock.now() >= first


def test_a_signature_holds_for_these_bytes_and_this_secret_only() -> None:
    body = b'{"a": 1}'
    good = hmac_sha256_hex(b"secret", body)
    assert is_signed_sha256(b"secret", body, good)
    assert is_signed_sha256(b"secret", body, good.upper())
    assert not is_signed_sha256(b"secret", body + b" ", good)
    assert not is_signed_sha256(b"other", body, good)
    assert not is_signed_sha256(b"", body, hmac_sha256_hex(b"", body))
    assert not is_signed_sha256(b"secret", body, "é")
    assert not is_same_secret("", "")


def test_a_sealed_secret_opens_in_its_own_place_only() -> None:
    key = new_data_key()
    sealed = seal(key, "token", "channel_accounts|secrets|1|a")
    assert "token" not in sealed
    assert open_sealed(key, sealed, "channel_accounts|secrets|1|a") == "token"
    for wrong_key, place in ((key, "channel_accounts|secrets|2|a"), (new_data_key(), "channel_accounts|secrets|1|a")):
        with pytest.raises(DecryptionError):
            open_sealed(wrong_key, sealed, place)


def test_the_first_master_key_wraps_and_all_of_them_unwrap() -> None:
    old, new = new_master_key("old"), new_master_key("new")
    data_key = new_data_key()
    key_id, wrapped = parse_keyring(old).wrap(data_key, "p")
    ring = parse_keyring(f"{new},{old}")
    assert ring.primary == "new"
    assert ring.unwrap(key_id, wrapped, "p") == data_key
    with pytest.raises(ConfigurationError, match="lacks the key 'old'"):
        parse_keyring(new).unwrap(key_id, wrapped, "p")


_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize("text", ["", "nokey", "a:short", f":{_KEY}", "a:***", f"a:{_KEY},a:{_KEY}"])
def test_a_bad_master_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="BOOKA_MASTER_KEY"):
        parse_keyring(text)


def test_development_keeps_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    assert development_keyring(tmp_path).keys == development_keyring(tmp_path).keys
    assert (tmp_path / "master.key").stat().st_mode & 0o077 == 0


def test_production_refuses_what_is_unsafe_all_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(env="production", now="2030-01-01T00:00:00Z", failpoint="x", public_url="http://a")
    for name in ("BOOKA_NOW", "BOOKA_FAILPOINT", "BOOKA_MASTER_KEY", "BOOKA_DATABASE_URL", "BOOKA_PUBLIC_URL"):
        assert name in str(caught.value)


@pytest.mark.parametrize("url", ["http://a", "HTTP://a", "ftp://a", "graph.example/v1"])
def test_production_takes_https_only(url: str) -> None:
    with pytest.raises(ConfigurationError, match="BOOKA_PUBLIC_URL must be https"):
        load_settings(env="production", public_url=url)


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOOKA_NOW", "BOOKA_HTTP_PORT", "BOOKA_WHATSAPP_API_URL", "BOOKA_DATABASE_URL"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.now, settings.http.port, settings.database.url) == (None, 8080, "")
    assert settings.whatsapp.api_url.startswith("https://")
    assert "api_url" not in settings.whatsapp.model_fields_set


def test_a_start_without_offset_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="BOOKA_NOW needs an offset"):
        load_settings(now="2030-01-01T00:00:00")


def test_logs_lose_words_numbers_and_tokens() -> None:
    event: dict[str, Any] = {
        "event": "x",
        "text": "Bonjour",
        "exception": "UniqueViolationError: duplicate key\nDETAIL:  Key (name)=(Amara) already exists.",
        "error": "call +237 670 00 00 01 with 123456789:AAF-abcdefghijklmnopqrstuv",
        "booking_id": 123456789,
    }
    kept = str(drop_private_fields(None, "info", event))
    assert "Bonjour" not in kept
    assert "Amara" not in kept
    assert "670" not in kept
    assert "AAF" not in kept
    assert "123456789" in kept


def test_a_copy_of_the_settings_leads_to_its_own_address() -> None:
    settings = load_settings()
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.model_copy(update={"public_url": "https://booka.example/"}).base_url == "https://booka.example"
