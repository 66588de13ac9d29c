"""HMAC over raw bytes and comparisons in constant time."""

import hashlib
import hmac


def hmac_sha256_hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def hmac_sha512_hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha512).hexdigest()


def is_signed_sha256(secret: bytes, body: bytes, signature_hex: str) -> bool:
    """False for an empty secret: an unset secret never lets anything in."""
    if not secret:
        return False
    return hmac.compare_digest(hmac_sha256_hex(secret, body).encode(), signature_hex.lower().encode("utf-8", "replace"))


def is_signed_sha512(secret: bytes, body: bytes, signature_hex: str) -> bool:
    """False for an empty secret, as above."""
    if not secret:
        return False
    return hmac.compare_digest(hmac_sha512_hex(secret, body).encode(), signature_hex.lower().encode("utf-8", "replace"))


def is_same_secret(expected: str, given: str) -> bool:
    if not expected:
        return False
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
