"""What the business is due and when it comes, as owners and managers ask for it."""

from typing import Any

from core.money import Money
from dialog.labels import day_words
from dialog.messages import Reply
from dialog.skills.merchant import put_aside, welcome
from dialog.turn import MERCHANTS, Skill, Turn
from payments.payout_standing import Standing, standing
from payments.payouts import Payout


async def show(turn: Turn, values: dict[str, Any]) -> Reply:
    """The balance, the next day and what holds it up, the last payout."""
    put_aside(turn)
    if turn.who.merchant is None or turn.who.merchant.role == "staff":
        return await welcome(turn, {})
    now = await standing(turn.uow, payouts=1)
    if not (now.outlets or now.payouts):
        return Reply(turn.say("merchant.no_payouts"))
    return Reply("\n".join([_balance(turn, now.payable), _next(turn, now), *(_last(turn, one) for one in now.payouts)]))


def _balance(turn: Turn, payable: Money) -> str:
    if payable.minor < 0:
        return turn.say("merchant.payouts_owed", amount=Money(-payable.minor, payable.currency).format(turn.language))
    return turn.say("merchant.payouts_due", amount=payable.format(turn.language))


def _next(turn: Turn, now: Standing) -> str:
    if now.pauses:
        why = ", ".join(dict.fromkeys(turn.say(f"merchant.pause_{case.kind}") for case in now.pauses))
        return turn.say("merchant.payouts_paused", why=why)
    if now.next_at is None:
        return turn.say("merchant.payouts_by_hand")
    return turn.say("merchant.payouts_next", day=day_words(now.next_at.astimezone(turn.zone).date(), turn.language))


def _last(turn: Turn, payout: Payout) -> str:
    at = (payout.done_at or payout.created_at).astimezone(turn.zone).date()
    how = turn.say(f"payout.{payout.status}")
    amount = payout.money.format(turn.language)
    return turn.say("merchant.payouts_last", amount=amount, day=day_words(at, turn.language), how=how)


SKILL = Skill("merchant_payouts", MERCHANTS, {"payouts": show})
