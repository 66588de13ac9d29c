"""What the words of a message say about the parts of a visit: services that come together, variants, add-ons."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict

from booking.catalogue import Catalogue, Extra, Service
from dialog.commands import Choose, Command, CorrectField, Exclude, SetField, StartFlow
from dialog.progress import WISHES
from dialog.session import Session
from dialog.understanding.catalogue_match import Named, index_of
from dialog.understanding.phrases import Word
from dialog.understanding.state import CatalogueView, Entry
from dialog.understanding.text import fold, tokenize, wordset
from dialog.understanding.vocabulary import phrase_book

_ADDS = wordset("also too add besides aussi ajoute ajouter ajoutez rajoute rajouter rajoutez egalement")
_ADDS_IN_TWO = {("as", "well"), ("en", "plus"), ("en", "outre"), ("avec", "ca"), ("with", "that")}
_ADDS_FIRST = wordset("and et plus puis then")
_RATHER = wordset("instead rather actually plutot finalement")
_INSTEAD = _RATHER | wordset("or not no sorry mean meant ou non pas pardon remplace remplacer place")
_LEAVES_OUT = wordset("without remove drop minus sans enleve enlever enlevez retire retirer retirez supprime supprimer")
_NEGATES = wordset("without no not sans pas ni aucun aucune")
_BETWEEN = wordset("a an any the some of my le la les l de d des du un une mes")
_LEADS = wordset("with avec and et plus add ajoute ajouter ajoutez also aussi but mais just juste only seulement")
_BESIDE = _BETWEEN | wordset(
    "and with et avec please pls svp stp s il vous te plait one ones version celle celles en in for pour want would"
    " like i d je veux voudrais prends prendrai make it change changer changez passe passez to ok"
)
_NOTHING = frozenset(
    tuple(phrase.split())
    for phrase in (
        "sans rien", "rien", "rien d autre", "rien de plus", "sans supplement", "sans supplements", "sans option",
        "sans options", "aucun", "aucune", "aucun supplement", "pas de supplement", "juste ca", "simplement",
        "nothing", "nothing else", "nothing more", "without anything", "without extras", "no extras", "none",
        "just that", "just this", "no add ons",
    )
)  # fmt: skip
_ALL = wordset("both deux all tout tous toutes everything them")
_LOST = ("cannot_handle", "clarify", "chitchat", "more_options")


class Also(BaseModel):
    """A service in the same visit as those that stand already."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["also"] = "also"
    service: str


