"""Every payment provider by its key: the files of payments/providers/."""

from collections.abc import Mapping

from core.registry import discover
from payments import providers
from payments.provider import PaymentProvider

PROVIDERS: Mapping[str, PaymentProvider] = discover(providers, "PROVIDER")
