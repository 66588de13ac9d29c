"""Names that are words of time too: Sunday the barber, Dr May, Brunch dimanche."""

from __future__ import annotations

from functools import lru_cache

from dialog.understanding import when
from dialog.understanding.catalogue_match import Named
from dialog.understanding.phrases import Word
from dialog.understanding.state import ReadingState
from dialog.understanding.text import wordset
from dialog.understanding.when_grammar import KINDS
from dialog.understanding.when_values import Context

_NAME_BEFORE = wordset("with avec chez by par dr docteur doctor see voir not pas pour hi")
_NAME_AFTER = wordset(
    "is est dispo libre available free there here travaille works work fait does do can peut s around back in working"
    " bosse sait sera will doing please has coiffe tresse"
)
_HAVING = wordset("un une de des du encore toujours deja la")
_WISHING = wordset("want like need love prefer wish")
_NAME_PAIR = (["give", "me"], ["get", "me"], ["donne", "moi"], ["donnez", "moi"], ["mets", "moi"], ["or", "else"])
_DATING = wordset("in on this next every en ce prochain chaque of")
_OR = wordset("or ou and et to a au - until from de du between entre")
_NOT = wordset("not pas no nao sauf except instead lieu place")
_CORRECTING = wordset("no non not actually sorry wait attendez attends finalement enfin plutot pardon oops")
_BEFORE_A_DAY = wordset("on le this ce of el o a na en")
_BESIDE_A_DAY = wordset(
    "matin soir apres aprem midi nuit prochain morning evening afternoon night at a next vers or ou and et noon"
)
_ARTICLES = wordset("the le la d di")
_ROLES = wordset(
    "barber stylist doctor dentist braider coiffeur coiffeuse barbier docteur dentiste medecin tresseuse person"
)

# In every language, as a word of its own.
WEEKDAYS = frozenset(
    word for table in when.TABLES.values() for spelled in table.words["weekday"] for word in spelled.split("|")
)


def names_a_day(words: str, ctx: Context) -> bool:
    """ "Brunch dimanche" wants the brunch, and a Sunday."""
    if not _may_tell_a_time(words):
        return False
    return any(m.is_day for language in when.TABLES for m in when.find(words, language, ctx))


@lru_cache(maxsize=4096)
def _may_tell_a_time(words: str) -> bool:
    """Some word of theirs has to do with time in one of the languages."""
    lexicons = (when.lexicon(language) for language in when.TABLES)
    return any(item.kind != KINDS["other"] for lexicon in lexicons for item in lexicon.scan(words))


def is_time_word(words: list[Word], name: Named, language: str, ctx: Context, state: ReadingState) -> bool:
    """Sunday, May, Avril: a name only where the words around it or the question say so."""
    if name.field != "staff" or name.last - name.first != 1:
        return False
    word = words[name.first]
    bare = when.context(language, ctx.now, expects="date")
    if not _may_tell_a_time(word.text) or not when.find(word.text, language, bare):
        return False
    if "staff" in state.asked:
        return False
    before = words[name.first - 1].sense if name.first else ""
    after = words[name.last].sense if name.last < len(words) else ""
    pair = [w.text for w in words[max(0, name.first - 2) : name.first]]
    if before in _DATING:
        return True
    if after in _DATING and name.last + 1 < len(words) and words[name.last + 1].text == word.text:
        return False  # "Sunday on Sunday"
    beyond = words[name.last + 1].text if name.last + 1 < len(words) else ""
    if (before in _WISHING and after == "to") or (after == "a" and beyond in _HAVING):
        return False
    if (after, beyond) == ("s", "il"):  # "dimanche s'il te plaît"
        after = ""
    if (after in _ARTICLES and beyond in _ROLES) or _is_foreign_day(word.text, language, after):
        return False
    if before in _NAME_BEFORE or after in _NAME_AFTER or (pair in _NAME_PAIR and not after[:1].isdigit()):
        return False
    return not _is_dated_elsewhere(words, name, language, ctx)


def _is_foreign_day(word: str, language: str, after: str) -> bool:
    """ "Je voudrais Sunday": a day of another language, with nothing of a time beside it, is rather a name."""
    own = when.TABLES[language].words if language in when.TABLES else when.TABLES["en"].words
    is_own = any(word in spelled.split("|") for kind in ("weekday", "month") for spelled in own[kind])
    return not is_own and not after[:1].isdigit() and after not in _BESIDE_A_DAY


def _is_ruled_out(words: list[Word], index: int) -> bool:
    """ "Pas samedi, dimanche": the day that is not to be tells none."""
    if index + 1 < len(words) and _is_taken_back(words, index):
        return True
    before = [w.text for w in words[max(0, index - 2) : index] if w.part == words[index].part]
    return bool(before) and (before[-1] in _NOT or (before[-1] in _BEFORE_A_DAY and before[0] in _NOT))


def _is_taken_back(words: list[Word], index: int) -> bool:
    """ "Samedi... non, dimanche": a word of correction begins what follows."""
    following = words[index + 1 : index + 4]
    return following[0].part != words[index].part and bool(_CORRECTING & {w.sense for w in following})


def _is_dated_elsewhere(words: list[Word], name: Named, language: str, ctx: Context) -> bool:
    """ "June on June 15th": the day is told by other words, so that this one is a name."""
    if {words[i].text for i in (name.first - 1, name.first + 1) if 0 <= i < len(words)} & _OR:
        return False
    if name.last < len(words) and words[name.last].text[0].isdigit():
        return False
    if name.first and words[name.first - 1].text[0].isdigit():
        return False
    own = words[name.first].text
    whole = " ".join(w.text for w in words)
    start = len(" ".join(w.text for w in words[: name.first]))
    for mention in when.find(whole, language, ctx):
        if mention.is_day and mention.start <= start + 1 < mention.end and mention.end - mention.start > len(own) + 1:
            return False
    others = " ".join(w.text for i, w in enumerate(words) if w.text != own and not _is_ruled_out(words, i))
    return any(m.is_day for m in when.find(others, language, ctx))
