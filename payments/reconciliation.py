"""The provider's side against ours: each payment, refund, dispute and payout in one class, and how far they are apart.

Drift is the sum of absolute differences over what the provider lists: a net sum would hide +x and -x. Fees that differ
are told apart: they are no money that somebody is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.money import Money
from payments.provider_values import PaymentIds

# A thousandth is looked into, five stop what goes out by itself; a hundredth of the day is what fees may be off by.
_WARNS_AT = 1_000
_ALARMS_AT = 200
_FEES_WARN_ABOVE = 100


# The state of what came in or went back for good; all else is another one.
SETTLED = "settled"


class Class(StrEnum):
    MATCHED = "matched"
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT = "amount"
    STATUS = "status"
    FEE = "fee"


class Kind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"


class Verdict(StrEnum):
    FINE = "fine"
    WARNING = "drift_warning"
    DRIFT = "drift"


def verdict(drift: int, theirs: int) -> Verdict:
    """Of a sum of absolute differences and what the provider lists in all, in minor units."""
    listed = max(theirs, 1)
    if drift * _ALARMS_AT >= listed:
        return Verdict.DRIFT
    return Verdict.WARNING if drift * _WARNS_AT >= listed else Verdict.FINE


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing as one side knows it, under the names by which the other may know it: ours, the provider's.

    `state` is compared as it is. `row_id` and `payment_id` are of our tables.
    """

    kind: Kind
    ids: PaymentIds
    money: Money
    state: str = ""
    fee: Money | None = None
    row_id: int | None = None
    payment_id: int | None = None

    @property
    def names(self) -> list[str]:
        return [name for name in (self.ids.reference, self.ids.provider_id, self.ids.provider_ref) if name]


@dataclass(frozen=True, slots=True)
class Item:
    """Amounts are in minor units, of the fees where these differ."""

    kind: Kind
    cls: Class
    names: tuple[str, ...]
    theirs: int
    ours: int
    own: Entry | None = None

    @property
    def reference(self) -> str:
        """For people."""
        return self.names[0] if self.names else "-"

    @property
    def difference(self) -> int:
        return abs(self.theirs - self.ours)


@dataclass(frozen=True, slots=True)
class Report:
    items: tuple[Item, ...]

    @property
    def theirs(self) -> int:
        return sum(item.theirs for item in self.items if item.cls is not Class.FEE)

    @property
    def ours(self) -> int:
        return sum(item.ours for item in self.items if item.cls is not Class.FEE)

    @property
    def drift(self) -> int:
        return sum(item.difference for item in self.items if item.cls is not Class.FEE)

    @property
    def differing(self) -> list[Item]:
        return [item for item in self.items if item.cls is not Class.MATCHED]

    @property
    def are_fees_far_off(self) -> bool:
        off = sum(item.difference for item in self.items if item.cls is Class.FEE)
        return off * _FEES_WARN_ABOVE > max(self.theirs, 1)


def compare(theirs: Iterable[Entry], ours: Iterable[Entry], *, but_for: str) -> Mapping[str, Report]:
    """By currency; `but_for` has a report also when nothing happened in it. Both are of one account and window."""
    theirs, ours = list(theirs), list(ours)
    currencies = {but_for} | {entry.money.currency for entry in (*theirs, *ours) if entry.money.minor}
    return {currency: _of_one(_in(theirs, currency), _in(ours, currency)) for currency in sorted(currencies)}


def _in(entries: Iterable[Entry], currency: str) -> list[Entry]:
    return [entry for entry in entries if entry.money.currency == currency]


def _of_one(theirs: Sequence[Entry], ours: Sequence[Entry]) -> Report:
    """Each of ours is matched once: what is listed twice is missing here the second time."""
    by_name = {(entry.kind, name): number for number, entry in enumerate(ours) for name in entry.names}
    items, seen = list[Item](), set[int]()
    for entry in theirs:
        found = (by_name.get((entry.kind, name)) for name in entry.names)
        number = next((one for one in found if one is not None and one not in seen), None)
        if number is not None:
            seen.add(number)
        items += _items(entry, None if number is None else ours[number])
    lonely = [entry for number, entry in enumerate(ours) if number not in seen and entry.money.minor]
    items += [_item(Class.MISSING_THERE, None, entry) for entry in lonely]
    return Report(tuple(sorted(items, key=lambda item: (item.kind, item.cls, item.reference))))


def _items(theirs: Entry, ours: Entry | None) -> list[Item]:
    if ours is None:
        return [_item(Class.MISSING_HERE, theirs, None)]
    cls = Class.MATCHED
    if theirs.state != ours.state:
        cls = Class.STATUS
    elif theirs.money != ours.money:
        cls = Class.AMOUNT
    items = [_item(cls, theirs, ours)]
    if cls is Class.MATCHED and (fees := _differing_fees(theirs, ours)):
        items.append(_item(Class.FEE, theirs, ours, fees))
    return items


def _differing_fees(theirs: Entry, ours: Entry) -> tuple[int, int] | None:
    """A fee taken in another currency than the payment's cannot be held against ours."""
    if theirs.fee is None or ours.fee is None or theirs.fee.currency != ours.fee.currency or theirs.fee == ours.fee:
        return None
    return theirs.fee.minor, ours.fee.minor


def _item(cls: Class, theirs: Entry | None, ours: Entry | None, minor: tuple[int, int] | None = None) -> Item:
    sides = [entry for entry in (ours, theirs) if entry is not None]
    amounts = minor or (theirs.money.minor if theirs else 0, ours.money.minor if ours else 0)
    names = dict.fromkeys(name for entry in sides for name in entry.names)
    return Item(sides[0].kind, cls, tuple(names), *amounts, ours)
