"""Which language a person is answered in: sticky, changed on request or after two confident messages in another."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.session import Session
from dialog.texts import languages
from dialog.words import Understood

_VOTES_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Language:
    """`stored` stays None until something was said that tells: a bare "ok" decides nothing."""

    chosen: str
    stored: str | None
    votes: dict[str, int]


def choose_language(
    of_tenant: Sequence[str], current: str | None, understood: Understood, session: Session
) -> Language:
    """The first words decide; later ones have to insist. Only languages that the tenant offers count."""
    spoken = [language for language in of_tenant if language in languages()] or ["en"]
    heard = understood.language if understood.language in spoken else None
    if current is None or current not in spoken:
        first = heard or (understood.hint if understood.hint in spoken else None)
        return Language(first or spoken[0], first, {})
    if heard is None or heard == current:
        return Language(current, current, {} if heard else session.language_votes)
    votes = session.language_votes.get(heard, 0) + 1
    if votes >= _VOTES_NEEDED:
        return Language(heard, heard, {})
    return Language(current, current, {heard: votes})
