"""Random, unguessable names for what outsiders see."""

import secrets


def new_token(size_bytes: int = 16) -> str:
    """URL-safe, 128 bits of randomness unless told otherwise."""
    return secrets.token_urlsafe(size_bytes)


def new_reference(prefix: str) -> str:
    """For payment providers: lower-case letters, digits and `-`, which all of them take; 100 bits of randomness."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    return f"{prefix}-" + "".join(secrets.choice(alphabet) for _ in range(20))
