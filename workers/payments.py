"""Money that came or went: webhooks worked on, attempts asked about, unpaid holds wound up."""

from datetime import datetime, timedelta
from functools import partial

from booking import paying
from booking.booking import Booking, Status, get
from booking.giving_back import give_back
from booking.keeping import keep_while_paying
from booking.paying import Outcome
from booking.queries import get_booking
from core import failpoints
from core.errors import PermanentError, TransientError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork, in_unit
from dialog.hand_payments import remind_merchants, tell_over
from dialog.payment_notices import remind_of_link, tell_disputed, tell_settled
from payments import by_hand, closing, disputes, events, intake, links, paying_out, payment, payouts
from payments.accounts import PaymentAccount, attempt_with_account, get_account
from payments.attempts import Attempt, AttemptStatus, attempts_of, find_attempt, polled
from payments.cases import CaseKind, open_case
from payments.events import StoredEvent
from payments.payment import Payment, PaymentStatus
from payments.provider_values import (
    CancelOutcome,
    EventKind,
    PaymentState,
    ProviderDispute,
    ProviderEvent,
    ProviderPayment,
)
from tenants.tenant import get_tenant
from workers.refunds import follow_told
from workers.sweeps import wake_rows

log = get_logger("payments")

_ATTEMPTS = "SELECT tenant_id, attempt_id AS id FROM due_payment_attempts($1, $2)"
_EVENTS = "SELECT tenant_id, event_id AS id FROM due_payment_events($1, $2)"
_REFUNDS = "SELECT tenant_id, refund_id AS id FROM due_refunds($1, $2)"
_ENDING = "SELECT tenant_id, payment_id AS id FROM ending_payments($1, $2, $3)"
_OFF = (Status.EXPIRED, Status.CANCELLED)
_REMIND_BEFORE = timedelta(minutes=3)
_LIMIT = 500
_OF_PAYOUT = (EventKind.PAYOUT_PAID, EventKind.PAYOUT_FAILED, EventKind.PAYOUT_REVERSED)
_OF_REFUND = (EventKind.REFUND_PENDING, EventKind.REFUND_SUCCEEDED, EventKind.REFUND_FAILED)
_OF_DISPUTE = (
    *(EventKind.DISPUTE_OPENED, EventKind.DISPUTE_UPDATED),
    *(EventKind.DISPUTE_WON, EventKind.DISPUTE_LOST),
)


async def wake_due(runtime: Runtime) -> None:
    now = runtime.clock.now()
    await wake_rows(runtime, "payment_event", _EVENTS, now, _LIMIT)
    await wake_rows(runtime, "payment", _ATTEMPTS, now, _LIMIT)
    await wake_rows(runtime, "refund", _REFUNDS, now, _LIMIT)
    await wake_rows(runtime, "payment_end", _ENDING, now, now + _REMIND_BEFORE, _LIMIT)


async def handle_event(runtime: Runtime, tenant_id: int, event_id: int) -> None:
    """A webhook says that something happened; what, the provider's own API says."""

    async def read(uow: UnitOfWork) -> tuple[StoredEvent, PaymentAccount] | None:
        stored = await events.claim(uow, event_id)
        return (stored, await get_account(uow, stored.account_id)) if stored else None

    found = await in_unit(runtime, tenant_id, read)
    if found is None:
        return
    stored, account = found
    told = next(one for one in account.adapter.parse_webhook(stored.body) if one.dedupe_key == stored.dedupe_key)
    try:
        payment_id, is_known = await _follow(runtime, tenant_id, account, told)
    except PermanentError as error:
        await in_unit(runtime, tenant_id, partial(_put_off, stored=stored, account=account, why=error.code))
        return
    await in_unit(runtime, tenant_id, partial(_finish, stored=stored, payment_id=payment_id, is_known=is_known))


async def _follow(
    runtime: Runtime, tenant_id: int, account: PaymentAccount, told: ProviderEvent
) -> tuple[int | None, bool]:
    """The payment that it was about, and whether what it speaks of is known to us."""
    if told.kind is EventKind.UNKNOWN:
        return None, True
    if told.kind in _OF_PAYOUT:
        return None, await _follow_payout(runtime, tenant_id, account, told)
    if told.kind in _OF_DISPUTE and told.dispute_id:
        dispute = await account.adapter.fetch_dispute(account.at(runtime), told.dispute_id)
        if dispute is not None:
            payment_id = await in_unit(runtime, tenant_id, lambda uow: record_dispute(uow, account.id, dispute))
            return payment_id, payment_id is not None
    if told.kind in _OF_REFUND and (payment_id := await follow_told(runtime, tenant_id, account, told)):
        return payment_id, True
    attempt = await in_unit(runtime, tenant_id, lambda uow: find_attempt(uow, account.id, told.payment))
    if attempt is None:
        return None, False
    await sync(runtime, tenant_id, attempt.id)
    return attempt.payment_id, True


