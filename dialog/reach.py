"""Where people are reached: a customer where they wrote, a merchant on one of the tenant's accounts."""

from dataclasses import dataclass
from datetime import datetime

from core.uow import UnitOfWork
from dialog.conversation import Conversation, ensure_conversation, get_conversation
from dialog.session import session_from_json
from tenants.resolve import Merchant

# An identity that has written is known by its own address; else the address follows from phone or user id.
_ADDRESSES = """
SELECT a.id AS account_id, a.kind AS channel, i.blocked_at IS NOT NULL AS is_blocked, c.window_until,
       coalesce(i.external_id, CASE a.kind WHEN 'telegram' THEN $3 WHEN 'whatsapp' THEN $4 END) AS external_id
FROM channel_accounts a
LEFT JOIN channel_identities i ON i.tenant_id = $1 AND i.account_id = a.id AND i.merchant_id = $2
LEFT JOIN conversations c ON c.tenant_id = $1 AND c.account_id = a.id AND c.external_id = i.external_id
WHERE a.tenant_id = $1 AND a.active
"""

_OWNER_PHONE = """
SELECT phone FROM merchants WHERE tenant_id = $1 AND active AND phone IS NOT NULL
ORDER BY role = 'owner' DESC, role = 'manager' DESC, id LIMIT 1
"""


# Any account will do.
NO_ACCOUNT = 0


@dataclass(frozen=True, slots=True)
class Address:
    """`window_until` tells how lately somebody wrote from there: 24 hours after the last message."""

    account_id: int
    channel: str
    external_id: str
    is_blocked: bool
    window_until: datetime | None


async def customer_conversation(uow: UnitOfWork, conversation_id: int | None) -> Conversation | None:
    """None where nothing may be written."""
    conversation = await get_conversation(uow, conversation_id) if conversation_id else None
    if conversation is None or session_from_json(conversation.session, uow.runtime.clock.now()).is_silent:
        return None
    return conversation


async def merchant_conversation(uow: UnitOfWork, merchant: Merchant, account_id: int) -> Conversation | None:
    """Where the merchant wrote last; else on the account `account_id`; else wherever there is an address, where a first
    word may be ours before where it may not (Telegram's bots)."""
    user_id = str(merchant.telegram_user_id) if merchant.telegram_user_id else None
    phone = merchant.phone.lstrip("+") if merchant.phone else None
    rows = await uow.driver.fetch(_ADDRESSES, uow.tenant_id, merchant.id, user_id, phone)
    addresses = [Address(**dict(row)) for row in rows if row["external_id"]]
    if not addresses:
        return None

    def rank(address: Address) -> tuple[bool, float, bool, bool, int]:
        last = address.window_until.timestamp() if address.window_until else 0.0
        is_other, writes_second = address.account_id != account_id, address.channel == "telegram"
        return address.is_blocked, -last, is_other, writes_second, address.account_id

    best = min(addresses, key=rank)
    return await ensure_conversation(uow, best.account_id, best.channel, best.external_id)


async def owner_phone(uow: UnitOfWork) -> str | None:
    phone: str | None = await uow.driver.fetchval(_OWNER_PHONE, uow.tenant_id)
    return phone
