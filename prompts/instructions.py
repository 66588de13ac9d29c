"""What a tenant's prompts and skills come to, for the readers of messages; kept per version of the tenant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from core.errors import InputError
from core.runtime import Runtime
from core.telemetry import get_logger
from core.uow import UnitOfWork
from prompts.front_matter import SHORT, parse
from prompts.library import Template
from prompts.placeholders import fill
from prompts.skill import Disclaimer, Example, Skill, Words, read_skill
from prompts.versions import Kind, Text, builtin_text, builtin_texts, hash_of_set, texts_of
from tenants.tenant import Tenant

log = get_logger("prompts")

_ABOUT = "business"


@dataclass(frozen=True)
class Instructions:
    """`digest` names all the texts that this was made of."""

    about: str = ""
    skills: tuple[Skill, ...] = ()
    digest: str = "none"

    @cached_property
    def _heard(self) -> tuple[Skill, ...]:
        """The skills whose words a model may see."""
        return tuple(skill for skill in self.skills if skill.llm == "on")

    @cached_property
    def commands(self) -> frozenset[str]:
        """The kinds that a model may answer with."""
        return frozenset(command for skill in self._heard for command in skill.commands)

    @cached_property
    def flows(self) -> frozenset[str]:
        """What a model may start, and may be asked in; a skill that keeps a flow from it wins."""
        closed = {flow for skill in self.skills if skill.llm == "off" for flow in skill.flows}
        return frozenset(flow for skill in self._heard for flow in skill.flows) - closed

    @cached_property
    def guidance(self) -> tuple[str, ...]:
        return tuple(skill.words for skill in self._heard if skill.words)

    @cached_property
    def do_not(self) -> tuple[str, ...]:
        return tuple(line for skill in self._heard for line in skill.do_not)

    @cached_property
    def knowledge(self) -> tuple[str, ...]:
        return tuple(line for skill in self._heard for line in skill.knowledge)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """For a model."""
        return tuple(example for skill in self._heard for example in skill.examples)

    @cached_property
    def wordings(self) -> tuple[Example, ...]:
        """For the rules, which keep everything in the house."""
        return tuple(example for skill in self.skills for example in skill.examples)

    @cached_property
    def synonyms(self) -> Mapping[str, Words]:
        """More names by field (service, staff, location) and key of the catalogue."""
        found: dict[str, dict[str, tuple[str, ...]]] = {"service": {}, "staff": {}, "location": {}}
        for skill in self.skills:
            for field, more in found.items():
                for key, words in getattr(skill.synonyms, field).items():
                    more[key] = (*more.get(key, ()), *words)
        return found

    def disclaimers(self, flow: str, services: Collection[str], language: str) -> list[str]:
        """What is to be read before a yes in this flow, about these keys of the catalogue."""
        found = [said for skill in self.skills for said in skill.disclaimers if said.flow == flow]
        meant = [said.text for said in found if not said.services or set(said.services) & set(services)]
        return [text.get(language) or next(iter(text.values())) for text in meant]


def instructions_from(texts: Sequence[Text], tenant: Tenant) -> Instructions:
    """Raises InputError where one of the texts cannot be read."""
    values = placeholder_values(tenant)
    skills = [read_skill(text.key, text.source) for text in texts if text.kind is Kind.SKILL]
    about = [parse(text.source, Template).words for text in texts if (text.kind, text.key) == (Kind.PROMPT, _ABOUT)]
    return Instructions(
        about=fill("\n".join(about), values),
        skills=tuple(_filled(skill, values) for skill in skills if skill.serves(tenant.vertical)),
        digest=hash_of_set(texts)[:SHORT],
    )


def builtin_instructions(tenant: Tenant) -> Instructions:
    return instructions_from(builtin_texts(), tenant)


def placeholder_values(tenant: Tenant) -> dict[str, str]:
    return {
        "business": tenant.name,
        "vertical": tenant.vertical,
        "languages": ", ".join(tenant.languages),
        "currency": tenant.currency,
        "timezone": tenant.timezone,
    }


def _filled(skill: Skill, values: Mapping[str, str]) -> Skill:
    return skill.model_copy(
        update={
            "words": fill(skill.words, values),
            "do_not": tuple(fill(line, values) for line in skill.do_not),
            "knowledge": tuple(fill(line, values) for line in skill.knowledge),
            "disclaimers": tuple(_said(disclaimer, values) for disclaimer in skill.disclaimers),
        }
    )


def _said(disclaimer: Disclaimer, values: Mapping[str, str]) -> Disclaimer:
    text = {language: fill(line, values) for language, line in disclaimer.text.items()}
    return disclaimer.model_copy(update={"text": text})


# Per runtime, not per process: two databases in one process give the same ids to different tenants.
_known: WeakKeyDictionary[Runtime, dict[int, tuple[int, Instructions]]] = WeakKeyDictionary()


async def published_instructions(uow: UnitOfWork, tenant: Tenant) -> Instructions:
    """No read when this version of the tenant is known."""
    known = _known.setdefault(uow.runtime, {})
    version, instructions = known.get(tenant.id, (None, Instructions()))
    if version != tenant.version:
        instructions = _readable((await texts_of(uow)).in_force(), tenant)
        known[tenant.id] = (tenant.version, instructions)
    return instructions


def _readable(texts: Sequence[Text], tenant: Tenant) -> Instructions:
    """A text that an earlier program took and this one cannot read gives way to what comes with the product."""
    kept = []
    for text in texts:
        try:
            instructions_from([text], tenant)
            kept.append(text)
        except (InputError, KeyError) as error:
            log.error("prompts.unreadable", tenant_id=tenant.id, key=text.key, error=type(error).__name__)
            kept += [builtin] if (builtin := builtin_text(text.kind, text.key)) else []
    return instructions_from(kept, tenant)
