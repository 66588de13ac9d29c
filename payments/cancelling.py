"""What became of a page that could not be cancelled, by what the provider says of its payment."""

from collections.abc import Awaitable, Collection

from core.errors import TransientError
from payments.provider_values import CancelOutcome, PaymentState, ProviderPayment

ENDED = (PaymentState.EXPIRED, PaymentState.CANCELLED)


async def outcome_by(
    fetching: Awaitable[ProviderPayment | None], *, ended: Collection[PaymentState] = ENDED
) -> CancelOutcome:
    """`ended`: the states after which nobody can pay there any more."""
    try:
        found = await fetching
    except TransientError:
        return CancelOutcome.UNKNOWN
    if found is None or found.state in ended:
        return CancelOutcome.CANCELLED
    return CancelOutcome.ALREADY_PAID if found.captured else CancelOutcome.NOT_CANCELLABLE
