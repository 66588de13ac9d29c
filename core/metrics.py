"""The process's numbers in Prometheus' text form: each layer declares its own in this registry, naming no tenant and
nobody. The web process shows them at /metrics, a worker at a port of its own where BOOKA_METRICS_PORT is set."""

import contextlib
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from core.settings import Settings

REGISTRY = CollectorRegistry()


def metrics_text() -> bytes:
    return generate_latest(REGISTRY)


@contextlib.contextmanager
def metrics_server(settings: Settings) -> Iterator[None]:
    """For a process that answers nothing else."""
    if not settings.metrics_port:
        yield
        return
    server, thread = start_http_server(settings.metrics_port, addr=settings.http.host, registry=REGISTRY)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
