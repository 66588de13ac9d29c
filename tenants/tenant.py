"""The tenant of a unit of work, as the other layers see it."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update

from core.runtime import Runtime
from core.uow import UnitOfWork
from tenants.llm_terms import LlmTerms, llm_from_json
from tenants.models import tenants
from tenants.rules import TenantRules, rules_from_json


@dataclass(frozen=True)
class Tenant:
    """`languages[0]` is the default; `version` grows with every applied change of the tenant file, and whenever else
    something changes that processes keep by it."""

    id: int
    key: str
    name: str
    vertical: str
    country: str
    currency: str
    timezone: str
    languages: tuple[str, ...]
    rules: TenantRules
    version: int
    llm: LlmTerms = field(default_factory=LlmTerms)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


_VERSION = "SELECT version FROM tenants WHERE id = $1"
_SELECT_TENANT = select(
    tenants.c.id,
    tenants.c.key,
    tenants.c.name,
    tenants.c.vertical,
    tenants.c.country,
    tenants.c.currency,
    tenants.c.timezone,
    tenants.c.languages,
    tenants.c.rules,
    tenants.c.version,
    tenants.c.llm,
)
_MARK_CHANGED = update(tenants).where(tenants.c.id == bindparam("tenant")).values(version=tenants.c.version + 1)
# Per runtime, not per process: two databases in one process give the same ids to different tenants.
_known: WeakKeyDictionary[Runtime, dict[int, Tenant]] = WeakKeyDictionary()


async def get_tenant(uow: UnitOfWork) -> Tenant:
    """One small read when this version is known already; raises LookupError when the tenant does not exist."""
    known = _known.setdefault(uow.runtime, {})
    tenant = known.get(uow.tenant_id)
    version = await uow.driver.fetchval(_VERSION, uow.tenant_id)
    if tenant is None or tenant.version != version:
        tenant = known[uow.tenant_id] = await _load(uow)
    return tenant


async def mark_changed(uow: UnitOfWork) -> None:
    """What processes keep by the tenant's version is read anew at their next look; until this unit of work ends, nobody
    else changes the tenant."""
    await uow.execute(_MARK_CHANGED, {"tenant": uow.tenant_id})


async def _load(uow: UnitOfWork) -> Tenant:
    row = await uow.first(_SELECT_TENANT)
    if row is None:
        raise LookupError(f"there is no tenant {uow.tenant_id}")
    values = dict(row._mapping)
    read = {"languages": tuple(row.languages), "rules": rules_from_json(row.rules), "llm": llm_from_json(row.llm)}
    return Tenant(**values | read)
