"""What a skill has at hand while a turn runs: the open unit of work, who speaks, the tenant and its catalogue."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking.catalogue import Catalogue
from core.uow import UnitOfWork
from dialog.conversation import Conversation
from dialog.messages import Reply
from dialog.session import Session
from dialog.texts import say
from prompts.instructions import Instructions
from tenants.resolve import Role, Who
from tenants.tenant import Tenant


@dataclass(slots=True)
class Turn:
    """`key` names the turn for ever (its conversation and first event): effects are keyed by it, so that a turn
    that runs again after a crash does nothing twice. Skills change `session` and, through `speak`, the language."""

    uow: UnitOfWork
    who: Who
    tenant: Tenant
    catalogue: Catalogue
    conversation: Conversation
    now: datetime
    key: str
    language: str
    session: Session
    stored_language: str | None = None
    instructions: Instructions = field(default_factory=Instructions)
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def speak(self, language: str) -> None:
        """Asked for, so it stays."""
        self.language = self.stored_language = language

    @property
    def zone(self) -> ZoneInfo:
        return self.tenant.zone

    @property
    def is_merchant(self) -> bool:
        return self.who.role is Role.MERCHANT

    @property
    def customer_id(self) -> int:
        """Raises ValueError for a merchant: the skills of customers are not offered to them."""
        if self.who.customer_id is None:
            raise ValueError("this person is no customer")
        return self.who.customer_id


Handler = Callable[[Turn, dict[str, Any]], Awaitable[Reply | None]]


@dataclass(frozen=True)
class Skill:
    """What one role can get done, found by core/registry under the name SKILL. `goals` are the entries that
    dialog/flow.py pursues; a goal that no skill of the role serves is not understood at all."""

    key: str
    roles: frozenset[Role]
    goals: Mapping[str, Handler]


CUSTOMERS = frozenset({Role.CUSTOMER})
MERCHANTS = frozenset({Role.MERCHANT})
EVERYBODY = CUSTOMERS | MERCHANTS
