"""Secrets at rest: AES-256-GCM envelopes. A data key per tenant, wrapped by a keyring that can rotate.

BOOKA_MASTER_KEY is `id:base64` (32 bytes), newest first, comma separated: all open, the first seals.
A sealed value is `v1.<nonce+ciphertext>`; its context (table|column|tenant|row) is authenticated,
so that a ciphertext moved to another row does not open.
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import ConfigurationError

_NONCE_BYTES = 12
_KEY_BYTES = 32


class DecryptionError(Exception):
    """The value was sealed by another key or for another place."""


@dataclass(frozen=True)
class Keyring:
    keys: dict[str, bytes]

    @property
    def primary(self) -> str:
        return next(iter(self.keys))

    def wrap(self, data_key: bytes, context: str) -> tuple[str, bytes]:
        """Key id and wrapped bytes of a data key, by the primary master key."""
        return self.primary, _encrypt(self.keys[self.primary], data_key, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: str) -> bytes:
        if key_id not in self.keys:
            raise ConfigurationError(f"BOOKA_MASTER_KEY lacks the key {key_id!r} that sealed this tenant's secrets")
        return _decrypt(self.keys[key_id], wrapped, context)


def parse_keyring(text: str) -> Keyring:
    keys = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or len(key) != _KEY_BYTES:
            raise ConfigurationError("BOOKA_MASTER_KEY must be id:base64-of-32-bytes, comma separated, newest first")
        if key_id in keys:
            raise ConfigurationError(f"BOOKA_MASTER_KEY names the key {key_id!r} twice")
        keys[key_id] = key
    if not keys:
        raise ConfigurationError("BOOKA_MASTER_KEY is empty")
    return Keyring(keys)


def new_master_key(key_id: str = "k1") -> str:
    return f"{key_id}:{base64.b64encode(os.urandom(_KEY_BYTES)).decode()}"


def development_keyring(data_dir: Path) -> Keyring:
    """A key made once in the data folder, so that development needs no master key."""
    path = data_dir / "master.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(new_master_key())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return parse_keyring(path.read_text())


def new_data_key() -> bytes:
    return os.urandom(_KEY_BYTES)


def seal(data_key: bytes, plaintext: str, context: str) -> str:
    return "v1." + base64.urlsafe_b64encode(_encrypt(data_key, plaintext.encode(), context)).decode()


def open_sealed(data_key: bytes, sealed: str, context: str) -> str:
    """Raises DecryptionError when the key or the context is not the one it was sealed with."""
    version, _, encoded = sealed.partition(".")
    if version != "v1":
        raise DecryptionError(f"unknown version of a sealed value: {version[:8]}")
    return _decrypt(data_key, base64.urlsafe_b64decode(encoded), context).decode()


def _encrypt(key: bytes, plaintext: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def _decrypt(key: bytes, data: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context.encode())
    except InvalidTag as error:
        raise DecryptionError("a secret does not open: wrong key or moved ciphertext") from error