async def record_dispute(uow: UnitOfWork, account_id: int, dispute: ProviderDispute) -> int | None:
    """Also one that a listing tells of; the merchants hear of it once. The payment, where it is one of ours."""
    told = await disputes.record(uow, account_id, dispute)
    if told is None:
        return None
    if told.is_news:
        view = await get_booking(uow, told.payment.booking_id)
        await tell_disputed(uow, await get_tenant(uow), view, told)
    return told.payment.id


async def _follow_payout(runtime: Runtime, tenant_id: int, account: PaymentAccount, told: ProviderEvent) -> bool:
    """False of one that is none of ours, such as by hand in the provider's dashboard: our books still hold that money,
    so a person looks at it."""

    async def note(uow: UnitOfWork) -> int | None:
        payout = await payouts.find_payout(uow, account.id, told.payout_reference, told.payout_id)
        if payout is not None:
            await payouts.look_now(uow, payout.id)
        return payout.id if payout else None

    payout_id = await in_unit(runtime, tenant_id, note)
    if payout_id is not None:
        await paying_out.send_payout(runtime, tenant_id, payout_id)
    return payout_id is not None


async def _finish(uow: UnitOfWork, stored: StoredEvent, payment_id: int | None, is_known: bool) -> None:
    now = uow.runtime.clock.now()
    if not is_known and await events.try_again(uow, stored, now=now):
        return
    if not is_known:
        note = f"a {stored.kind} of account {stored.account_id} names no payment of ours: look it up at the provider"
        await open_case(uow, CaseKind.UNMATCHED, f"event:{stored.id}", note, payment_id=None, now=now)
    await events.handled(uow, stored, payment_id, now=now)


async def _put_off(uow: UnitOfWork, stored: StoredEvent, account: PaymentAccount, why: str) -> None:
    """The provider refuses to tell: a person looks at the account. What is never told here, the day's listing tells."""
    now = uow.runtime.clock.now()
    note = f"{account.provider} does not tell of a {stored.kind} ({why}): check the account's keys"
    await open_case(uow, CaseKind.ACCOUNT, f"account:{account.id}", note, payment_id=None, now=now)
    if not await events.try_again(uow, stored, now=now):
        await events.handled(uow, stored, None, now=now)


async def sync(runtime: Runtime, tenant_id: int, attempt_id: int) -> None:
    """The provider's answer applied, and what it means to the booking, in one transaction: for webhook, redirect and
    poller alike. The page of what is over is closed first. What is paid by hand nobody can be asked about."""

    async def read(uow: UnitOfWork) -> tuple[Attempt, PaymentAccount, bool]:
        attempt, account = await attempt_with_account(uow, attempt_id)
        return attempt, account, await closing.is_over(uow, attempt)

    attempt, account, is_over = await in_unit(runtime, tenant_id, read)
    if account.is_by_hand:
        await in_unit(runtime, tenant_id, lambda uow: polled(uow, attempt, poll_at=None))
        return
    closed = await _close(runtime, tenant_id, attempt, account) if is_over else None
    if closed is CancelOutcome.NOT_CANCELLABLE:
        await in_unit(runtime, tenant_id, partial(closing.leave_open, attempt_id=attempt_id))
    try:
        found = await intake.look(runtime, attempt, account)
    except TransientError:
        await in_unit(runtime, tenant_id, lambda uow: intake.look_later(uow, attempt_id))
        return
    except PermanentError as error:
        await in_unit(runtime, tenant_id, partial(intake.give_up, attempt_id=attempt_id, why=error.code or str(error)))
        return
    failpoints.hit("payment.looked")
    await in_unit(runtime, tenant_id, partial(_apply, attempt_id=attempt_id, found=found))
    failpoints.hit("payment.kept")
    if closed is CancelOutcome.UNKNOWN and not (found and found.captured):
        await in_unit(runtime, tenant_id, lambda uow: intake.look_later(uow, attempt_id))


