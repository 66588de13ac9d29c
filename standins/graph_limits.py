"""The documented limits of a WhatsApp message (Cloud API), as one check in Meta's codes."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
_WRONG_VALUE = 131009
_MISSING = 131008


@dataclass(eq=False)
class GraphError(Exception):
    """`code` decides; the HTTP status is what the Graph API commonly sends with it."""

    code: int
    details: str
    status: int = 400

    def to_json(self) -> dict[str, Any]:
        return {
            "error": {
                "message": f"(#{self.code}) {_TITLES.get(self.code, 'Message failed to send')}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "A0standin000000000000000",
            }
        }


_TITLES = {
    100: "Invalid parameter",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131051: "Unsupported message type",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    190: "Invalid OAuth access token",
}


# What Meta takes, and says it takes when it refuses another type.
_MEDIA_TYPES = (
    "audio/aac, audio/mp4, audio/mpeg, audio/amr, audio/ogg, audio/opus, application/vnd.ms-powerpoint, "
    "application/msword, application/vnd.openxmlformats-officedocument.wordprocessingml.document, "
    "application/vnd.openxmlformats-officedocument.presentationml.presentation, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/pdf, text/plain, "
    "application/vnd.ms-excel, image/jpeg, image/png, image/webp, video/mp4, video/3gpp"
)


def check_upload(fields: Mapping[str, str], file: dict[str, str] | None) -> dict[str, str]:
    """The file, or GraphError: by its own type, as Meta does, not by the one that is named beside it."""
    if fields.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if file is None or file["mime_type"] not in _MEDIA_TYPES.split(", "):
        raise GraphError(100, f"Param file must be a file with one of the following types: {_MEDIA_TYPES}.")
    return file


def check_message(body: dict[str, Any], media: Container[str] = ()) -> None:
    """Raises GraphError for the first limit that is broken; `media` are the ids of uploads."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if not (body.get("to") or body.get("recipient")):
        raise GraphError(100, "The parameter to is required.")
    if len(str(body.get("biz_opaque_callback_data", ""))) > 512:
        raise GraphError(100, "biz_opaque_callback_data must be at most 512 characters.")
    kind = str(body.get("type", "text"))
    check = _CHECKS.get(kind)
    if check is None:
        raise GraphError(131051, f"Message type {kind!r} is not supported.")
    content = body.get(kind)
    if not isinstance(content, dict):
        raise GraphError(_MISSING, f"The parameter {kind} is required.")
    check(content)
    if content.get("id") and kind in _MEDIA and content["id"] not in media:
        raise GraphError(100, f"Param {kind}['id'] is not a valid whatsapp business account media attachment ID")


def _check_text(text: dict[str, Any]) -> None:
    _text(text.get("body"), "text.body", 4096)


def _check_interactive(interactive: dict[str, Any]) -> None:
    check = _INTERACTIVE.get(str(interactive.get("type")))
    if check is None:
        raise GraphError(100, f"interactive.type must be one of {', '.join(_INTERACTIVE)}.")
    _header_and_footer(interactive)
    action = interactive.get("action")
    if not isinstance(action, dict):
        raise GraphError(_MISSING, "The parameter interactive.action is required.")
    body = interactive.get("body") or {}
    _text(body.get("text"), "interactive.body.text", 4096 if interactive["type"] == "list" else 1024)
    check(action)


def _check_buttons(action: dict[str, Any]) -> None:
    buttons = action.get("buttons") or []
    if not 1 <= len(buttons) <= 3:
        raise GraphError(_WRONG_VALUE, "Invalid buttons count. Min allowed buttons: 1, max allowed buttons: 3.")
    replies = [button.get("reply") or {} for button in buttons]
    if any(button.get("type") != "reply" for button in buttons):
        raise GraphError(_WRONG_VALUE, "Button type must be reply.")
    for reply in replies:
        _text(reply.get("id"), "button.reply.id", 256)
        _text(reply.get("title"), "button.reply.title", 20)
    _unique([reply["id"] for reply in replies], "button ids")
    _unique([reply["title"] for reply in replies], "button titles")


def _check_page(action: dict[str, Any]) -> None:
    shown = action.get("parameters") or {}
    _text(shown.get("display_text"), "cta_url.display_text", 20)
    if not re.match(r"https?://[^\s/]+\.", _text(shown.get("url"), "cta_url.url", 2000)):
        raise GraphError(_WRONG_VALUE, "cta_url.url must be a public address.")


def _check_list(action: dict[str, Any]) -> None:
    _text(action.get("button"), "interactive.action.button", 20)
    sections = action.get("sections") or []
    if not 1 <= len(sections) <= 10:
        raise GraphError(_WRONG_VALUE, "Invalid sections count. Min allowed: 1, max allowed: 10.")
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            _text(section.get("title"), "section.title", 24)
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= 10:
        raise GraphError(_WRONG_VALUE, "Total row count exceed max allowed count: 10.")
    for row in rows:
        _text(row.get("id"), "row.id", 200)
        _text(row.get("title"), "row.title", 24)
        if "description" in row:
            _text(row["description"], "row.description", 72)
    _unique([row["id"] for row in rows], "row ids")


def _header_and_footer(interactive: dict[str, Any]) -> None:
    header, footer = interactive.get("header"), interactive.get("footer")
    if header and header.get("type") == "text":
        _text(header.get("text"), "interactive.header.text", 60)
    if footer:
        _text(footer.get("text"), "interactive.footer.text", 60)


def _check_template(template: dict[str, Any]) -> None:
    if not _TEMPLATE_NAME.fullmatch(str(template.get("name", ""))):
        raise GraphError(132000, "Template name must be 1-512 of a-z, 0-9 and underscore.")
    if not (template.get("language") or {}).get("code"):
        raise GraphError(_MISSING, "The parameter template.language.code is required.")
    for component in template.get("components") or []:
        for parameter in component.get("parameters") or []:
            _check_parameter(str(component.get("type")), parameter)


def _check_parameter(component: str, parameter: dict[str, Any]) -> None:
    if parameter.get("type") == "payload":
        _text(parameter.get("payload"), "button payload", 128)
        return
    text = _text(parameter.get("text"), f"{component} parameter", 1024)
    if "\n" in text or "\t" in text or "     " in text:
        raise GraphError(132000, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")


def _check_media(media: dict[str, Any]) -> None:
    if not (media.get("link") or media.get("id")):
        raise GraphError(_MISSING, "Either id or link is required.")
    if media.get("caption"):
        _text(media["caption"], "caption", 1024)


def _check_reaction(reaction: dict[str, Any]) -> None:
    _text(reaction.get("message_id"), "reaction.message_id", 256)


def _text(value: object, name: str, limit: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise GraphError(_MISSING, f"The parameter {name} is required.")
    if len(value) > limit:
        raise GraphError(_WRONG_VALUE, f"{name} must be at most {limit} characters.")
    return value


def _unique(values: Sequence[str], name: str) -> None:
    if len(set(values)) != len(values):
        raise GraphError(_WRONG_VALUE, f"Duplicated {name}.")


_INTERACTIVE: dict[str, Callable[[dict[str, Any]], None]] = {
    "button": _check_buttons,
    "cta_url": _check_page,
    "list": _check_list,
}
_MEDIA = ("document", "image")
_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "text": _check_text,
    "interactive": _check_interactive,
    "template": _check_template,
    "document": _check_media,
    "image": _check_media,
    "reaction": _check_reaction,
}
