"""WhatsApp's error codes in one table. The code decides, never the HTTP status or the title.

Source: Meta's Cloud API error codes; where Meta is silent, what other senders report.
"""

from typing import Any

from bot.channel import DeliveryFault, Fault
from bot.reading import as_dict, as_text

_FAULTS: dict[Fault, tuple[int, ...]] = {
    Fault.RETRY: (1, 2, 131000, 131016, 133004),
    Fault.SLOW_DOWN: (4, 80007, 130429, 131056, 131057, 2494100),
    Fault.LATER: (131048, 131064, 132015, 132069),
    Fault.PAUSED: (0, 3, 10, 33, 190, 368, 130497, 131031, 131037, 131042, 131045, 133010, *range(200, 300)),
    Fault.OUTSIDE_WINDOW: (131047,),
    Fault.UNREACHABLE: (130472, 131026, 131030, 131050),
    Fault.PERMANENT: (
        *(100, 131008, 131009, 131021, 131049, 131051, 131052, 131053, 131062, 131063, 135000, 137000),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132016, 132068),
    ),
}
_BY_CODE = {code: fault for fault, codes in _FAULTS.items() for code in codes}
_WINDOW_WORDS = ("24-hour window", "24 hour window", "outside the allowed window", "re-engagement")
_TOO_MANY_REQUESTS = 429


def classify(http_status: int, error: dict[str, Any]) -> DeliveryFault:
    """The fault of a Graph API error object, or of a `failed` status' errors[0]."""
    code = error.get("code")
    if not isinstance(code, int) or isinstance(code, bool):
        return _without_code(http_status)
    words = " ".join(
        as_text(part)
        for part in (error.get("title"), error.get("message"), as_dict(error.get("error_data")).get("details"))
    )
    if any(phrase in words.lower() for phrase in _WINDOW_WORDS):
        return DeliveryFault(Fault.OUTSIDE_WINDOW, str(code))
    if code in _BY_CODE:
        return DeliveryFault(_BY_CODE[code], str(code))
    return DeliveryFault(_without_code(http_status).fault, str(code))


def _without_code(http_status: int) -> DeliveryFault:
    if http_status == _TOO_MANY_REQUESTS:
        return DeliveryFault(Fault.SLOW_DOWN, "429")
    if http_status >= 500:
        return DeliveryFault(Fault.RETRY, str(http_status))
    if http_status in (401, 403):
        return DeliveryFault(Fault.PAUSED, str(http_status))
    return DeliveryFault(Fault.PERMANENT, str(http_status))
