"""Where a tenant's questions go: to its own endpoints, else to the installation's; nowhere without a key."""

from weakref import WeakKeyDictionary

from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import unit_of_work
from llm.call import Endpoint
from tenants.llm_store import open_endpoint_key
from tenants.llm_terms import OwnEndpoint
from tenants.tenant import Tenant

log = get_logger("llm")

_PROVIDER = "openai"
# Opened keys by tenant, for the version of the tenant file that they came with.
_opened: WeakKeyDictionary[Runtime, dict[int, tuple[int, tuple[Endpoint, ...]]]] = WeakKeyDictionary()


def is_asked_for(runtime: Runtime, tenant: Tenant) -> bool:
    """Whether there is anybody to ask for this tenant, by what is known without a look."""
    has_key = bool(tenant.llm.endpoints or runtime.settings.openai.api_key.get_secret_value())
    return has_key and tenant.llm.may_read(tenant.vertical)


async def endpoints_of(runtime: Runtime, tenant: Tenant) -> tuple[Endpoint, ...]:
    """In the order in which they are to be tried. One small read when the tenant's own are not open yet."""
    if not is_asked_for(runtime, tenant):
        return ()
    if not tenant.llm.endpoints:
        return _reachable(runtime, (_platform(runtime, tenant),))
    known = _opened.setdefault(runtime, {})
    version, endpoints = known.get(tenant.id, (None, ()))
    if version != tenant.version:
        endpoints = await _open(runtime, tenant)
        known[tenant.id] = (tenant.version, endpoints)
    return endpoints


def _platform(runtime: Runtime, tenant: Tenant) -> Endpoint:
    ours = runtime.settings.openai
    model, key = tenant.llm.model or ours.model, ours.api_key.get_secret_value()
    return Endpoint(_PROVIDER, ours.base_url.rstrip("/"), key, model, None, tenant.llm.price)


async def _open(runtime: Runtime, tenant: Tenant) -> tuple[Endpoint, ...]:
    async with unit_of_work(runtime, tenant.id) as uow:
        keys = [await open_endpoint_key(uow, own.place, own.sealed_key) for own in tenant.llm.endpoints]
    paired = zip(tenant.llm.endpoints, keys, strict=True)
    return _reachable(runtime, tuple(_own(runtime, tenant, own, key) for own, key in paired))


def _own(runtime: Runtime, tenant: Tenant, own: OwnEndpoint, key: str) -> Endpoint:
    model = own.model or tenant.llm.model or runtime.settings.openai.model
    return Endpoint(_PROVIDER, own.base_url, key, model, tenant.id, own.price or tenant.llm.price)


def _reachable(runtime: Runtime, endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """In production words of customers do not travel unencrypted."""
    if not runtime.settings.in_production:
        return endpoints
    safe = tuple(endpoint for endpoint in endpoints if endpoint.base_url.startswith("https://"))
    if len(safe) < len(endpoints):
        log.warning("llm.endpoint_not_https", tenant_id=endpoints[0].tenant_id)
    return safe
