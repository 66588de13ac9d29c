"""What customers, banks and time do to the payments of a provider, and what the provider tells of it."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from core.clock import Clock
from standins.psp.books import Books, Dispute, Payment, Payout, Refund, Refused, Status, due_after, new_id, new_number
from standins.psp.faults import AT_A_PAYOUT, AT_A_REFUND, PspFaults
from standins.psp.memory import as_json, from_json
from standins.psp.webhooks import Sign, Webhook, Webhooks

Thing = Payment | Refund | Dispute | Payout


@dataclass(eq=False)
class PspAccount:
    """`key` is what the API is called with; `private_key` a second one where the vendor has it."""

    key: str
    webhook_url: str = ""
    webhook_secret: str = ""
    private_key: str = ""
    books: Books = field(default_factory=Books)


class PspWorld:
    """From `pay` to `set_payout` is what others do; they take any name of the thing. `tick` lets expire what is due.

    `store` keeps the books over a restart.
    """

    settles_late = False
    refunds_at_once = False
    retries_s: tuple[float, ...] = ()

    def __init__(self, *, clock: Clock | None = None, store: Path | None = None) -> None:
        self.clock = clock or Clock()
        self.accounts: dict[str, PspAccount] = {}
        self.faults = PspFaults()
        self.webhooks = Webhooks(self.faults, retries_s=self.retries_s, accepts=self.is_taken)
        self._store = store
        self._kept: dict[str, Any] = {}
        if store is not None:
            with contextlib.suppress(FileNotFoundError, orjson.JSONDecodeError):
                self._kept = orjson.loads(store.read_bytes())

    def add_account(
        self, key: str, *, webhook_url: str = "", webhook_secret: str = "", private_key: str = ""
    ) -> PspAccount:
        books = from_json(self._kept.get(key, {}))
        self.accounts[key] = PspAccount(key, webhook_url, webhook_secret, private_key, books)
        return self.accounts[key]

    def keep(self) -> None:
        """After every change, where there is a store."""
        if self._store is not None:
            self._kept |= {key: as_json(account.books) for key, account in self.accounts.items()}
            unfinished = self._store.with_suffix(".new")
            unfinished.write_bytes(orjson.dumps(self._kept))
            unfinished.replace(self._store)

    def announce(self, account: PspAccount, what: str, thing: Thing) -> None:
        """Sends the vendor's webhooks for what has happened."""
        raise NotImplementedError

    def sign(self, account: PspAccount) -> Sign:
        raise NotImplementedError

    @staticmethod
    def is_taken(status: int) -> bool:
        return status == 200

    def post(self, account: PspAccount, kind: str, body: Mapping[str, Any]) -> None:
        self.webhooks.send(Webhook(kind, account.webhook_url, orjson.dumps(body)), self.sign(account))

    def find(self, name: str) -> tuple[PspAccount, Payment]:
        for account in self.accounts.values():
            payment = account.books.find(name)
            if payment is not None:
                return account, payment
        raise Refused("not_found", "Not found.", status=404)

    def pay(self, name: str, amount: int | None = None) -> None:
        """As from the page. Raises Refused when it cannot be paid any more."""
        self.tick()
        account, payment = self.find(name)
        if not payment.is_payable:
            raise Refused("closed", "This payment is no longer open.")
        self._receive(account, payment, payment.amount if amount is None else amount)

    def start_paying(self, name: str) -> None:
        """The customer has done their part; the money takes its time."""
        self.tick()
        account, payment = self.find(name)
        if payment.status is not Status.OPEN:
            raise Refused("closed", "This payment is no longer open.")
        payment.status = Status.PROCESSING
        self.announce(account, "payment.processing", payment)

    def settle(self, name: str, amount: int | None = None) -> None:
        """Money under way arrives, however late; with some vendors also for what has ended."""
        account, payment = self.find(name)
        if payment.received or not (payment.status is Status.PROCESSING or self.settles_late):
            raise Refused("closed", "This payment is no longer open.")
        self._receive(account, payment, payment.amount if amount is None else amount)

    def decline(self, name: str) -> None:
        self.tick()
        account, payment = self.find(name)
        if not payment.is_payable:
            raise Refused("closed", "This payment is no longer open.")
        payment.was_declined = True
        self.on_decline(payment)
        self.announce(account, "payment.declined", payment)

    def on_decline(self, payment: Payment) -> None:
        """By default the page stays open for another try; money under way is lost."""
        if payment.status is Status.PROCESSING:
            payment.status = Status.FAILED

    def expire(self, name: str) -> None:
        account, payment = self.find(name)
        if payment.status is Status.OPEN:
            payment.status = Status.EXPIRED
            self.announce(account, "payment.expired", payment)

    def tick(self) -> None:
        for account in self.accounts.values():
            for payment in account.books.due(self.clock.now()):
                payment.status = Status.EXPIRED
                self.announce(account, "payment.expired", payment)

    def dispute(self, name: str, amount: int | None = None) -> Dispute:
        account, payment = self.find(name)
        now = self.clock.now()
        disputed = payment.received if amount is None else amount
        dispute = Dispute(new_id("dp_"), payment, disputed, now, due_after(now), number=new_number())
        account.books.disputes[dispute.id] = dispute
        self.announce(account, "dispute.opened", dispute)
        return dispute

    def resolve(self, dispute_id: str, *, won: bool) -> None:
        for account in self.accounts.values():
            if dispute_id in account.books.disputes:
                dispute = account.books.disputes[dispute_id]
                dispute.status = "won" if won else "lost"
                self.announce(account, "dispute.closed", dispute)

    def set_refund(self, refund_id: str, status: str) -> None:
        for account in self.accounts.values():
            if refund_id in account.books.refunds:
                refund = account.books.refunds[refund_id]
                refund.status = status
                self.announce(account, "refund.updated", refund)

    def set_payout(self, payout_id: str, status: str) -> None:
        for account in self.accounts.values():
            if payout_id in account.books.payouts:
                payout = account.books.payouts[payout_id]
                payout.status = status
                self.announce(account, "payout.updated", payout)

    def _receive(self, account: PspAccount, payment: Payment, amount: int) -> None:
        was_begun = payment.status is Status.PROCESSING
        account.books.receive(payment, amount, self.clock.now())
        self.announce(account, "payment.settled" if was_begun else "payment.paid", payment)

    def make_refund(self, account: PspAccount, refund: Refund) -> Refund:
        """Books it, and lets it end as planned: at once or a moment later."""
        account.books.refund(refund)
        fault = self.faults.take(AT_A_REFUND)
        if self.refunds_at_once and not fault:
            refund.status = "succeeded"
        elif fault != "refund_stuck":
            self.webhooks.run(self._later(self.set_refund, refund.id, "failed" if fault else "succeeded"))
        self.announce(account, "refund.created", refund)
        return refund

    def make_payout(self, account: PspAccount, payout: Payout) -> Payout:
        account.books.pay_out(payout)
        fault = self.faults.take(AT_A_PAYOUT)
        if fault != "payout_stuck":
            self.webhooks.run(self._later(self.set_payout, payout.id, "failed" if fault else "paid"))
        return payout

    async def _later(self, change: Callable[[str, str], None], name: str, status: str) -> None:
        change(name, status)
        self.keep()
