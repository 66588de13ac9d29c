"""Who takes part: tenants with their accounts and merchants, handed in, and the customers that the page makes up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class SimAccount:
    """One number or bot. `address` is the phone_number_id or the bot token; `secret_token` is Telegram's."""

    channel: Channel
    account: str
    address: str
    secret_token: str = ""


@dataclass(frozen=True, slots=True)
class SimPerson:
    """A customer or a merchant: `addresses` are the wa_id and the Telegram user id."""

    key: str
    name: str
    addresses: Mapping[Channel, str]


@dataclass(frozen=True, slots=True)
class SimTenant:
    """`openers` are first sentences to tap, by language of the page."""

    key: str
    name: str
    timezone: str
    accounts: Mapping[Channel, SimAccount]
    merchants: Sequence[SimPerson]
    openers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Address:
    """One thread of a phone: the business's account and the person's id there."""

    account: str
    external_id: str

    def __str__(self) -> str:
        return f"{self.account}|{self.external_id}"


Inspector = Callable[[Address], Awaitable[list[dict[str, Any]]]]

_NAMES = ("Claire", "Patrick", "Nadège", "Samuel", "Blessing", "Olivier", "Ngozi", "Éric", "Fatou", "Daniel")


def made_up_customer(number: int) -> SimPerson:
    """The same number is always the same person: after a restart the demo knows its customers again."""
    name = _NAMES[(number - 1) % len(_NAMES)]
    return SimPerson(
        key=f"c{number}",
        name=name if number <= len(_NAMES) else f"{name} {(number - 1) // len(_NAMES) + 1}",
        addresses={
            Channel.WHATSAPP: f"237699{number:06d}",
            Channel.TELEGRAM: str(8_100_000_000 + number),
        },
    )
