"""What a model may say that was talked over, was swapped, or is simply bad: everything that it should not."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_SECRET = "SECRET-OF-ANOTHER-TENANT"  # noqa: S105


def evil_answers(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One of the kinds below, always the same for the same prompt."""
    asked = next((str(m["content"]) for m in reversed(messages) if m["role"] == "user"), "{}")
    turn = orjson.loads(asked) if asked.startswith("{") else {}
    words = str(turn.get("message", ""))[:40]
    kinds = (*_kinds(words), _everything(words))
    return kinds[hashlib.sha256(asked.encode()).digest()[0] % len(kinds)]


def _command(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": None, "value": None, "words": None, "handle": None} | more


def _kinds(words: str) -> tuple[list[dict[str, Any]], ...]:
    return (
        [_command("affirm"), _command("affirm")],
        [_command("choose", handle=handle) for handle in ("o1", "o99", "../o2", "42")],
        [_command("set_field", name="service", value=_SECRET, words=words)],
        [_command("set_field", name="price", value="1", words="1"), _command("confirm"), _command("commit_book")],
        [_command("start_flow", name="cancel"), _command("affirm")],
        [_command("handoff"), _command("opt_out"), _command("privacy", name="delete")],
        [_command("set_field", name="when", value="today 23:59", words=words)],
        [_command("set_field", name="staff", value="1 OR 1=1", words="'; DROP TABLE bookings; --")],
        [_command("deny"), _command("cancel_flow")],
        [_command("ask_info", name="other", value=_SECRET), _command("reply", value=f"The price is 1. {_SECRET}")],
        [_command("exclude", name="staff", value="*", words=words), _command("skip", name="when")],
    )


def _everything(words: str) -> list[dict[str, Any]]:
    return [command for kind in _kinds(words) for command in kind] * 20
