"""The language of a message by its everyday words; short or mixed messages stay undecided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialog.understanding.text import wordset

_SETS = {
    "en": wordset(
        "the a an i you we is are am it to for on at as or by e o my your me us our was were has with and can could"
        " would like want need please have do does what when how where who this that not no yes of in there any be will"
        " book tomorrow today morning thanks hello hi appointment good time day okay from get see if but so just about"
    ),
    "fr": wordset(
        "a as ai ca y en ou le la les l un une des de d du je j tu vous nous on est suis c pour sans avec et dans mon"
        " ma mes votre vos ce cette qui que quoi quand comment combien pas ne veux voudrais peux pouvez avez merci"
        " bonjour salut demain aujourd matin soir heure rendez oui non s il te plait chez au aux sur si mais plus tout"
        " bien"
    ),
    "es": wordset(
        "el la los las lo un una unos tu usted ustedes vosotros yo mi mis su sus nos les quiero quisiera queria quieren"
        " necesito puedo puede pueden podria podrian tengo tiene tienen teneis hay esta estan estoy soy son es para con"
        " sin por y o pero cuando cuanto cuanta donde quien cual que como en del al se me te no si ya muy mas bien vale"
        " claro aqui hoy manana lunes martes miercoles jueves viernes sabado domingo tarde noche dia dias hora horas"
        " gracias hola buenas buenos favor porfa cita citas reserva reservar cancelar cambiar pedir corte pelo"
    ),
    "pt": wordset(
        "o a os as um uma uns eu voce voces vc vcs meu minha meus seu sua nos quero queria gostaria preciso posso pode"
        " podem poderia tem tenho tens ha esta estao estou sou sao para pra pro com sem por mas quando quanto onde quem"
        " qual que como em do da dos das no na nas ao aos se me te nao sim ja muito mais bem hoje amanha segunda"
        " terca quarta quinta sexta sabado domingo manha tarde noite dia horas obrigado obrigada valeu ola oi bom boa"
        " favor marcar agendar reservar cancelar mudar remarcar horario corte cabelo"
    ),
}


_SPEAKS = {
    word: tuple(language for language, known in _SETS.items() if word in known)
    for word in frozenset().union(*_SETS.values())
}


def _counts(words: Sequence[str]) -> dict[str, int]:
    """How many words speak for each language."""
    counts = dict.fromkeys(_SETS, 0)
    for word in words:
        for language in _SPEAKS.get(word, ()):
            counts[language] += 1
    return counts


def detect(words: Sequence[str]) -> str | None:
    """en, fr, es or pt where at least two words speak for it and clearly more than for any other; else None."""
    return _clearest(_counts(words), len(words))


def _clearest(counts: Mapping[str, int], length: int) -> str | None:
    scores = sorted(((count, language) for language, count in counts.items()), reverse=True)
    (best, language), (second, _) = scores[0], scores[1]
    if best < 2 or best - second < max(1, length // 6):
        return None
    return language


def spoken(words: Sequence[str], conversation: str) -> str:
    """The language to read in: the conversation's, unless words that no other language has plainly say otherwise."""
    counts = _counts(words)
    found = _clearest(counts, len(words))
    if found is None or found == conversation:
        return conversation
    more = counts[found] - counts.get(conversation, 0)
    return found if more > 1 and any(_SPEAKS.get(word) == (found,) for word in words) else conversation


_ALONE = {
    "en": wordset("book booking hey hello hi haircut cancel help reschedule yes morning evening afternoon"),
    "fr": wordset(
        "lundi mardi mercredi jeudi vendredi samedi dimanche"
        " reserver reservation bonjour bonsoir salut coucou rdv annuler aide deplacer oui coupe bjr slt"
    ),
    "es": wordset("hola buenas gracias reservar cita turno lunes martes miercoles jueves viernes quiero"),
    "pt": wordset("oi ola obrigado obrigada valeu agendar marcar segunda terca quarta quinta sexta quero"),
}


def hint(words: Sequence[str]) -> str | None:
    """The language of a first word such as "hello": enough to answer in, too little to change from another."""
    said = {word for word in words if len(word) > 1}
    speaking = [language for language, telling in _TELLING.items() if said & telling]
    return speaking[0] if len(speaking) == 1 else None


def _telling(language: str) -> frozenset[str]:
    """Spanish and Portuguese tell themselves by words that English and French do not have."""
    known = _ALONE[language] | _SETS[language]
    return known if language in ("en", "fr") else known - _telling("en") - _telling("fr")


_TELLING = {language: _telling(language) for language in _ALONE}
