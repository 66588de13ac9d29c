"""A load generator that costs little: prepared requests over keep-alive connections, counted and timed."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence

import orjson


class _Connection(asyncio.Protocol):
    """Sends the next request when an answer is complete."""

    def __init__(self, requests: Iterator[bytes], done: "asyncio.Future[None]", latencies: list[float]) -> None:
        self._requests = requests
        self._done = done
        self._latencies = latencies
        self._buffer = b""
        self.bad = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._buffer = b""
        self._latencies.append(time.perf_counter() - self._sent_at)
        self.bad += not head.startswith(b"HTTP/1.1 200")
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def fire(host: str, port: int, requests: Sequence[bytes], connections: int) -> dict[str, float]:
    """Sends every request once; `rate` is answers a second, latencies are in milliseconds."""
    loop = asyncio.get_running_loop()
    shared = iter(requests)
    latencies: list[float] = []
    protocols: list[_Connection] = []
    started = time.perf_counter()
    waiting = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        _, protocol = await loop.create_connection(lambda done=done: _Connection(shared, done, latencies), host, port)  # type: ignore[misc]
        protocols.append(protocol)
        waiting.append(done)
    await asyncio.gather(*waiting)
    elapsed = time.perf_counter() - started
    latencies.sort()
    return {
        "rate": len(latencies) / elapsed,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "bad": sum(protocol.bad for protocol in protocols),
    }


def main() -> None:
    """Reads one JSON object on standard input: host, port, connections, requests (latin-1 texts)."""
    job = orjson.loads(sys.stdin.buffer.read())
    requests = [text.encode("latin-1") for text in job["requests"]]
    result = asyncio.run(fire(job["host"], job["port"], requests, job["connections"]))
    sys.stdout.buffer.write(orjson.dumps(result))


if __name__ == "__main__":
    main()
