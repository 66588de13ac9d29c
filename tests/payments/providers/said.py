"""Parts of what providers answer."""

from typing import Any

XAF = {"amount": 4500, "currency": "XAF"}
SESSION = {"id": "cs_1", "client_reference_id": "pay-1", "amount_total": 4500, "currency": "xaf"}
Answers = dict[str, Any]
