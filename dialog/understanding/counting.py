"""Numbers that count those who come: in figures and words, in twos and dozens, put right while they are said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dialog.understanding.text import wordset

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "one un une 1",
            "two deux 2 couple",
            "three trois 3",
            "four quatre 4",
            "five cinq 5",
            "six 6",
            "seven sept 7",
            "eight huit 8",
            "nine neuf 9",
            "ten dix 10 dizaine",
            "eleven onze 11",
            "twelve douze 12 dozen douzaine",
            "thirteen treize 13",
            "fourteen quatorze 14",
            "fifteen quinze 15 quinzaine",
        )
    )
    for word in words.split()
}
ARTICLES = wordset("un une one")
MEASURES = wordset(
    "h heure heures hour hours minute minutes min mn jour jours day days semaine semaines week weeks mois month"
    " months am pm night nights nuit nuits th nd rd st euro euros eur fcfa francs dollars pounds naira k cfa fois"
    " times o oclock ans an years year"
)
_HALF = wordset("half demi demie")
_DOZENS = wordset("dozen douzaine")
_CORRECTING = wordset(
    "no non not actually sorry wait pardon mean meant finalement enfin plutot rather instead oops attends donc so"
)


@lru_cache(maxsize=4096)
def number_of(word: str) -> int | None:
    known = NUMBERS.get(word)
    return known if known is not None else int(word) if word.isdecimal() and len(word) < 3 else None


def by_twos(words: Sequence[str]) -> tuple[int, int, int] | None:
    """ "Three couples", "half a dozen"."""
    for i, word in enumerate(words):
        number = number_of(words[i - 1]) if i else None
        if word in ("couple", "couples") and number and number > 1:
            return 2 * number, i - 1, i + 1
        if word in _DOZENS and _HALF & set(words[max(0, i - 2) : i]):
            return NUMBERS[word] // 2, i - 1, i + 1
    return None


def asked_number(words: Sequence[str], timed: set[int]) -> tuple[int, int, int] | None:
    """A number where how many was asked; of "between 8 and 10" the greater."""
    found = [(n, i) for i, w in enumerate(words) if (n := number_of(w))]
    found = [f for f in found if f[1] not in timed] or found
    numbers = [f for f in found if words[f[1]] not in ARTICLES or len(words) <= 2] or found[:0]
    if not numbers:
        return None
    number, at = _said_last(words, numbers) or (max(numbers) if len(numbers) == 2 else numbers[0])
    following = words[at + 1] if at + 1 < len(words) else ""
    return None if following in MEASURES else (number, at, at + 1)


def _said_last(words: Sequence[str], numbers: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """ "8, no wait, 7": what follows a word of correction; of "7 not 8" the first one stands."""
    places = [
        i for i, word in enumerate(words[:-1]) if word in _CORRECTING and (word != "not" or not number_of(words[i + 1]))
    ]
    after = [n for n in numbers if any(numbers[0][1] < place < n[1] for place in places)]
    return after[-1] if after else None
