"""Numbers of the web process."""

from prometheus_client import Counter

from core.metrics import REGISTRY

REQUESTS = Counter("booka_http_requests", "Requests answered", ("route", "status"), registry=REGISTRY)
EVENTS = Counter(
    "booka_inbound_events", "Events stored for the first time or again", ("channel", "kind"), registry=REGISTRY
)
