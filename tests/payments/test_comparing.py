"""Both sides of a day as values: in which class each thing falls, how far they are apart, what that is called."""

import pytest

from core.money import Money
from payments.provider_values import PaymentIds
from payments.reconciliation import SETTLED, Class, Entry, Item, Kind, Report, Verdict, compare, verdict


def entry(name: str, minor: int, *, kind: Kind = Kind.PAYMENT, state: str = SETTLED, fee: int | None = None) -> Entry:
    return Entry(kind, PaymentIds(name), Money(minor, "XAF"), state, None if fee is None else Money(fee, "XAF"))


def report(theirs: list[Entry], ours: list[Entry]) -> Report:
    return compare(theirs, ours, but_for="XAF")["XAF"]


def classes(theirs: list[Entry], ours: list[Entry]) -> list[Class]:
    return [item.cls for item in report(theirs, ours).items]


@pytest.mark.parametrize(
    ("drift", "theirs", "found"),
    [
        (0, 0, Verdict.FINE),
        (0, 10_000, Verdict.FINE),
        (9, 10_000, Verdict.FINE),
        (10, 10_000, Verdict.WARNING),
        (49, 10_000, Verdict.WARNING),
        (50, 10_000, Verdict.DRIFT),
        (10_000, 10_000, Verdict.DRIFT),
        (1, 0, Verdict.DRIFT),
        (1, 1_001, Verdict.FINE),
        (1, 1_000, Verdict.WARNING),
        (1, 201, Verdict.WARNING),
        (1, 200, Verdict.DRIFT),
    ],
)
def test_a_thousandth_warns_and_five_alarm(drift: int, theirs: int, found: Verdict) -> None:
    assert verdict(drift, theirs) is found


def test_each_thing_falls_in_one_class() -> None:
    assert classes([entry("a", 5)], [entry("a", 5)]) == [Class.MATCHED]
    assert classes([entry("a", 5)], []) == [Class.MISSING_HERE]
    assert classes([], [entry("a", 5)]) == [Class.MISSING_THERE]
    assert classes([entry("a", 5)], [entry("a", 4)]) == [Class.AMOUNT]
    assert classes([entry("a", 5)], [entry("a", 0, state="open")]) == [Class.STATUS]
    assert classes([], [entry("a", 0, state="open")]) == []
    assert classes([entry("a", 5)], [entry("a", 5, kind=Kind.REFUND)]) == [Class.MISSING_HERE, Class.MISSING_THERE]


def test_what_is_listed_twice_is_missing_here_once() -> None:
    found = report([entry("a", 5), entry("a", 5)], [entry("a", 5)])
    assert ([item.cls for item in found.items], found.drift) == ([Class.MATCHED, Class.MISSING_HERE], 5)


def test_differences_that_cancel_out_are_both_counted() -> None:
    found = report([entry("a", 7), entry("b", 3)], [entry("a", 3), entry("b", 7)])
    assert (found.theirs, found.ours, found.drift) == (10, 10, 8)


def test_each_name_will_do() -> None:
    theirs = Entry(Kind.PAYMENT, PaymentIds("", "", "pi_1"), Money(5, "XAF"), SETTLED)
    ours = Entry(Kind.PAYMENT, PaymentIds("pay-1", "cs_1", "pi_1"), Money(5, "XAF"), SETTLED)
    (item,) = report([theirs], [ours]).items
    assert (item.cls, item.reference, set(item.names)) == (Class.MATCHED, "pay-1", {"pay-1", "cs_1", "pi_1"})


def test_currencies_are_never_added() -> None:
    other = Entry(Kind.PAYMENT, PaymentIds("b"), Money(9, "XOF"), SETTLED)
    found = compare([entry("a", 5), other], [entry("a", 5)], but_for="EUR")
    assert {currency: one.drift for currency, one in found.items()} == {"EUR": 0, "XAF": 0, "XOF": 9}


@pytest.mark.parametrize(("fee", "far"), [(2, False), (12, False), (13, True)])
def test_fees_are_told_apart_and_far_off_above_a_hundredth_of_the_day(fee: int, far: bool) -> None:
    found = report([entry("a", 1000, fee=fee)], [entry("a", 1000, fee=2)])
    assert (found.theirs, found.drift, found.are_fees_far_off) == (1000, 0, far)
    assert [item.cls for item in found.differing] == ([Class.FEE] if fee != 2 else [])


def test_a_fee_in_another_currency_is_not_compared() -> None:
    abroad = Entry(Kind.PAYMENT, PaymentIds("a"), Money(1000, "XAF"), SETTLED, Money(3, "EUR"))
    assert report([abroad], [entry("a", 1000, fee=20)]).differing == []


def test_an_item_without_a_name_can_still_be_shown() -> None:
    assert Item(Kind.PAYMENT, Class.MISSING_HERE, (), 5, 0).reference == "-"
