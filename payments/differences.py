"""What a run of reconciliation found becomes cases with a word on what to do; what has come right closes them."""

from collections.abc import Mapping
from datetime import timedelta

from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.cases import RECONCILIATION, close_cases_of, open_unless_decided
from payments.reconciliation import Class, Item, Kind, Report, Verdict
from payments.runs import Run

_INCOMPLETE = "reconciliation_incomplete"
_UNREAD_FOR = timedelta(days=1)
_LOOK = "compare with its dashboard"
_WHAT_TO_DO: Mapping[tuple[Class, Kind | None], str] = {
    (Class.MISSING_HERE, Kind.PAYMENT): "find whose money it is, then book it by hand or pay it back",
    (Class.MISSING_HERE, Kind.REFUND): "it is of no payment of ours, or more than came in: ask who made it there",
    (Class.MISSING_HERE, Kind.DISPUTE): "it is of no payment of ours: answer it in the provider's dashboard",
    (Class.MISSING_HERE, Kind.PAYOUT): "somebody paid it out there: turn payouts off at the provider, and pay out so"
    " much less here",
    (Class.MISSING_THERE, Kind.PAYMENT): "do not hand it out; ask the provider what became of it",
    (Class.MISSING_THERE, Kind.REFUND): "the customer may not have it: ask the provider, pay it back in another way",
    (Class.MISSING_THERE, None): "ask the provider what became of it",
    (Class.AMOUNT, None): f"{_LOOK}, and see to the difference by hand",
    (Class.STATUS, None): f"{_LOOK}; it was asked about again and did not settle",
}


async def see_to(uow: UnitOfWork, account: PaymentAccount, run: Run, report: Report) -> None:
    """After a run that was complete: in the transaction that stores it."""
    now = uow.runtime.clock.now()
    for cls in (Class.MISSING_HERE, Class.MISSING_THERE, Class.AMOUNT, Class.STATUS):
        still = {(item.kind, name) for item in report.items if item.cls is cls for name in item.names}
        right = {(item.kind, name) for item in report.items for name in item.names} - still
        subjects = [_subject(account, kind, name) for kind, name in sorted(right)]
        await close_cases_of(uow, f"reconciliation_{cls}", *subjects, by=RECONCILIATION, now=now)
    for item in report.differing:
        if item.cls is not Class.FEE:
            await open_unless_decided(
                uow,
                f"reconciliation_{item.cls}",
                _subject(account, item.kind, item.reference),
                f"{account.provider} {item.kind} {item.reference}: there {item.theirs} {run.currency}, here {item.ours}"
                f" ({item.cls}): {_advice(item)}",
                payment_id=item.own.payment_id if item.own else None,
                now=now,
            )
    await _see_to_sums(uow, account, run, report)
    await close_cases_of(uow, _INCOMPLETE, f"{account.id}:{_day(run)}", by=RECONCILIATION, now=now)


async def see_to_incomplete(uow: UnitOfWork, account: PaymentAccount, run: Run) -> None:
    """It is tried again every hour; a day that cannot be had for a day is for a person."""
    now, day = uow.runtime.clock.now(), _day(run)
    if run.window_end <= now - _UNREAD_FOR:
        note = (
            f"{account.provider} cannot be listed for {day} ({run.error}): check the account's keys, then run"
            f" `booka payments reconcile --day {day}`"
        )
        await open_unless_decided(uow, _INCOMPLETE, f"{account.id}:{day}", note, payment_id=None, now=now)


async def _see_to_sums(uow: UnitOfWork, account: PaymentAccount, run: Run, report: Report) -> None:
    """A day that drifts is told as that day's, until it is found right or a person has decided."""
    now, found = uow.runtime.clock.now(), run.verdict
    day = _day(run)
    subject, ratio = f"{account.id}:{run.currency}:{day}", f"{run.drift / max(run.theirs, 1):.2%}"
    notes = {
        Verdict.DRIFT: "payouts wait: settle the cases of that day, or close this one, to let them go on",
        Verdict.WARNING: "settle the cases of that day",
    }
    for kind, what in notes.items():
        if found is kind:
            note = f"{account.provider} and we are {run.drift} {run.currency} ({ratio}) apart on {day}: {what}"
            await open_unless_decided(uow, kind, subject, note, payment_id=None, now=now)
        else:
            await close_cases_of(uow, kind, subject, by=RECONCILIATION, now=now)
    if report.are_fees_far_off:
        note = f"the fees of {account.provider} on {day} are not those we wrote down: compare with its invoice"
        await open_unless_decided(uow, "reconciliation_fee", subject, note, payment_id=None, now=now)
    else:
        await close_cases_of(uow, "reconciliation_fee", subject, by=RECONCILIATION, now=now)


def _subject(account: PaymentAccount, kind: Kind, name: str) -> str:
    return f"{account.id}:{kind}:{name}"


def _day(run: Run) -> str:
    """What it goes by; the window begins a little earlier."""
    return f"{run.window_end - timedelta(days=1):%Y-%m-%d}"


def _advice(item: Item) -> str:
    return _WHAT_TO_DO.get((item.cls, item.kind)) or _WHAT_TO_DO[item.cls, None]