async def _apply(uow: UnitOfWork, attempt_id: int, found: ProviderPayment | None) -> None:
    change, now = await intake.apply(uow, attempt_id, found), uow.runtime.clock.now()
    if found is not None and found.state is PaymentState.PROCESSING:
        await keep_while_paying(uow, change.payment.id, now=now)
    settled = await paying.settle(uow, change, now=now)
    if settled.outcome is not Outcome.NOTHING_NEW:
        await tell_settled(uow, await get_tenant(uow), settled)
    failpoints.hit("payment.applied")


async def see_to_end(runtime: Runtime, tenant_id: int, payment_id: int) -> None:
    """Shortly before the time of a link ends who is paying there has it kept, and anybody else is reminded; after it
    the page is closed and the payment is over, also where somebody else has taken the held time, or its customer has
    given it up."""
    now = runtime.clock.now()

    async def read(uow: UnitOfWork) -> tuple[Payment, Booking]:
        found = await payment.get(uow, payment_id)
        return found, await get(uow, found.booking_id)

    asked, booking = await in_unit(runtime, tenant_id, read)
    if asked.expires_at > now and booking.status not in _OFF:
        for attempt in await in_unit(runtime, tenant_id, lambda uow: attempts_of(uow, payment_id)):
            if attempt.status is AttemptStatus.PROCESSING:
                await sync(runtime, tenant_id, attempt.id)
        await in_unit(runtime, tenant_id, partial(_remind, payment_id=payment_id, until=asked.expires_at))
        return
    if booking.status is Status.HELD and (booking.hold_until or now) > now:
        return  # for longer: see workers/holds.py
    await close_pages(runtime, tenant_id, asked.booking_id)
    await in_unit(runtime, tenant_id, partial(_end, asked=asked))


async def _remind(uow: UnitOfWork, payment_id: int, until: datetime) -> None:
    """Not where the time has been kept for longer: its end is seen to anew."""
    now = uow.runtime.clock.now()
    if (await payment.get(uow, payment_id)).expires_at > until:
        return
    if await payment.is_to_be_reminded(uow, payment_id, now=now):
        asked, tenant = await payment.get(uow, payment_id), await get_tenant(uow)
        view, hand = await get_booking(uow, asked.booking_id), await by_hand.find(uow, payment_id)
        if view.status != "held":
            return
        if hand is not None and hand.is_claimed:
            await remind_merchants(uow, tenant, view, asked, hand)
        else:
            token = await links.issue(uow, asked, now=now)
            await remind_of_link(uow, tenant, view, asked, token, uow.runtime.settings.base_url)


async def _end(uow: UnitOfWork, asked: Payment) -> None:
    """What is still held is ended by its own sweep."""
    await payment.lock_of_booking(uow, asked.booking_id)
    booking, now = await get(uow, asked.booking_id), uow.runtime.clock.now()
    if booking.status in _OFF:
        await give_back(uow, booking, keep=None, by="system", now=now, status=PaymentStatus.EXPIRED)
        if booking.status is Status.EXPIRED:
            await tell_over(uow, await get_tenant(uow), await get_booking(uow, booking.id))
    elif booking.status is not Status.HELD:  # agreed in another way
        await links.end(uow, asked.id, now=now)
        await payment.move(uow, asked.id, PaymentStatus.EXPIRED)


async def close_pages(runtime: Runtime, tenant_id: int, booking_id: int) -> bool:
    """Before its time is given away: nobody pays any more, or it turns out that somebody has, or is about to: then the
    time is kept for a while. False where a provider gave no answer."""
    outcomes = []
    for attempt_id in await in_unit(runtime, tenant_id, lambda uow: closing.open_attempts(uow, booking_id)):
        attempt, account = await in_unit(runtime, tenant_id, partial(attempt_with_account, attempt_id=attempt_id))
        if account.is_by_hand:
            continue  # there is no page, and what was sent may still be said to have come
        outcome = await _close(runtime, tenant_id, attempt, account)
        outcomes.append(outcome)
        if outcome in (CancelOutcome.ALREADY_PAID, CancelOutcome.NOT_CANCELLABLE):
            await sync(runtime, tenant_id, attempt_id)
        if outcome is CancelOutcome.NOT_CANCELLABLE:
            await in_unit(runtime, tenant_id, partial(closing.leave_open, attempt_id=attempt_id))
    return CancelOutcome.UNKNOWN not in outcomes


async def _close(runtime: Runtime, tenant_id: int, attempt: Attempt, account: PaymentAccount) -> CancelOutcome:
    try:
        return await closing.close(runtime, tenant_id, attempt, account)
    except (TransientError, PermanentError) as error:
        log.warning("payments.not_closed", attempt_id=attempt.id, error=type(error).__name__)
        return CancelOutcome.UNKNOWN
