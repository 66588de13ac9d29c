"""A reply as Telegram messages: plain text with an inline keyboard, short labels side by side."""

from bot.channel import Wire
from bot.cutting import one_line, shorten, size, split_text
from dialog.messages import Choice, Reply

# The Bot API's limits; a label beyond 60 is cut by the app on any phone.
TEXT = 4096
BUTTONS = 100
LABEL = 60

_NO_WORDS = "…"
_IN_A_ROW = ((8, 3), (15, 2))


def render(reply: Reply) -> list[Wire]:
    if reply.document:
        return [{"file": {"filename": reply.document.filename, "content": reply.document.content}}]
    choices = list({choice.id: choice for choice in reply.choices}.values())
    texts = split_text(reply.text, TEXT)
    texts[-1] = texts[-1] or _NO_WORDS
    wires: list[Wire] = [{"text": text} for text in texts]
    for start in range(0, len(choices), BUTTONS):
        if start:
            wires.append({"text": _NO_WORDS})
        wires[-1]["keyboard"] = _rows(choices[start : start + BUTTONS])
    if reply.link:
        page = {"text": shorten(one_line(reply.link.label), LABEL), "url": reply.link.url}
        wires[-1]["keyboard"] = [[page], *wires[-1].get("keyboard", [])]
    return wires


def _rows(choices: list[Choice]) -> list[list[Wire]]:
    rows: list[list[Wire]] = []
    room = 0
    for choice in choices:
        label = _label(choice)
        width = _most_in_a_row(label)
        if rows and len(rows[-1]) < min(room, width):
            room = min(room, width)
        else:
            rows.append([])
            room = width
        rows[-1].append({"text": label, "callback_data": choice.id})
    return rows


def _label(choice: Choice) -> str:
    words = " · ".join(filter(None, (one_line(choice.label), one_line(choice.description or ""))))
    return shorten(words, LABEL) or _NO_WORDS


def _most_in_a_row(label: str) -> int:
    return next((count for longest, count in _IN_A_ROW if size(label) <= longest), 1)
