"""Numbers of the worker process."""

from prometheus_client import Counter, Histogram

from core.metrics import REGISTRY

RECONCILIATIONS = Counter(
    "booka_reconciliation_runs", "Days held against a provider", ("provider", "status"), registry=REGISTRY
)
RECONCILED = Counter(
    "booka_reconciliation_items",
    "Payments, refunds, disputes and payouts by how both sides know them",
    ("provider", "kind", "class"),
    registry=REGISTRY,
)
DRIFT = Histogram(
    "booka_reconciliation_drift_ratio",
    "Sum of absolute differences over what the provider lists",
    ("provider", "currency"),
    buckets=(0.0, 0.0001, 0.001, 0.005, 0.01, 0.1, 1.0),
    registry=REGISTRY,
)
