"""Stripe's own library and we believe the same signatures, but for the future: there we are stricter."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from core.signing import hmac_sha256_hex
from payments.failures import SignatureInvalid
from payments.registry import PROVIDERS
from tests.conftest import NOW

# The library's, about how it calls its HTTP client.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


SECRET = "whsec-of-the-tests"
RAW = '{"id": "evt_1", "object": "event", "type": "a.b", "é": 1}'


def _header(signed_at: int, *secrets: str, body: str = RAW, scheme: str = "v1") -> str:
    signatures = [hmac_sha256_hex(secret.encode(), f"{signed_at}.{body}".encode()) for secret in secrets]
    return ",".join([f"t={signed_at}", *(f"{scheme}={signature}" for signature in signatures)])


AT = int(NOW.timestamp())
HEADERS: dict[str, Callable[[], str]] = {
    "right": lambda: _header(AT, SECRET),
    "second of two": lambda: _header(AT, "whsec-old", SECRET),
    "other secret": lambda: _header(AT, "whsec-old"),
    "other body": lambda: _header(AT, SECRET, body=RAW + " "),
    "only the old scheme": lambda: _header(AT, SECRET, scheme="v0"),
    "five minutes": lambda: _header(AT - 300, SECRET),
    "five minutes and a second": lambda: _header(AT - 301, SECRET),
    "another time than signed": lambda: _header(AT, SECRET).replace(f"t={AT}", f"t={AT - 1}"),
    "no time": lambda: _header(AT, SECRET).partition(",")[2],
    "nothing": lambda: "",
}


@pytest.mark.parametrize("header", HEADERS)
def test_we_and_the_library_believe_the_same_signatures(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: AT)
    given = HEADERS[header]()

    def is_believed(verify: Callable[[], Any]) -> bool:
        try:
            verify()
        except (SignatureInvalid, stripe.SignatureVerificationError):
            return False
        return True

    ours = is_believed(
        lambda: PROVIDERS["stripe"].verify_webhook(
            RAW.encode(), {"stripe-signature": given}, NOW, {"webhook_secret": SECRET}
        )
    )
    theirs = is_believed(lambda: stripe.WebhookSignature.verify_header(RAW, given, SECRET, 300))
    assert ours == theirs
    assert ours == (header in ("right", "second of two", "five minutes"))


@pytest.mark.parametrize(("ahead_s", "is_believed"), [(300, True), (301, False), (86_400, False)])
def test_we_are_stricter_about_the_future(ahead_s: int, is_believed: bool) -> None:
    headers = {"Stripe-Signature": _header(AT + ahead_s, SECRET)}
    if is_believed:
        PROVIDERS["stripe"].verify_webhook(RAW.encode(), headers, NOW, {"webhook_secret": SECRET})
    else:
        with pytest.raises(SignatureInvalid):
            PROVIDERS["stripe"].verify_webhook(RAW.encode(), headers, NOW, {"webhook_secret": SECRET})
