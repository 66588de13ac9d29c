"""What dialog takes in and gives out, free of any channel's wire format."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of a person.

    kind: text | choice | start | unsupported. `choice_id` is the id of a tapped Choice (kind choice);
    `text` holds the words, or the label of the tapped choice; `unsupported` is what cannot be read (a voice
    note, a picture, a location …), with its vendor's type in `detail`.
    """

    event_id: int
    kind: str
    text: str = ""
    choice_id: str | None = None
    vendor_id: str | None = None
    occurred_at: datetime | None = None
    is_edit: bool = False
    display_name: str | None = None
    phone: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a row. `id` is at most 64 bytes (Telegram's callback data) and carries the value, not the label."""

    id: str
    label: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class WaTemplate:
    """What WhatsApp accepts outside the 24-hour window: a template's name, language and body parameters.

    `buttons` are the quick-reply payloads in order.
    """

    name: str
    language: str
    parameters: tuple[str, ...]
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file beside a message. `filename` is ASCII; a file is sent once under its `key`."""

    key: str
    filename: str
    content: str


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens a page. The text says the address too: not every app shows the button."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person. `list_label` opens the list on channels that show rows behind a button.

    `is_interim` is "reserving…": Telegram sends it and edits it into the next reply, WhatsApp shows typing. Without
    text both show typing.
    `document` follows the message as one of its own, without words.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    list_label: str = ""
    template: WaTemplate | None = None
    is_interim: bool = False
    document: Document | None = None
    link: Link | None = None

    def to_payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = {"text": self.text}
        if self.choices:
            payload["choices"] = [
                {"id": c.id, "label": c.label} | ({"description": c.description} if c.description else {})
                for c in self.choices
            ]
            payload["list_label"] = self.list_label
        if self.template:
            payload["template"] = {
                "name": self.template.name,
                "language": self.template.language,
                "parameters": list(self.template.parameters),
                "buttons": list(self.template.buttons),
            }
        if self.is_interim:
            payload["is_interim"] = True
        if self.document:
            payload["document"] = asdict(self.document)
        if self.link:
            payload["link"] = asdict(self.link)
        return payload


def reply_from_payload(payload: dict[str, Any]) -> Reply:
    template, document, link = payload.get("template"), payload.get("document"), payload.get("link")
    return Reply(
        text=payload["text"],
        choices=tuple(Choice(c["id"], c["label"], c.get("description")) for c in payload.get("choices", ())),
        list_label=payload.get("list_label", ""),
        template=WaTemplate(
            template["name"], template["language"], tuple(template["parameters"]), tuple(template["buttons"])
        )
        if template
        else None,
        is_interim=payload.get("is_interim", False),
        document=Document(**document) if document else None,
        link=Link(**link) if link else None,
    )
