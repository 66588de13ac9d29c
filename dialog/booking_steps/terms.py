"""What something costs and how long it takes, in words: exactly where that is known, else from the least on."""

from collections.abc import Iterable

from booking.catalogue import Extra, Service
from booking.visit import Item
from core.money import Money
from dialog.labels import duration_label, price_label
from dialog.texts import say


def terms_of(items: Iterable[Item], language: str, staff_ids: tuple[int, ...] = ()) -> str:
    """`2 h – 3 h · from 15 000 FCFA`: over these ways of having it and these people, by default all who do it."""
    ways = list(items)
    return f"{duration_of(ways, language, staff_ids)} · {price_of(ways, language, staff_ids)}"


def price_of(items: Iterable[Item], language: str, staff_ids: tuple[int, ...] = ()) -> str:
    return _price_words((item.price(id) for item in items for id in staff_ids or item.able), language)


def duration_of(items: Iterable[Item], language: str, staff_ids: tuple[int, ...] = ()) -> str:
    found = sorted({item.minutes(id) for item in items for id in staff_ids or item.able})
    return " – ".join(duration_label(count, language) for count in dict.fromkeys((*found[:1], *found[-1:])))


def ways_of(service: Service) -> list[Item]:
    """The service in each of its variants."""
    return [Item(service, variant.key) for variant in service.variants] or [Item(service)]


def _price_words(prices: Iterable[Money | None], language: str) -> str:
    """`5 000 FCFA`, or `from 5 000 FCFA` where it depends."""
    found = list(prices)
    known = [price for price in found if price is not None]
    if not known:
        return price_label(None, language)
    least = min(known, key=lambda price: price.minor)
    label = price_label(least, language)
    return label if all(price == least for price in found) else say(language, "price.from", price=label)


def price_of_add_on(add_on: Extra, language: str) -> str:
    return price_label(add_on.price, language) if add_on.price and add_on.price.minor else ""


def duration_of_add_on(add_on: Extra, language: str) -> str:
    return duration_label(add_on.duration_minutes, language) if add_on.duration_minutes else ""


def terms_of_add_on(add_on: Extra, language: str) -> str:
    """`+15 min · +2 000 FCFA`; nothing of what it does not change."""
    found = (duration_of_add_on(add_on, language), price_of_add_on(add_on, language))
    return " · ".join(f"+{words}" for words in found if words)
