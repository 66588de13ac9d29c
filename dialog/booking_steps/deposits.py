"""What has to be paid before a booking is agreed: said in the summary, asked for by the link after the yes."""

from booking import paying
from booking.booking import Booking
from booking.plans import Plan
from booking.queries import get_booking
from booking.slots import Assignment
from core.money import Money
from dialog.booking_steps.wish import Wish
from dialog.hand_payments import ask_merchants
from dialog.messages import Reply
from dialog.own_payment import link_reply
from dialog.turn import Turn


def due_of(turn: Turn, wish: Wish, assignment: Assignment) -> Money | None:
    """None where nothing is due now; what is moved was paid for when it was booked."""
    amount = paying.deposit(wish.visit, assignment) if wish.moves is None else None
    return amount if amount and turn.catalogue.takes(amount) else None


def due_of_plan(turn: Turn, wish: Wish, plan: Plan) -> Money | None:
    return due_of(turn, wish, plan.leads)


async def ask_to_pay(turn: Turn, booking: Booking, amount: Money) -> Reply | None:
    """The one message with the link; None where it cannot be paid, and the yes has to do."""
    due = await paying.ask_for(turn.uow, booking, amount, now=turn.now)
    if due is None:
        return None
    view = await get_booking(turn.uow, booking.id)
    turn.session = turn.session.fresh()
    turn.facts["held"] = booking.id
    if due.by_hand is not None:
        await ask_merchants(turn.uow, turn.tenant, view, due.payment, due.by_hand)
    return link_reply(turn, view, due.payment, due.by_hand, due.token)
