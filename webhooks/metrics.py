"""Numbers of the web process, in Prometheus' text form."""

from prometheus_client import CollectorRegistry, Counter, generate_latest

REGISTRY = CollectorRegistry()
REQUESTS = Counter("booka_http_requests", "Requests answered", ("route", "status"), registry=REGISTRY)
EVENTS = Counter(
    "booka_inbound_events", "Events stored for the first time or again", ("channel", "kind"), registry=REGISTRY
)


def metrics_text() -> bytes:
    return generate_latest(REGISTRY)
