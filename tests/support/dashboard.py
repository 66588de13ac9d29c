"""What people do at a provider behind our back: charge, pay back, pay out in its own dashboard."""

from core.money import Money
from payments.registry import PROVIDERS
from standins.psp.books import Payment, Payout, Refund, Status, new_id, new_number
from standins.psp.world import PspAccount
from tests.support.psp import CURRENCY, Shop


def _account(shop: Shop) -> PspAccount:
    (account,) = shop.psp.accounts.values()
    return account


def _units(shop: Shop, minor: int, currency: str = "") -> int:
    return PROVIDERS[shop.provider].to_units(Money(minor, currency or CURRENCY[shop.provider]))


def charge(shop: Shop, minor: int, currency: str = "") -> str:
    """A payment that never was one of ours, paid now; no webhook tells of it. The provider's name."""
    now = shop.runtime.clock.now()
    units = _units(shop, minor, currency)
    name = new_id("there_")
    payment = Payment(name, name, units, currency or CURRENCY[shop.provider], now, None, "", "", "")
    payment.number = new_number()
    books = _account(shop).books
    books.receive(books.add(payment), units, now)
    return name


def pay_back(shop: Shop, minor: int) -> str:
    """Of the newest payment; told as the provider tells of any other. The provider's name of the refund."""
    account = _account(shop)
    paid = account.books.payment(shop.newest)
    number = new_number()
    name = str(number) if shop.provider == "paystack" else new_id("re_")
    refund = Refund(name, paid, _units(shop, minor), "", shop.runtime.clock.now(), number=number)
    return shop.psp.make_refund(account, refund).id


def pay_out(shop: Shop, minor: int) -> str:
    account = _account(shop)
    units, now = _units(shop, minor), shop.runtime.clock.now()
    payout = Payout(new_id("po_"), new_id("by-hand-"), units, CURRENCY[shop.provider], "", now, number=new_number())
    return shop.psp.make_payout(account, payout).id


def forget(shop: Shop, name: str) -> None:
    """As if it had never been."""
    books = _account(shop).books
    for known in [key for key, payment in books._by_name.items() if payment.id == name]:
        del books._by_name[known]
    books.payments.pop(name)


def correct(shop: Shop, name: str, minor: int) -> None:
    """What came in is another amount there."""
    payment = _account(shop).books.payment(name)
    payment.received, payment.status = _units(shop, minor), Status.PAID


def take_fee(shop: Shop, name: str, minor: int) -> None:
    """What the provider keeps of it turns out to be another sum."""
    _account(shop).books.payment(name).fee = _units(shop, minor)
