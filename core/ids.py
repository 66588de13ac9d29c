"""Random, unguessable names for what outsiders see."""

import secrets


def new_token(size_bytes: int = 16) -> str:
    """URL-safe, 128 bits of randomness unless told otherwise."""
    return secrets.token_urlsafe(size_bytes)
