"""Signatures that another tool worked out (openssl dgst -hmac), so that we do not judge ourselves by ourselves.

The body holds what breaks when it is parsed and written again: an escaped slash, an escaped and a bare letter.
"""

import json
from datetime import timedelta
from functools import partial

import orjson
import pytest
from multidict import CIMultiDict

from payments.failures import SignatureInvalid
from payments.registry import PROVIDERS
from tests.conftest import NOW

RAW = r'{"id":"evt_1","type":"a.b","note":"é \/ \u00e9"}'.encode()
SIGNED = {
    "stripe": (
        {"webhook_secret": "whsec_of_the_tests"},
        {"Stripe-Signature": "t=1772438400,v1=70969b28055550299713a5a5cfcb59cd8cdfc687cb0ddd568a6cffbf4f1b7005"},
    ),
    "paystack": (
        {"secret_key": "sk_of_the_tests"},
        {
            "x-paystack-signature": "41f96d966bf612139ff6f4174b99701ff29b7eae1608a75cf5aa382efb14d0f5"
            "6b6bb0c1f6e4404feb5520aee81e1c934703f67ccaa777eee709cfc857bb5f32"
        },
    ),
    "notchpay": (
        {"hash_key": "hash_of_the_tests"},
        {"x-notch-signature": "d1da4bf6095f3fd1f702003fcbff3b11c4da729d7f693a39987ccc3532a537e7"},
    ),
}


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_what_another_tool_signed_is_believed(key: str) -> None:
    secrets, headers = SIGNED[key]
    PROVIDERS[key].verify_webhook(RAW, headers, NOW, secrets)
    ((name, value),) = headers.items()
    PROVIDERS[key].verify_webhook(
        RAW, {name.lower(): value.upper().replace("T=", "t=").replace("V1=", "v1=")}, NOW, secrets
    )


@pytest.mark.parametrize("key", sorted(SIGNED))
@pytest.mark.parametrize("raw", [RAW + b"\n", RAW.replace(rb"\u00e9", "é".encode()), RAW.replace(rb"\/", b"/"), b""])
def test_other_bytes_that_mean_the_same_are_not(key: str, raw: bytes) -> None:
    secrets, headers = SIGNED[key]
    with pytest.raises(SignatureInvalid):
        PROVIDERS[key].verify_webhook(raw, headers, NOW, secrets)


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_the_secret_of_another_tenant_or_an_unset_one_lets_nothing_in(key: str) -> None:
    secrets, headers = SIGNED[key]
    for wrong in (*(dict.fromkeys(secrets, value) for value in ("of_another", "", " ")), {}):
        with pytest.raises(SignatureInvalid):
            PROVIDERS[key].verify_webhook(RAW, headers, NOW, wrong)


@pytest.mark.parametrize("key", sorted(SIGNED))
@pytest.mark.parametrize("both", ["{new} {old}", "{old} {new}", " {new}  {old} "])
def test_while_a_secret_is_changed_the_old_and_the_new_are_believed(key: str, both: str) -> None:
    secrets, headers = SIGNED[key]
    ((name, old),) = secrets.items()
    PROVIDERS[key].verify_webhook(RAW, headers, NOW, {name: both.format(old=old, new="newer_of_the_tests")})
    for gone in ("newer_of_the_tests", f"{old}newer_of_the_tests"):
        with pytest.raises(SignatureInvalid):
            PROVIDERS[key].verify_webhook(RAW, headers, NOW, {name: gone})


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_a_body_that_was_read_and_written_again_is_not_believed(key: str) -> None:
    secrets, headers = SIGNED[key]
    for dumps in (json.dumps, partial(json.dumps, ensure_ascii=False, separators=(",", ":")), orjson.dumps):
        again = dumps(json.loads(RAW))
        with pytest.raises(SignatureInvalid):
            PROVIDERS[key].verify_webhook(again if isinstance(again, bytes) else again.encode(), headers, NOW, secrets)


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_a_header_that_is_missing_broken_or_of_another_vendor_is_not_believed(key: str) -> None:
    secrets, headers = SIGNED[key]
    ((name, value),) = headers.items()
    others = {other: signed for one, (_, found) in SIGNED.items() if one != key for other, signed in found.items()}
    broken = (value[:-1], value[1:], f"{value}0", f"sha256={value}", "é", "\ud800", " ")
    for wrong in ({}, others, *({name: one} for one in broken)):
        with pytest.raises(SignatureInvalid):
            PROVIDERS[key].verify_webhook(RAW, wrong, NOW, secrets)


@pytest.mark.parametrize("key", sorted(SIGNED))
def test_a_header_that_came_twice_counts_where_both_say_the_same(key: str) -> None:
    secrets, headers = SIGNED[key]
    ((name, value),) = headers.items()
    PROVIDERS[key].verify_webhook(RAW, CIMultiDict([(name, value), (name, value)]), NOW, secrets)
    for pair in ((value, "0"), ("0", value), ("", value)):
        with pytest.raises(SignatureInvalid):
            PROVIDERS[key].verify_webhook(RAW, CIMultiDict([(name, one) for one in pair]), NOW, secrets)


def test_any_of_several_signatures_counts_and_none_of_the_old_scheme() -> None:
    secrets, headers = SIGNED["stripe"]
    at, right = headers["Stripe-Signature"].split(",")
    wrong = f"v1={'0' * 64}"
    for header in (f"{at},{wrong},{right}", f"{right},{wrong},{at}", f"{at}, {right}", f"{at},v0={'0' * 64},{right}"):
        PROVIDERS["stripe"].verify_webhook(RAW, {"Stripe-Signature": header}, NOW, secrets)
    for header in (f"{at},{right.replace('v1', 'v0')}", f"{at},{wrong},{wrong}", right, f"t=1772438401,{right}"):
        with pytest.raises(SignatureInvalid):
            PROVIDERS["stripe"].verify_webhook(RAW, {"Stripe-Signature": header}, NOW, secrets)


@pytest.mark.parametrize(("age_s", "is_fresh"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_a_signed_time_holds_for_five_minutes_both_ways(age_s: int, is_fresh: bool) -> None:
    secrets, headers = SIGNED["stripe"]
    now = NOW + timedelta(seconds=age_s)
    if is_fresh:
        PROVIDERS["stripe"].verify_webhook(RAW, headers, now, secrets)
        return
    with pytest.raises(SignatureInvalid):
        PROVIDERS["stripe"].verify_webhook(RAW, headers, now, secrets)


@pytest.mark.parametrize(
    "header",
    ["", "t=", "t=1772438400", "v1=70", "t=x,v1=70", "t=-1,v1=70", "t=٣,v1=70", "t=99999999999999999999,v1=7", "a,=,b"],
)
def test_a_broken_header_is_a_bad_signature(header: str) -> None:
    with pytest.raises(SignatureInvalid):
        PROVIDERS["stripe"].verify_webhook(RAW, {"Stripe-Signature": header}, NOW, SIGNED["stripe"][0])
