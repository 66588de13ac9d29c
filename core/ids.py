"""Random, unguessable names for what outsiders see."""

import hashlib
import secrets


def new_token(size_bytes: int = 16) -> str:
    """URL-safe, 128 bits of randomness unless told otherwise."""
    return secrets.token_urlsafe(size_bytes)


def hash_token(token: str) -> bytes:
    """How a token that outsiders hold is stored and found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def new_reference(prefix: str) -> str:
    """For payment providers: lower-case letters, digits and `-`, which all of them take; 100 bits of randomness."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return f"{prefix}-" + "".join(secrets.choice(alphabet) for _ in range(20))
