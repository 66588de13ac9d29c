"""The shape of a whole tenant file."""

from pydantic import Field

from tenants.definition_accounts import ChannelSection, PaymentSection
from tenants.definition_fields import Section
from tenants.definition_llm import LlmSection
from tenants.definition_sections import (
    HolidaySection,
    KnowledgeSection,
    LocationSection,
    MerchantSection,
    ResourceSection,
    RulesSection,
    StaffSection,
    TenantSection,
)
from tenants.definition_services import ServiceSection


class TenantDefinition(Section):
    tenant: TenantSection
    rules: RulesSection = RulesSection()
    locations: list[LocationSection] = Field(default_factory=list)
    services: list[ServiceSection] = Field(default_factory=list)
    staff: list[StaffSection] = Field(default_factory=list)
    resources: list[ResourceSection] = Field(default_factory=list)
    holidays: list[HolidaySection] = Field(default_factory=list)
    merchants: list[MerchantSection] = Field(default_factory=list)
    channels: list[ChannelSection] = Field(default_factory=list)
    payments: list[PaymentSection] = Field(default_factory=list)
    llm: LlmSection = LlmSection()
    knowledge: list[KnowledgeSection] = Field(default_factory=list)
