"""Webhook acknowledgement: answers a second against a bare handler that verifies the same HMAC and inserts one row.

.venv/bin/python -m ops.bench.ack
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import orjson

from core.signing import hmac_sha256_hex
from ops.bench.setting import APP_SECRET, Stage, report, run_as_superuser, stage
from tests.support.channels import dumps, wa_text, wa_value, wa_webhook

_REQUESTS = 4000
_ROUNDS = 5
_CONNECTIONS = 64
_PORTS = {"floor": 18471, "product": 18472}
_FLOOR_TABLE = """
CREATE TABLE bench_floor (event_key text PRIMARY KEY, payload jsonb NOT NULL);
GRANT INSERT, SELECT ON bench_floor TO booka_app
"""


def prepared_requests(phone_number_id: str, round_: int) -> list[str]:
    """Signed deliveries of one message each, every one of another person."""
    requests = []
    for n in range(_REQUESTS):
        message = wa_text("Hello, a haircut tomorrow at three please", sender=f"2376{round_:02d}{n:06d}")
        raw = dumps(wa_webhook(wa_value(phone_number_id, messages=[message])))
        head = (
            f"POST /webhooks/whatsapp HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: sha256={hmac_sha256_hex(APP_SECRET.encode(), raw)}\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        requests.append(head + raw.decode("latin-1"))
    return requests


@contextlib.contextmanager
def server(kind: str, stage_: Stage) -> Iterator[None]:
    command = [sys.executable, "-m", "ops.bench.servers", kind, str(stage_.data_dir), str(_PORTS[kind])]
    environment = {**os.environ, "BENCH_APP_SECRET": APP_SECRET}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().strip() == b"ready"
        yield
        process.stdin.close()
        process.wait(timeout=20)


def fire(port: int, requests: list[str]) -> float:
    job = {"host": "127.0.0.1", "port": port, "connections": _CONNECTIONS, "requests": requests}
    done = subprocess.run(
        [sys.executable, "-m", "ops.bench.load"], input=orjson.dumps(job), stdout=subprocess.PIPE, check=True
    )
    result = orjson.loads(done.stdout)
    assert result["bad"] == 0, result
    return float(result["rate"])


async def main() -> None:
    rates: dict[str, list[float]] = {"floor": [], "product": []}
    async with stage() as stage_:
        await run_as_superuser(stage_, _FLOOR_TABLE)
        with server("floor", stage_), server("product", stage_):
            for round_ in range(_ROUNDS + 1):
                for kind, port in _PORTS.items():
                    # Signatures differ between the servers' rounds, so that no delivery is a repetition.
                    rate = fire(port, prepared_requests(stage_.tenant.phone_number_id, round_ * 2 + (kind == "floor")))
                    if round_:  # the first round warms both up
                        rates[kind].append(rate)
    report("ack", rates["floor"], rates["product"], "per_s")


if __name__ == "__main__":
    asyncio.run(main())
