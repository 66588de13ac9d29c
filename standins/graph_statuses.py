"""Status webhooks as Meta sends them: signed, one per step of the ladder, in order, tried again when refused."""

import asyncio
from typing import Any

import aiohttp
import orjson

from core.clock import Clock
from core.signing import hmac_sha256_hex
from standins.faults import Sent

_TRIES = 5
_FIRST_PAUSE_S = 0.2


class StatusReporter:
    """Posts to `callback_url`; statuses of one message go out one after another."""

    def __init__(self, callback_url: str, app_secret: str, clock: Clock) -> None:
        self._url, self._secret, self._clock = callback_url, app_secret, clock
        self._http: aiohttp.ClientSession | None = None
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    async def drain(self) -> None:
        """Returns once every status that is under way was taken or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def report(self, sent: Sent, status: str, *, after_s: float = 0.0, error_code: int | None = None) -> None:
        before = self._last.get(sent.answer_id)
        task = asyncio.create_task(self._deliver(sent, status, after_s, error_code, before))
        self._last[sent.answer_id] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._forget(sent.answer_id, done))

    def _forget(self, message_id: str, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if self._last.get(message_id) is task:
            del self._last[message_id]

    async def _deliver(
        self, sent: Sent, status: str, after_s: float, error_code: int | None, before: "asyncio.Task[None] | None"
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(after_s)
        body = orjson.dumps(status_webhook(sent, status, int(self._clock.now().timestamp()), error_code))
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={hmac_sha256_hex(self._secret.encode(), body)}",
        }
        for attempt in range(_TRIES):
            if await self._is_taken(body, headers):
                return
            await asyncio.sleep(_FIRST_PAUSE_S * 2**attempt)

    async def _is_taken(self, body: bytes, headers: dict[str, str]) -> bool:
        assert self._http is not None
        try:
            async with self._http.post(self._url, data=body, headers=headers) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def status_webhook(sent: Sent, status: str, timestamp: int, error_code: int | None = None) -> dict[str, Any]:
    """The whole POST body of one status. A failed one carries no contacts, as Meta's do."""
    entry: dict[str, Any] = {
        "id": sent.answer_id,
        "status": status,
        "timestamp": str(timestamp),
        "recipient_id": sent.recipient,
    }
    if "biz_opaque_callback_data" in sent.body:
        entry["biz_opaque_callback_data"] = sent.body["biz_opaque_callback_data"]
    if status == "failed":
        code = error_code or 131000
        entry["errors"] = [{"code": code, "title": f"Error {code}", "error_data": {"details": "Message failed."}}]
    else:
        category = "utility" if sent.type == "template" else "service"
        entry["pricing"] = {"billable": sent.type == "template", "pricing_model": "PMP", "category": category}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": sent.account, "phone_number_id": sent.account},
        "statuses": [entry],
    }
    if status != "failed":
        value["contacts"] = [{"wa_id": sent.recipient, "user_id": f"CM.{sent.recipient}"}]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": f"waba-{sent.account}", "changes": [{"field": "messages", "value": value}]}],
    }
