"""The doctor's look at money: where links lead, whether providers answer, whether payments and ledger agree."""

from collections import Counter
from collections.abc import AsyncIterator

from cli.doctor_reach import Finding, check_reachable
from core.runtime import Runtime
from core.uow import all_tenants, unit_of_work
from payments.cases import list_cases
from payments.invariants import find_violations
from payments.registry import PROVIDERS

_PROVIDERS = "SELECT DISTINCT provider FROM payment_accounts WHERE tenant_id = $1 AND active"


async def check_money(runtime: Runtime) -> AsyncIterator[Finding]:
    yield _links(runtime)
    faults, cases, providers = Counter[str](), 0, set[str]()
    for tenant_id in await all_tenants(runtime):
        async with unit_of_work(runtime, tenant_id) as uow:
            faults.update(fault for fault, _ in await find_violations(uow))
            cases += len(await list_cases(uow))
            providers |= {found["provider"] for found in await uow.driver.fetch(_PROVIDERS, uow.tenant_id)}
    for provider in sorted(providers):
        if url := PROVIDERS[provider].api_url(runtime.settings):
            yield await check_reachable(runtime, provider, url)
    found = ", ".join(f"{fault} ({count})" for fault, count in sorted(faults.items()))
    yield "payments", not faults, found or f"no violation, open cases: {cases} (booka payments cases)"


def _links(runtime: Runtime) -> Finding:
    """Customers and calendars open them from where they are."""
    settings = runtime.settings
    is_well = bool(settings.public_url) or not settings.in_production
    told = "" if settings.public_url else " (BOOKA_PUBLIC_URL is not set: they work on this machine only)"
    return "links", is_well, f"payment links and calendars begin with {settings.base_url}{told}"
