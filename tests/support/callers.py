"""People who write to an installation from outside: vendors' deliveries in, the vendors' recordings out."""

from dataclasses import dataclass, field
from typing import Any

from standins.faults import Sent
from tests.support.channels import (
    dumps,
    new_number,
    signed,
    tg_message,
    tg_tap,
    tg_update,
    wa_message,
    wa_text,
    wa_value,
    wa_webhook,
)
from tests.support.installation import Delivery, Installation, until
from tests.support.tenants import TenantFixture

WISH = "Haircut with Nadia tomorrow at 3pm"


@dataclass(frozen=True)
class Shown:
    """A message on the person's screen; `choices` maps labels to the ids that a tap sends."""

    text: str
    choices: dict[str, str]


@dataclass
class Caller:
    """`address` is a wa_id or a Telegram user id."""

    installation: Installation
    tenant: TenantFixture
    channel: str
    address: str = field(default_factory=lambda: f"2376{new_number()}")

    def says(self, text: str) -> Delivery:
        if self.channel == "whatsapp":
            return self._delivery(wa_message_body(self.tenant.phone_number_id, wa_text(text, sender=self.address)))
        return self._delivery(tg_update("message", tg_message(int(self.address), text=text)))

    def taps(self, label: str) -> Delivery:
        """The choice of the newest message whose label begins with `label`."""
        choices = self.screen()[-1].choices
        title = next(title for title in choices if title.startswith(label))
        if self.channel == "telegram":
            return self._delivery(tg_tap(int(self.address), choices[title], label=title))
        reply = {"type": "button_reply", "button_reply": {"id": choices[title], "title": title}}
        return self._delivery(
            wa_message_body(self.tenant.phone_number_id, wa_message("interactive", reply, sender=self.address))
        )

    def screen(self) -> list[Shown]:
        """What the vendor took for this person, in order; an edit counts as a message."""
        return screen(self.installation, self.channel, self.address)

    def merchant_screens(self) -> list[list[Shown]]:
        """What each merchant of the tenant was sent on this channel."""
        people = self.tenant.merchants.values()
        addresses = [p.wa_id if self.channel == "whatsapp" else str(p.telegram_user_id) for p in people]
        return [screen(self.installation, self.channel, address) for address in addresses]

    async def reads(self, count: int) -> Shown:
        """Waits until that many messages have been shown; the newest."""

        async def is_shown() -> bool:
            return len(self.screen()) >= count

        await until(is_shown)
        return self.screen()[-1]

    def _delivery(self, body: dict[str, Any]) -> Delivery:
        raw = dumps(body)
        if self.channel == "whatsapp":
            return Delivery("/webhooks/whatsapp", raw, signed(raw))
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.tenant.telegram_secret}
        return Delivery(f"/webhooks/telegram/{self.tenant.telegram_account}", raw, secret)


def wa_message_body(phone_number_id: str, *messages: dict[str, Any]) -> dict[str, Any]:
    return wa_webhook(wa_value(phone_number_id, messages=messages))


def screen(installation: Installation, channel: str, address: str) -> list[Shown]:
    api = installation.graph if channel == "whatsapp" else installation.bot_api
    shown = _wa_shown if channel == "whatsapp" else _tg_shown
    return [seen for sent in api.received if sent.recipient == address and (seen := shown(sent))]


def _wa_shown(sent: Sent) -> Shown | None:
    if sent.type == "text":
        return Shown(sent.body["text"]["body"], {})
    if sent.type == "template":
        body = next(part for part in sent.body["template"]["components"] if part["type"] == "body")
        return Shown(body["parameters"][0]["text"], {})
    if sent.type != "interactive":
        return None
    action = sent.body["interactive"]["action"]
    buttons = [button["reply"] for button in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    text = sent.body["interactive"]["body"]["text"]
    return Shown(text, {choice["title"]: choice["id"] for choice in buttons + rows})


def _tg_shown(sent: Sent) -> Shown | None:
    if sent.type not in ("sendMessage", "editMessageText"):
        return None
    keyboard = sent.body.get("reply_markup", {}).get("inline_keyboard", [])
    return Shown(sent.body["text"], {button["text"]: button["callback_data"] for row in keyboard for button in row})
