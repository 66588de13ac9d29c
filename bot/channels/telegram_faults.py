"""The Bot API's refusals in one table: by error code, and for 400 and 403 by the words of the description.

Source: https://core.telegram.org/bots/api#making-requests and the server's own descriptions (tdlib/telegram-bot-api).
"""

from typing import Any

import orjson

from bot.channel import DeliveryFault, Fault
from bot.reading import as_dict, as_text

_BY_WORDS: tuple[tuple[str, Fault, str], ...] = (
    ("message is not modified", Fault.PERMANENT, "not_modified"),
    ("message to edit not found", Fault.EDIT_GONE, "edit_gone"),
    ("message can't be edited", Fault.EDIT_GONE, "edit_gone"),
    ("message_id_invalid", Fault.EDIT_GONE, "edit_gone"),
    ("bot was blocked", Fault.UNREACHABLE, "blocked"),
    ("user is deactivated", Fault.UNREACHABLE, "deactivated"),
    ("can't initiate conversation", Fault.UNREACHABLE, "never_started"),
    ("chat not found", Fault.UNREACHABLE, "chat_not_found"),
    ("peer_id_invalid", Fault.UNREACHABLE, "chat_not_found"),
)
_BY_CODE = {
    400: Fault.PERMANENT,
    401: Fault.PAUSED,
    403: Fault.UNREACHABLE,
    404: Fault.PAUSED,
    409: Fault.RETRY,
    429: Fault.SLOW_DOWN,
}


def classify(status: int, raw: bytes) -> DeliveryFault:
    answer = _json(raw)
    words = as_text(answer.get("description")).lower()
    for phrase, fault, code in _BY_WORDS:
        if phrase in words:
            return DeliveryFault(fault, code)
    wait = as_dict(answer.get("parameters")).get("retry_after")
    retry_after_s = float(wait) if isinstance(wait, int | float) else None
    return DeliveryFault(_BY_CODE.get(status, Fault.RETRY), str(status), retry_after_s=retry_after_s)


def _json(raw: bytes) -> dict[str, Any]:
    try:
        return as_dict(orjson.loads(raw))
    except orjson.JSONDecodeError:
        return {}
