"""Who holds what came in by an attempt: every move out of it and back to it goes by this."""

from payments import ledger
from payments.attempts import Attempt
from payments.payment import Payment
from payments.registry import PROVIDERS


def holder(payment: Payment, attempt: Attempt) -> str:
    """Escrow until the payment is released, the business afterwards: it had what was paid by hand all along, so that
    nothing of that is ever paid out to it."""
    if payment.released_at is None:
        return ledger.ESCROW
    is_by_hand = PROVIDERS[attempt.provider].capabilities.by_hand
    return ledger.clearing(attempt.provider) if is_by_hand else ledger.PAYABLE
