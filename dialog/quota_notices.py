"""What merchants hear of the model's quota: once a period, and that nothing is lost by it."""

from babel.numbers import format_currency, format_decimal

from core.uow import UnitOfWork
from dialog.messages import Reply
from dialog.reach import NO_ACCOUNT, merchant_conversation
from dialog.sending import notice_template, send
from dialog.texts import say
from llm.usage import NearLimit
from tenants.resolve import merchants_concerned
from tenants.tenant import Tenant


async def tell_near_limit(uow: UnitOfWork, tenant: Tenant, near: NearLimit) -> None:
    """To owners and managers, wherever they are reached best."""
    key = f"merchant.llm_{near.of}"
    for merchant in await merchants_concerned(uow, None):
        conversation = await merchant_conversation(uow, merchant, NO_ACCOUNT)
        if conversation is None:
            continue
        language = conversation.language or merchant.language or tenant.languages[0]
        used, limit = (_amount(near, value, language) for value in (near.used, near.allowed))
        text = say(language, key, tenant=tenant.name, used=used, limit=limit)
        reply = Reply(text, template=notice_template(key, language, text))
        await send(uow, conversation, reply, f"{key}:{near.period}:{merchant.id}", "notice")


def _amount(near: NearLimit, value: int, language: str) -> str:
    if near.of == "tokens":
        return str(format_decimal(value, locale=language))
    return str(format_currency(value / 1_000_000, "USD", locale=language))