class Extras(BaseModel):
    """Variants and add-ons that were named, by the id of their service; `nothing`: no add-on is wanted."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["extras"] = "extras"
    variants: dict[str, str] = {}
    add_ons: dict[str, tuple[str, ...]] = {}
    without: dict[str, tuple[str, ...]] = {}
    nothing: bool = False


Inputs = tuple[Command | Also | Extras, ...]


def is_all_extras(text: str, *, session: Session, catalogue: Catalogue, language: str) -> bool:
    """Whether the message names variants and add-ons of what stands and nothing else: there is no more to ask of it."""
    if session.flow not in WISHES:
        return False
    if _answer(_plain(text), session) is not None:
        return True
    services, _ = _meant((), session, catalogue)
    return _hear(text, services, session, language).is_whole


def complete(
    text: str, commands: Sequence[Command], *, session: Session, catalogue: Catalogue, language: str
) -> Inputs:
    """The commands of the reader, and what it knows nothing of; only where a booking is made."""
    begun = [str(command.flow) for command in commands if isinstance(command, StartFlow)]
    if not set(begun or [session.flow or "book"]) <= set(WISHES):
        return tuple(commands)
    plain = _plain(text)
    inputs = _together(plain, commands, session)
    if any(command.kind == "ask_info" for command in commands):
        return inputs
    return _with_extras(text, plain, inputs, session, catalogue, language)


def _plain(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize(fold(text)) if token.text.isalnum())


def _together(plain: Sequence[str], commands: Sequence[Command], session: Session) -> Inputs:
    """Several services of one message are one visit, as is one that is named with a word of addition."""
    named = [key for command in commands if (key := _service_of(command, session)) is not None]
    present = session.services if session.flow in WISHES else []
    keys = list(dict.fromkeys(named))
    rest = tuple(command for command in commands if _service_of(command, session) is None)
    if len(present) > 1 and keys and _LEAVES_OUT & set(plain) and set(keys) < set(present):
        return *rest, *(Exclude(field="service", value=key) for key in keys)
    if not keys or (len(keys) > 1 and _INSTEAD & set(plain)):
        return tuple(commands)
    if set(keys) <= set(present) or (present and ("adding" in session.fields or _adds(plain))):
        return *rest, *(Also(service=key) for key in keys)
    if len(keys) == 1:
        return tuple(commands)
    first, *others = keys
    return *rest, SetField(field="service", value=first), *(Also(service=key) for key in others)


def _service_of(command: Command, session: Session) -> str | None:
    """The service that a command names, by itself or by what was offered."""
    if isinstance(command, Choose):
        offered = next((item for item in session.offer if item.handle == command.handle), None)
        return str(offered.value) if offered and offered.tap.startswith(("service:", "also:")) else None
    if isinstance(command, SetField | CorrectField) and command.field == "service" and command.value is not None:
        return str(command.value)
    return None


def _adds(plain: Sequence[str]) -> bool:
    if _INSTEAD & set(plain):
        return False
    return bool(_ADDS & set(plain) or _ADDS_IN_TWO & set(pairwise(plain)) or _ADDS_FIRST & set(plain[:1]))


def _with_extras(
    text: str, plain: tuple[str, ...], inputs: Inputs, session: Session, catalogue: Catalogue, language: str
) -> Inputs:
    answer = _answer(plain, session)
    if answer is not None:
        return (answer,)
    services, is_named = _meant(inputs, session, catalogue)
    if not services:
        return _guessed(text, inputs, session, catalogue, language)
    heard = _hear(text, services, session, language)
    agrees = any(item.kind == "affirm" for item in inputs)
    if not (is_named or heard.is_whole or agrees or {"variant", "add_on"} & set(session.asked)):
        heard = _Heard(tuple(name for name in heard.found if _is_meant(name, heard.words, session)), heard.words)
    if not heard.found or (agrees and _stands(heard.extras, session)):
        return inputs
    kept = (i for i in inputs if (_is_of_service(i, session) if heard.is_whole else i.kind not in _LOST))
    return *kept, heard.extras


def _answer(plain: tuple[str, ...], session: Session) -> Extras | None:
    """Nothing, or everything, said to the question what else there may be."""
    is_asked = session.asked == ("add_on",)
    if (is_asked or "adding" in session.fields) and plain in _NOTHING:
        return Extras(nothing=True)
    if not is_asked or not _ALL & set(plain) or not set(plain) <= _ALL | _BESIDE:
        return None
    taps = [item.tap.split(":") for item in session.offer if item.tap.startswith("add_on:")]
    return Extras(add_ons={service: tuple(key for _, _, key in taps) for _, service, _ in taps})


def _meant(inputs: Inputs, session: Session, catalogue: Catalogue) -> tuple[tuple[Service, ...], bool]:
    """The services that the message names, and True; where it names none, those that stand."""
    named = [i.service if isinstance(i, Also) else _service_of(i, session) for i in inputs if not isinstance(i, Extras)]
    keys = [key for key in named if key] or (session.services if session.flow in WISHES else [])
    if not keys and len(catalogue.services) == 1:
        return catalogue.services, False
    return tuple(service for service in catalogue.services if service.key in keys), any(named)


def _guessed(text: str, inputs: Inputs, session: Session, catalogue: Catalogue, language: str) -> Inputs:
    """Only a variant or an add-on was named and nothing else: its service is meant, if only one has it."""
    if not inputs or any(item.kind not in _LOST for item in inputs):
        return inputs
    heard = _hear(text, catalogue.services, session, language)
    owners = {key.split(":")[0] for name in heard.found for key in name.keys}
    if len(owners) != 1 or not heard.is_whole:
        return inputs
    service = catalogue.services_by_id[int(owners.pop())]
    return StartFlow(flow="book"), SetField(field="service", value=service.key), heard.extras


def _is_of_service(item: Command | Also | Extras, session: Session) -> bool:
    if isinstance(item, Also | Extras):
        return True
    return item.kind == "start_flow" or _service_of(item, session) is not None


@dataclass(frozen=True, slots=True)
class _Heard:
    """Variants and add-ons in a message; their keys are `service id:kind:key`."""

    found: tuple[Named, ...]
    words: tuple[Word, ...]

    @property
    def is_whole(self) -> bool:
        """Nothing else is said, but for words that say nothing."""
        covered = {at for name in self.found for at in range(name.first, name.last)}
        return bool(covered) and all(
            at in covered or word.text in _BESIDE | _NEGATES | _INSTEAD for at, word in enumerate(self.words)
        )

    @property
    def extras(self) -> Extras:
        """A name that fits several services, or one of two variants, is left to be asked for."""
        variants: dict[str, list[str]] = {}
        add_ons: dict[str, list[str]] = {}
        without: dict[str, list[str]] = {}
        for name in self.found:
            if len(name.keys) > 1:
                continue
            service, kind, key = name.keys[0].split(":")
            if _before(name, self.words) not in _NEGATES:
                (variants if kind == "variant" else add_ons).setdefault(service, []).append(key)
            elif kind == "add_on":
                without.setdefault(service, []).append(key)
        return Extras(
            variants={service: keys[0] for service, keys in variants.items() if len(set(keys)) == 1},
            add_ons={service: tuple(keys) for service, keys in add_ons.items()},
            without={service: tuple(keys) for service, keys in without.items()},
        )


def _hear(text: str, services: Sequence[Service], session: Session, language: str) -> _Heard:
    """By the matcher that finds services."""
    entries = tuple(
        Entry(f"{service.id}:{kind}:{extra.key}", _names(extra))
        for service in services
        for kind, extras in (("variant", service.variants), ("add_on", service.add_ons))
        for extra in extras
    )
    if not entries:
        return _Heard((), ())
    book = phrase_book(language)
    index = index_of(CatalogueView(services=entries), frozenset(book.vocabulary))
    words = book.words(text[:1000], index.tokens)
    found = index.find(words, ("service",) if {"variant", "add_on"} & set(session.asked) else ())
    telling = (name for name in found if name.is_exact or not _is_own(name, words, services))
    return _Heard(tuple(telling), tuple(words))


def _is_own(name: Named, words: Sequence[Word], services: Sequence[Service]) -> bool:
    """Only the service's own name is said, which is a part of the variant's."""
    own = {token.text for service in services for text in service.names.values() for token in tokenize(fold(text))}
    return own.issuperset(word.text for word in words[name.first : name.last])


def _is_meant(name: Named, words: Sequence[Word], session: Session) -> bool:
    """A word in passing ("not long from now") changes no variant, and adds nothing that no "with" leads to."""
    service, kind, _ = name.keys[0].split(":")
    if kind == "variant":
        is_changed = any(word.text in _RATHER for word in words)
        return is_changed or service not in session.fields.get("variants", {})
    return _before(name, words) in _LEADS | _NEGATES


def _stands(extras: Extras, session: Session) -> bool:
    """A yes that repeats what was chosen is a yes."""
    variants, add_ons = session.fields.get("variants", {}), session.fields.get("add_ons", {})
    return (
        not extras.without
        and extras.variants.items() <= variants.items()
        and all(set(keys) <= set(add_ons.get(service, ())) for service, keys in extras.add_ons.items())
    )


def _before(name: Named, words: Sequence[Word]) -> str:
    """The word that leads to the name, in the same part of the sentence; articles and the like are no such words."""
    at = name.first - 1
    while at >= 0 and words[at].text in _BETWEEN:
        at -= 1
    return words[at].text if at >= 0 and words[at].part == words[name.first].part else ""


def _names(extra: Extra) -> tuple[str, ...]:
    synonyms = (word for words in extra.synonyms.values() for word in words)
    return tuple(dict.fromkeys(filter(None, (*extra.names.values(), *synonyms))))
