"""The model of the demo: without a key a stand-in reads for the sample tenants, so that its part can be seen."""

from pydantic import SecretStr

from core.settings import Settings
from tenants.definition_llm import EndpointSection
from tenants.definition_shape import TenantDefinition

_KEY = "of-the-stand-in"


def needs_stand_in(settings: Settings) -> bool:
    """A key or a URL that is set wins. Tenants of one's own are read by the rules alone as long as there is no key."""
    return not settings.openai.api_key.get_secret_value() and "base_url" not in settings.openai.model_fields_set


def with_stand_in(definition: TenantDefinition, base_url: str) -> TenantDefinition:
    """The sample with the stand-in as its own endpoint, where its file switches a model on."""
    if not definition.llm.enabled:
        return definition
    endpoint = EndpointSection.model_construct(base_url=base_url, api_key=SecretStr(_KEY), model=None, price=None)
    return definition.model_copy(update={"llm": definition.llm.model_copy(update={"endpoints": [endpoint]})})
