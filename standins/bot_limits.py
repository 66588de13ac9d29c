"""The documented limits of the Telegram Bot API, in the words of its errors."""

from dataclasses import dataclass
from typing import Any

_MAX_BUTTONS = 100


@dataclass(eq=False)
class BotError(Exception):
    status: int
    description: str
    retry_after: int | None = None

    def to_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


def bad_request(description: str) -> BotError:
    return BotError(400, f"Bad Request: {description}")


def check_text(parameters: dict[str, Any], *, is_edit: bool = False) -> str:
    text = str(parameters.get("text") or "").strip()
    if not text:
        raise bad_request("message text is empty")
    if len(text) > 4096:
        raise bad_request("MESSAGE_TOO_LONG" if is_edit else "message is too long")
    return text


def check_keyboard(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The inline keyboard, or None. Other keyboards are passed through unseen."""
    markup = parameters.get("reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return markup
    buttons = [button for row in rows for button in row]
    if len(buttons) > _MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)
    return markup if buttons else None


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if "callback_data" not in button and "url" not in button:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
