"""What a run of reconciliation found becomes cases with a word on what to do; what has come right closes them."""

from collections.abc import Mapping
from datetime import timedelta

from core.uow import UnitOfWork
from payments.accounts import PaymentAccount
from payments.cases import RECONCILIATION, CaseKind, close_cases_of, open_case, open_subjects, open_unless_decided
from payments.reconciliation import Class, Item, Kind, Report, Verdict
from payments.runs import Run, has_grown

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
    wrong = {case for item in report.differing for case in _cases(account, item)}
    right = {_subject(account, item.kind, name) for item in report.items for name in item.names}
    for kind, subject in await open_subjects(uow, f"{account.id}:"):
        if kind in _OF_ITEMS and subject in right and (kind, subject) not in wrong:
            await close_cases_of(uow, kind, subject, by=RECONCILIATION, now=now)
    for item in report.differing:
        if item.cls is not Class.FEE:
            note = (
                f"{account.provider} {item.kind} {item.reference}: there {item.theirs} {run.currency}, here {item.ours}"
                f" ({item.cls}): {_WHAT_TO_DO.get((item.cls, item.kind)) or _WHAT_TO_DO[item.cls, None]}"
            )
            subject = _subject(account, item.kind, item.reference)
            payment_id = item.own.payment_id if item.own else None
            await open_unless_decided(uow, _kind(item.cls), subject, note, payment_id=payment_id, now=now)
    await _see_to_sums(uow, account, run, report)
    await close_cases_of(uow, CaseKind.INCOMPLETE, f"{account.id}:{_day(run)}", by=RECONCILIATION, now=now)


async def see_to_incomplete(uow: UnitOfWork, account: PaymentAccount, run: Run) -> None:
    """It is tried again every hour; a day that cannot be had for a day is for a person, one such day at a time."""
    now, day = uow.runtime.clock.now(), _day(run)
    is_known = any(kind == CaseKind.INCOMPLETE for kind, _ in await open_subjects(uow, f"{account.id}:"))
    if run.window_end <= now - _UNREAD_FOR and not is_known:
        note = (
            f"{account.provider} cannot be listed for {day} ({run.error}): check the account's keys, then run"
            f" `booka payments reconcile --day {day}`"
        )
        await open_unless_decided(uow, CaseKind.INCOMPLETE, f"{account.id}:{day}", note, payment_id=None, now=now)


async def _see_to_sums(uow: UnitOfWork, account: PaymentAccount, run: Run, report: Report) -> None:
    """A day that drifts is told as such until it is found right; or a person has decided and it has not grown."""
    now, found = uow.runtime.clock.now(), run.verdict
    day = _day(run)
    subject, ratio = f"{account.id}:{run.currency}:{day}", f"{run.drift / max(run.theirs, 1):.2%}"
    notes = {
        Verdict.DRIFT: "payouts wait: settle the cases of that day, or close this one, to let them go on",
        Verdict.WARNING: "settle the cases of that day",
    }
    opening = open_case if await has_grown(uow, run) else open_unless_decided
    for level, what in notes.items():
        kind = CaseKind(level)
        if found is level:
            note = f"{account.provider} and we are {run.drift} {run.currency} ({ratio}) apart on {day}: {what}"
            await opening(uow, kind, subject, note, payment_id=None, now=now)
        else:
            await close_cases_of(uow, kind, subject, by=RECONCILIATION, now=now)
    if report.are_fees_far_off:
        note = f"the fees of {account.provider} on {day} are not those we wrote down: compare with its invoice"
        await open_unless_decided(uow, CaseKind.FEE, subject, note, payment_id=None, now=now)
    else:
        await close_cases_of(uow, CaseKind.FEE, subject, by=RECONCILIATION, now=now)


def _cases(account: PaymentAccount, item: Item) -> list[tuple[CaseKind, str]]:
    return [(_kind(item.cls), _subject(account, item.kind, name)) for name in item.names]


def _kind(cls: Class) -> CaseKind:
    return CaseKind(f"reconciliation_{cls}")


def _subject(account: PaymentAccount, kind: Kind, name: str) -> str:
    return f"{account.id}:{kind}:{name}"


def _day(run: Run) -> str:
    """What it goes by; the window begins a little earlier."""
    return f"{run.window_end - timedelta(days=1):%Y-%m-%d}"


_OF_ITEMS = {_kind(cls) for cls in (Class.MISSING_HERE, Class.MISSING_THERE, Class.AMOUNT, Class.STATUS)}
