"""What a text of a tenant may not say: prices, times, unknown placeholders, commands that are not its own."""

import re
from collections.abc import Collection, Iterator, Mapping

from prompts.library import PLACEHOLDERS, Template
from prompts.placeholders import has_other_braces, names_in
from prompts.skill import COMMANDS, Skill

LONGEST_WORDS = 1200
_MONEY = (
    r"[$€£¥₦₵]|usd|eur|gbp|ngn|ghs|kes|zar|xaf|xof|f?cfa|francs?|euros?|dollars?|pounds?|naira|cedis?|shillings?"
    r"|reais|real|pesos?|%|percent|pour ?cent|por ?cien(?:to)?"
)
_CLOCK = r"a\.?m\b|p\.?m\b|h(?:rs?|eures?|ours?|oras?)?\b|o'?clock|min(?:utes?|utos?)?\b|uhr\b"
_LITERALS = {
    "a price": re.compile(rf"(?:{_MONEY})\s?\d|\d[\d.,  ]*\s?(?:{_MONEY})(?!\w)", re.IGNORECASE),
    "a time": re.compile(rf"\b\d{{1,2}}[:hH]\d\d\b|\b\d{{1,3}}\s?(?:{_CLOCK})|\b\d{{1,2}}\.\d\d\b", re.IGNORECASE),
    "a date": re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b"),
}
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|oublie[zr]?|ignore[zr])\b.{0,40}\b(?:previous|above|rules|instructions?|pr[ée]c[ée]dent)",
    re.IGNORECASE,
)

Known = Mapping[str, Collection[str]]


def faults_of_skill(skill: Skill, known: Known, currency: str, language: str) -> list[str]:
    """`known` are the keys of the catalogue by field; in `language` everything has to be said."""
    return [
        *_texts_of(skill, currency),
        *_commands_of(skill),
        *_synonyms_of(skill, known),
        *_disclaimers_of(skill, known, language),
    ]


def faults_of_template(template: Template, builtin: Template, currency: str) -> list[str]:
    faults = list(_wording("the words", template.words, currency))
    if not builtin.editable:
        faults.append("this prompt is the same for every tenant")
    if len(template.words) > LONGEST_WORDS:
        faults.append(f"the words: longer than {LONGEST_WORDS} characters")
    return faults


def _texts_of(skill: Skill, currency: str) -> Iterator[str]:
    texts = [("the guidance", skill.words), ("title", skill.title)]
    texts += [(f"do_not[{n}]", line) for n, line in enumerate(skill.do_not)]
    texts += [(f"knowledge[{n}]", line) for n, line in enumerate(skill.knowledge)]
    texts += [(f"disclaimers[{n}]", line) for n, said in enumerate(skill.disclaimers) for line in said.text.values()]
    for where, text in texts:
        yield from _wording(where, text, currency)


def _wording(where: str, text: str, currency: str) -> Iterator[str]:
    for what, literal in _literals(currency).items():
        if found := literal.search(text):
            yield f"{where}: {what} ({found.group().strip()}) belongs in the tenant file, not in a prompt"
    for name in sorted(names_in(text) - set(PLACEHOLDERS)):
        yield f"{where}: unknown placeholder {{{name}}}; there are {', '.join(PLACEHOLDERS)}"
    if has_other_braces(text):
        yield f"{where}: braces may only stand around the name of a placeholder"
    if _ORDERS.search(text):
        yield f"{where}: a prompt cannot set aside the rules"


def _literals(currency: str) -> Mapping[str, re.Pattern[str]]:
    own = re.compile(rf"{re.escape(currency)}\s?\d|\d[\d.,  ]*\s?{re.escape(currency)}\b", re.IGNORECASE)
    return {**_LITERALS, "an amount": own} if currency.lower() not in _MONEY.split("|") else _LITERALS


def _commands_of(skill: Skill) -> Iterator[str]:
    for command in sorted(set(skill.commands) - set(COMMANDS)):
        yield f"commands: {command!r} is none that a skill may allow"
    allowed = set(skill.commands) & set(COMMANDS)
    for n, example in enumerate(skill.examples):
        for said in example.commands:
            if said.kind not in allowed:
                yield f"examples[{n}]: {said.kind!r} is not among the skill's commands"
            if said.kind == "start_flow" and said.name not in skill.flows:
                yield f"examples[{n}]: {said.name!r} is not among the skill's flows"
            if said.words and said.words.casefold() not in example.says.casefold():
                yield f"examples[{n}]: {said.words!r} is not said in the example"


def _synonyms_of(skill: Skill, known: Known) -> Iterator[str]:
    for field in ("service", "staff", "location"):
        for key in sorted(set(getattr(skill.synonyms, field)) - set(known[field])):
            yield f"synonyms.{field}: the catalogue has no {field} {key!r}"


def _disclaimers_of(skill: Skill, known: Known, language: str) -> Iterator[str]:
    for n, disclaimer in enumerate(skill.disclaimers):
        for key in sorted(set(disclaimer.services) - set(known["service"])):
            yield f"disclaimers[{n}]: the catalogue has no service {key!r}"
        if language not in disclaimer.text:
            yield f"disclaimers[{n}]: there is no text in {language}"
