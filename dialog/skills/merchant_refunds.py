"""A refund above the tenant's limit: owners and managers are asked, the first who answers decides."""

from typing import Any

from booking.queries import get_booking
from dialog.messages import Reply
from dialog.notices import booking_words
from dialog.payment_notices import tell_refused
from dialog.skills.merchant import welcome
from dialog.taps import id_of
from dialog.turn import MERCHANTS, Skill, Turn
from payments import payment, refunds
from payments.refunds import RefundDecidedError

_WAYS = {"yes": True, "no": False}


async def decide(turn: Turn, values: dict[str, Any]) -> Reply:
    """What was decided before is told as it stands."""
    refund_id, way = (id_of(values["values"][0]), values["values"][1]) if len(values["values"]) == 2 else (None, "")
    merchant = turn.who.merchant
    if refund_id is None or way not in _WAYS or merchant is None or merchant.role == "staff":
        return await welcome(turn, {})
    try:
        asked = await refunds.get_refund(turn.uow, refund_id)
    except LookupError:
        return await welcome(turn, {})
    paid = await payment.lock(turn.uow, asked.payment_id)
    view = await get_booking(turn.uow, paid.booking_id)
    words = booking_words(view, turn.language) | {"amount": asked.money.format(turn.language)}
    try:
        by = f"merchant:{merchant.id}"
        await refunds.decide(turn.uow, refund_id, is_approved=_WAYS[way], by=by, now=turn.now)
    except RefundDecidedError as error:
        how = turn.say(f"refund.{error.facts['status']}", **words)
        return Reply(f"{turn.say(error.reply_key)} {how}")
    if _WAYS[way]:
        return Reply(turn.say("refund.approved", **words))
    is_told = await tell_refused(turn.uow, turn.tenant, view, asked)
    told = turn.say("merchant.told" if is_told else "merchant.not_told")
    return Reply(f"{turn.say('refund.rejected', **words)} {told}")


SKILL = Skill("merchant_refunds", MERCHANTS, {"decide_refund": decide})
