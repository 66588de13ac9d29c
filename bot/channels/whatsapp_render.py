"""A reply as WhatsApp messages: up to three short choices are buttons, more are rows of a list."""

from bot.channel import Wire
from bot.cutting import cut_label, one_line, shorten, split_text
from dialog.messages import Choice, Link, Reply, WaTemplate

# Meta's documented limits of a message, in characters or pieces.
TEXT = 4096
BUTTONS_BODY = 1024
BUTTONS = 3
BUTTON_TITLE = 20
ROWS = 10
ROW_TITLE = 24
ROW_DESCRIPTION = 72
LIST_BUTTON = 20
TEMPLATE_VALUES = 768  # of the template's 1024; the rest is its own words

_NO_WORDS = "…"
_LIST_LABEL = "Menu"


def render(reply: Reply, *, as_template: bool = False) -> list[Wire]:
    if reply.document:
        return [{"file": {"filename": reply.document.filename, "content": reply.document.content}}]
    if as_template and reply.template:
        return [_template(reply.template)]
    choices = list({choice.id: choice for choice in reply.choices}.values())
    texts = split_text(reply.text, TEXT)
    texts[-1] = texts[-1] or _NO_WORDS
    if not choices and reply.link and len(split_text(texts[-1], BUTTONS_BODY)) == 1:
        return [*map(_text, texts[:-1]), _page(texts[-1], reply.link)]
    if not choices:
        return [_text(text) for text in texts]
    if _fit_buttons(choices, texts[-1]):
        return [*map(_text, texts[:-1]), _buttons(texts[-1], choices)]
    pages = [choices[start : start + ROWS] for start in range(0, len(choices), ROWS)]
    bodies = [texts[-1], *[_NO_WORDS] * (len(pages) - 1)]
    lists = [_list(body, page, reply.list_label) for body, page in zip(bodies, pages, strict=True)]
    return [*map(_text, texts[:-1]), *lists]


def _fit_buttons(choices: list[Choice], text: str) -> bool:
    """Buttons show no description and need titles that differ."""
    titles = {one_line(choice.label) for choice in choices}
    return (
        len(choices) <= BUTTONS
        and len(titles) == len(choices)
        and all(title and shorten(title, BUTTON_TITLE) == title for title in titles)
        and not any(choice.description for choice in choices)
        and len(split_text(text, BUTTONS_BODY)) == 1
    )


def _text(text: str) -> Wire:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _buttons(text: str, choices: list[Choice]) -> Wire:
    buttons = [{"type": "reply", "reply": {"id": choice.id, "title": one_line(choice.label)}} for choice in choices]
    return _interactive("button", text, {"buttons": buttons})


def _page(text: str, link: Link) -> Wire:
    """One button and no other: WhatsApp shows a page or choices."""
    shown = {"display_text": shorten(one_line(link.label), BUTTON_TITLE), "url": link.url}
    return _interactive("cta_url", text, {"name": "cta_url", "parameters": shown})


def _list(text: str, choices: list[Choice], label: str) -> Wire:
    button = shorten(one_line(label) or _LIST_LABEL, LIST_BUTTON)
    return _interactive("list", text, {"button": button, "sections": [{"rows": [_row(choice) for choice in choices]}]})


def _row(choice: Choice) -> Wire:
    title, rest = cut_label(one_line(choice.label) or _NO_WORDS, ROW_TITLE)
    row = {"id": choice.id, "title": title}
    description = " · ".join(filter(None, (rest, one_line(choice.description or ""))))
    return row | ({"description": shorten(description, ROW_DESCRIPTION)} if description else {})


def _interactive(kind: str, text: str, action: Wire) -> Wire:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _template(template: WaTemplate) -> Wire:
    share = TEMPLATE_VALUES // max(len(template.parameters), 1)
    values = [shorten(one_line(parameter), share) or _NO_WORDS for parameter in template.parameters]
    components: list[Wire] = []
    if values:
        components.append({"type": "body", "parameters": [{"type": "text", "text": value} for value in values]})
    components += [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(index),
            "parameters": [{"type": "payload", "payload": payload}],
        }
        for index, payload in enumerate(template.buttons)
    ]
    content = {"name": template.name, "language": {"code": template.language}, "components": components}
    return {"type": "template", "template": content}
