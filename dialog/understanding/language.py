"""The language of a message by its everyday words; short or mixed messages stay undecided."""

from __future__ import annotations

from collections.abc import Sequence

from dialog.understanding.text import wordset

_SETS = {
    "en": wordset(
        "the a an i you we is are am it to for on at my your me with and can could would like want need please"
        " have do does"
        " what when how where who this that not no yes of in there any be will book tomorrow today morning"
        " thanks hello hi"
        " appointment good time day okay from get see if but so just about"
    ),
    "fr": wordset(
        "a le la les un une des je tu vous nous on est suis c j d l pour avec et dans mon ma mes votre vos ce"
        " cette qui que"
        " quoi quand comment combien ou pas ne veux voudrais peux pouvez avez merci bonjour salut demain aujourd matin"
        " soir heure rendez oui non s il te plait chez du au aux sur si mais plus tout bien"
    ),
    "es": wordset(
        "el la los las un una yo tu usted quiero quisiera puedo para con y en mi por favor cuando cuanto donde que como"
        " manana hoy gracias hola cita si no es esta tiene tienen una del al lo me se"
    ),
    "pt": wordset(
        "o a os as um uma eu voce quero queria posso para pra com e em meu minha por favor quando quanto onde que como"
        " amanha hoje obrigado obrigada ola oi sim nao voces tem do da no na ao as gostaria marcar"
    ),
}


def detect(words: Sequence[str]) -> str | None:
    """en, fr, es or pt where at least two words speak for it and clearly more than for any other; else None."""
    scores = sorted(((sum(w in known for w in words), language) for language, known in _SETS.items()), reverse=True)
    (best, language), (second, _) = scores[0], scores[1]
    if best < 2 or best - second < max(1, len(words) // 6):
        return None
    return language


_ALONE = {
    "en": wordset("book booking hey hello hi haircut cancel help reschedule yes morning evening afternoon"),
    "fr": wordset(
        "lundi mardi mercredi jeudi vendredi samedi dimanche"
        " reserver reservation bonjour bonsoir salut coucou rdv annuler aide deplacer oui coupe bjr slt"
    ),
}


def hint(words: Sequence[str]) -> str | None:
    """The language of a first word such as "hello": enough to answer in, too little to change from another."""
    said = {word for word in words if len(word) > 1}
    speaking = [language for language, known in _ALONE.items() if said & (known | _SETS[language])]
    return speaking[0] if len(speaking) == 1 else None
