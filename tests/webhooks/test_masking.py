"""Numbers of cards and PINs never reach a table, and whoever typed one is warned."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.masking import HIDDEN, mask
from core.runtime import Runtime
from tests.support.phone import Phone, query
from tests.support.tenants import make_tenant
from webhooks.app import create_app

# A number that test systems of card schemes use.
CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_a_card_is_masked_before_it_is_stored_and_its_owner_is_warned(runtime: Runtime, channel: str) -> None:
    tenant = await make_tenant(runtime)
    async with TestClient(TestServer(create_app(runtime))) as client:
        phone = Phone(runtime, client, tenant, channel=channel)
        answer = await phone.writes(f"my card is {CARD}, pin 1234")
    assert "never send card numbers" in answer
    rows: list[Any] = await query(runtime, "SELECT * FROM inbound_events WHERE tenant_id = $1", tenant.tenant_id)
    stored = " ".join(str(dict(row)) for row in rows)
    assert "4242 4242" not in stored
    assert "1234" not in stored.replace(tenant.phone_number_id, "")
    assert HIDDEN in stored or "\\u2022" in stored


async def test_a_pin_in_four_languages_is_masked_and_its_owner_is_warned(runtime: Runtime) -> None:
    tenant = await make_tenant(runtime)
    async with TestClient(TestServer(create_app(runtime))) as client:
        phone = Phone(runtime, client, tenant)
        for text in ("mon code momo est 8391", "my PIN is 8391", "mi clave es 8391", "minha senha é 8391"):
            answer = await phone.writes(text)
            assert "masqué" in answer or "masked" in answer, text
    rows: list[Any] = await query(runtime, "SELECT payload FROM inbound_events WHERE tenant_id = $1", tenant.tenant_id)
    assert not any("8391" in str(row["payload"]).replace(tenant.phone_number_id, "") for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        "call me on +237 6 70 00 00 01",
        "le 12/03/2026 à 10h30, ou 2026-03-12 14:00",
        "my booking number is 1234567890123",
        "we are 4, from 10 to 12",
        "1234",
        "le code de la porte est 4521",
        "code postal 75011",
        "mon code de réservation est 4521",
        "mon code promo est 2026",
        "my booking code is 4521",
        "mon numéro est 670000001",
        "my number is 670 00 00 01",
        "mon code postal est 75011",
        "un pin's à 2000 F",
        "I need pins, 2000 F is fine",
        "pin: 10:30",
        "référence K7Q2M9ZT, 1500 F",
        "j'ai envoyé 1500 par orange money 690000001",
        "orange money 690 00 00 01",
        "mot de passe du wifi ?",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("5555-5555-5555-4444", f"{HIDDEN} 4444"),
        ("mon code PIN est 4321", f"mon code PIN est {HIDDEN}"),
        ("cvv: 123", f"cvv: {HIDDEN}"),
        ("mon code est 1234", f"mon code est {HIDDEN}"),
        ("Mon code c'est 1234", f"Mon code c'est {HIDDEN}"),
        ("PIN: 12345", f"PIN: {HIDDEN}"),
        ("pin 1 2 3 4", f"pin {HIDDEN}"),
        ("code secret 0000", f"code secret {HIDDEN}"),
        ("mon code secret est le 0000", f"mon code secret est le {HIDDEN}"),
        ("mon code momo est 1234", f"mon code momo est {HIDDEN}"),
        ("le code orange money: 4321", f"le code orange money: {HIDDEN}"),
        ("code OTP 482910", f"code OTP {HIDDEN}"),
        ("code de confirmation : 482910", f"code de confirmation : {HIDDEN}"),
        ("code de vérification 482 910", f"code de vérification {HIDDEN}"),
        ("my pin is 1234", f"my pin is {HIDDEN}"),
        ("my mobile money pin is 12345", f"my mobile money pin is {HIDDEN}"),
        ("my code is 1234 ok", f"my code is {HIDDEN} ok"),
        ("the otp is 482910", f"the otp is {HIDDEN}"),
        ("verification code: 482910", f"verification code: {HIDDEN}"),
        ("mi clave es 1234", f"mi clave es {HIDDEN}"),
        ("mi código es 1234", f"mi código es {HIDDEN}"),
        ("código de verificación 482910", f"código de verificación {HIDDEN}"),
        ("mi contraseña es 123456", f"mi contraseña es {HIDDEN}"),
        ("o meu código é 1234", f"o meu código é {HIDDEN}"),
        ("a minha senha é 1234", f"a minha senha é {HIDDEN}"),
        ("código secreto: 1234", f"código secreto: {HIDDEN}"),
        ("1234 est mon code", f"{HIDDEN} est mon code"),
        ("1234 is my pin", f"{HIDDEN} is my pin"),
        ("1234 es mi clave", f"{HIDDEN} es mi clave"),
    ],
)
def test_secrets_do_not(text: str, masked: str) -> None:
    assert mask(text) == masked
