"""What calls to models come to in this process. What each tenant used is in usage_daily."""

from prometheus_client import Counter, Histogram

from core.metrics import REGISTRY
from llm.call import Usage
from llm.failures import Kind
from llm.prices import Priced

_OTHER = "other"

REQUESTS = Counter("booka_llm_requests", "Calls by how they ended", ("model", "outcome"), registry=REGISTRY)
DURATION = Histogram(
    "booka_llm_duration_seconds",
    "From the reservation to the answer",
    ("model",),
    buckets=(0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6),
    registry=REGISTRY,
)
TOKENS = Counter("booka_llm_tokens", "Tokens as they were charged", ("model", "direction"), registry=REGISTRY)
COST = Counter("booka_llm_cost_usd", "Dollars as they were charged", ("model",), registry=REGISTRY)
QUOTA_REJECTIONS = Counter(
    "booka_llm_quota_rejections", "Calls that a limit kept from being made", ("limit",), registry=REGISTRY
)
CIRCUITS_OPENED = Counter(
    "booka_llm_circuits_opened", "Endpoints that are left alone for a while", ("kind",), registry=REGISTRY
)


def model_label(model: str, priced: Priced) -> str:
    """Tenants may name any model: only listed ones have numbers of their own."""
    return model if priced.source == "table" else _OTHER


def note_unsent(kind: str, code: str) -> None:
    REQUESTS.labels(_OTHER, kind).inc()
    if kind == Kind.QUOTA:
        QUOTA_REJECTIONS.labels(code).inc()


def note_call(model: str, outcome: str, latency_ms: float) -> None:
    REQUESTS.labels(model, outcome).inc()
    DURATION.labels(model).observe(latency_ms / 1000)


def note_charge(model: str, usage: Usage, cost_u: int) -> None:
    TOKENS.labels(model, "input").inc(usage.prompt_tokens)
    TOKENS.labels(model, "output").inc(usage.completion_tokens)
    COST.labels(model).inc(cost_u / 1_000_000)
