"""Vendors' message bodies as bubbles: what a phone makes of the JSON it is sent."""

from collections.abc import Callable, Mapping
from typing import Any

# (payload of a quick reply, language) → its label: Meta keeps a template's labels, the message carries none.
QuickReplyLabel = Callable[[str, str], str]


def from_graph(
    body: dict[str, Any], quick_reply_label: QuickReplyLabel, media: Mapping[str, dict[str, str]]
) -> dict[str, Any]:
    """The bubble of a Cloud API message; unknown kinds show their type. `media` is what was uploaded."""
    kind = str(body.get("type", "text"))
    content = body.get(kind) or {}
    if kind == "text":
        return {"text": content["body"]}
    if kind == "interactive":
        return _interactive(content)
    if kind == "template":
        return _template(content, quick_reply_label)
    if kind == "document" and content.get("id") in media:
        return _file(content.get("filename") or "?", media[content["id"]]["content"], content.get("caption"))
    return {"text": content.get("caption") or content.get("link") or kind, "label": kind}


def _interactive(content: dict[str, Any]) -> dict[str, Any]:
    action = content["action"]
    text = content["body"]["text"]
    if content["type"] == "button":
        replies = [button["reply"] for button in action["buttons"]]
        choices = [{"id": reply["id"], "label": reply["title"]} for reply in replies]
        return {"text": text, "style": "buttons", "choices": choices}
    if content["type"] == "cta_url":
        return {"text": text, "style": "buttons", "choices": [_page(**action["parameters"])]}
    rows = [
        {"id": row["id"], "label": row["title"], "description": row.get("description", "")}
        for section in action["sections"]
        for row in section["rows"]
    ]
    return {"text": text, "style": "list", "choices": rows, "list_label": action["button"]}


def _page(display_text: str, url: str) -> dict[str, str]:
    return {"id": "", "label": display_text, "url": url}


def _template(content: dict[str, Any], quick_reply_label: QuickReplyLabel) -> dict[str, Any]:
    language = content["language"]["code"]
    components = content.get("components") or []
    parameters = [
        str(p.get("text", "")) for c in components if c.get("type") == "body" for p in c.get("parameters") or []
    ]
    payloads = [
        str(p.get("payload", "")) for c in components if c.get("type") == "button" for p in c.get("parameters") or []
    ]
    return {
        "text": "\n".join(parameters),
        "label": f"template · {content['name']}",
        "style": "template" if payloads else "",
        "choices": [{"id": payload, "label": quick_reply_label(payload, language)} for payload in payloads],
    }


def from_bot(body: dict[str, Any]) -> dict[str, Any]:
    """The bubble of a Bot API message; a keyboard keeps its rows."""
    document = body.get("document")
    if isinstance(document, dict):
        return _file(document["filename"], document["content"], body.get("caption"))
    markup = body.get("reply_markup") or {}
    choices = [
        {"id": str(button.get("callback_data", "")), "label": str(button["text"]), "row": str(number)}
        | ({"url": str(button["url"])} if "url" in button else {})
        for number, row in enumerate(markup.get("inline_keyboard") or [])
        for button in row
    ]
    text = str(body.get("text") or body.get("caption") or body.get("document") or "")
    return {"text": text, "style": "keyboard" if choices else "", "choices": choices}


def _file(name: str, content: str, caption: str | None) -> dict[str, Any]:
    return {"text": caption or "", "file": {"name": name, "content": content}}
