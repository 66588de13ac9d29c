"""What is written on the buttons of approved templates, which Meta knows: a message only names what a tap says."""

from dialog.taps import Tap, read_tap
from dialog.texts import say

# By verb, and by its last value where that tells the buttons of one notice apart.
_LABELS = {
    ("approve", ""): "button.accept",
    ("decline", ""): "button.decline",
    ("late", "keep"): "button.keep_booking",
    ("late", "0"): "button.cancel_free",
    ("late", ""): "button.with_fee",
    ("refund", "yes"): "button.refund",
    ("refund", "no"): "button.no_refund",
    ("got", "yes"): "button.received",
    ("got", "no"): "button.not_received",
    ("gave", ""): "button.given_back",
    ("paid", ""): "button.have_paid",
    ("take", ""): "button.yes_book",
    ("pass", ""): "button.no_thanks",
    ("flow", "book"): "button.book",
}


def quick_reply_label(payload: str, language: str) -> str:
    """What no notice offers is shown as it is."""
    tap = read_tap(payload)
    key = _key(tap) if tap else None
    return say(language, key) if key else payload


def _key(tap: Tap) -> str | None:
    last = tap.values[-1] if tap.values else ""
    return _LABELS.get((tap.verb, last)) or _LABELS.get((tap.verb, ""))
