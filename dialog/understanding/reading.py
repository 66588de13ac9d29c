"""One message taken apart: its words, turns of phrase, names and times, before anything is decided."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from dialog.understanding import when
from dialog.understanding.catalogue_match import CatalogueIndex, Named, index_of
from dialog.understanding.language import hint, spoken
from dialog.understanding.phrase_tree import Hit
from dialog.understanding.phrases import PhraseBook, Word
from dialog.understanding.state import CatalogueView, ReadingState
from dialog.understanding.text import Token, tokenize, wordset
from dialog.understanding.vocabulary import everyday, mixed_into, phrase_book
from dialog.understanding.when import Mention
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
_NOT = wordset("not pas no nao sauf except instead lieu")
_BEFORE_A_DAY = wordset("on le this ce of el o a na en")
_OPENERS = wordset("and oh well then but so ah hmm um hum alors bon ben bah eh et mais donc euh e y pues entao")
_MEALS = wordset("dinner diner cena jantar")
_DAY_MEALS = wordset("lunch brunch breakfast dejeuner almuerzo desayuno almoco midi noon tea")
_LONGEST = 1000
_EMPTY = ("no_time", "fee", "filler", "house", "asking", "meant", "past", "wrong", "correct")
_MARKS = {"staff": "<staff>", "service": "<service>", "location": "<location>"}


@dataclass(slots=True)
class Reading:
    """What a message holds. `mentions` are times, `names` catalogue entries, `hits` turns of phrase by signal."""

    text: str
    words: list[Word]
    hits: dict[str, list[Hit]]
    names: list[Named]
    mentions: list[Mention]
    state: ReadingState
    catalogue: CatalogueView
    ctx: Context
    language: str
    hidden: tuple[tuple[int, int], ...] = ()

    def says(self, *signals: str) -> bool:
        return not self.hits.keys().isdisjoint(signals)

    @property
    def is_empty(self) -> bool:
        """Nothing was understood."""
        return not self.mentions and not self.names and all(signal in _EMPTY for signal in self.hits)

    def is_whole(self, signal: str) -> bool:
        """The signal's words are the whole message."""
        return any(h.first == 0 and h.last == len(self.words) for h in self.hits.get(signal, ()))

    def is_only(self, *signals: str) -> bool:
        """Nearly nothing was said beside these, but for words that carry nothing of their own."""
        covered = {i for s in (*signals, "filler") for h in self.hits.get(s, ()) for i in range(h.first, h.last)}
        return self.says(*signals) and len(self.words) - len(covered) <= len(self.words) // 5

    def begins_part(self, index: int) -> bool:
        """The word opens the message, a sentence, or what stands between commas; "and", "oh" do not count."""
        while index and self.words[index - 1].text in _OPENERS:
            index -= 1
        return index == 0 or self.words[index - 1].part != self.words[index].part

    @property
    def asking_clauses(self) -> frozenset[int]:
        """Sentences that ask for something to be told."""
        topics = [h for signal, hits in self.hits.items() if signal.startswith("ask.") for h in hits]
        asking = [h for h in self.hits.get("asking", ()) if self.ends_with_mark(self.words[h.first].clause)]
        return frozenset(self.words[min(h.first, len(self.words) - 1)].clause for h in [*topics, *asking])

    def ends_with_mark(self, clause: int) -> bool:
        """A question mark stands after this sentence."""
        last = max((i for i, word in enumerate(self.words) if word.clause == clause), default=-1)
        following = self.words[last + 1].start if last + 1 < len(self.words) else len(self.text)
        return last >= 0 and "?" in self.text[self.words[last].end : following]

    def times_without(self, first: int, last: int) -> list[Mention]:
        """What is said about time when these words are none of it."""
        counted = (self.words[first].start, self.words[last - 1].end)
        return when.find(self.text, self.language, self.ctx, [*self.hidden, counted])

    def word_at(self, char: int) -> int:
        """Index of the word that holds or follows this character."""
        return bisect_right(self.words, char, key=_end)


def _end(word: Word) -> int:
    return word.end


def take_apart(
    text: str, *, language: str, now: datetime, tz: ZoneInfo, catalogue: CatalogueView, state: ReadingState
) -> Reading:
    """Read in the conversation's language unless the message plainly is in another, or says something in that alone."""
    tokens = tokenize(text[:_LONGEST])
    said = [token.text for token in tokens]
    read_in = spoken(said, language)
    local = now.astimezone(tz)
    mixed = mixed_into(language)
    reading = _read(text, tokens, read_in if read_in not in mixed else language, local, catalogue, state)
    other = hint(said) if reading.is_empty and not everyday(language) & set(said) else None
    if other in (None, reading.language, *mixed):
        return reading
    return _read(text, tokens, str(other), local, catalogue, state)


def _read(
    text: str,
    tokens: Sequence[Token],
    language: str,
    now: datetime,
    catalogue: CatalogueView,
    state: ReadingState,
) -> Reading:
    book = phrase_book(language)
    index = index_of(catalogue, everyday(language))
    words = book.words(text, index.tokens, tokens)
    names = index.find(words, state.asked)
    ctx = when.context(language, now, expects=_expects(state), dinner=_is_dinner(words, state, index), known=state.day)
    names = [n for n in names if not _is_time_word(words, n, language, ctx, state)]
    spans = [(n, words[n.first].start, words[n.last - 1].end) for n in names]
    hidden = [(a, b) for n, a, b in spans if n.field != "service" or (n.is_exact and not _names_a_day(text[a:b], ctx))]
    hits: dict[str, list[Hit]] = {}
    for hit in _undisputed(_turns_of_phrase(book, words, names)):
        hits.setdefault(hit.signal, []).append(hit)
    if not (state.flow or state.asked or state.offer) and "day_greeting" in hits:
        hits.setdefault("greet", []).extend(hits["day_greeting"])
    if "reschedule" in hits:
        ctx = replace(ctx, is_move=True)
    untimed = [h for signal in ("greet", "no_time") for h in hits.get(signal, ())]
    hidden += [(words[h.first].start, words[h.last - 1].end) for h in untimed]
    mentions = when.find(text, language, ctx, hidden)
    return Reading(text, words, hits, names, mentions, state, catalogue, ctx, language, tuple(hidden))


def _turns_of_phrase(book: PhraseBook, words: Sequence[Word], names: Sequence[Named]) -> list[Hit]:
    """Found with the names of places as they are and as marks, in the order of the words."""
    named = [n for n in names if n.field != "location"]
    found = book.hits(*_marked(words, named))
    if len(named) < len(names):
        found = [*{*found, *book.hits(*_marked(words, names))}]
    return sorted(found, key=lambda h: (h.first, h.last, h.signal))


def _marked(words: Sequence[Word], names: Sequence[Named]) -> tuple[list[str], list[int]]:
    """The words with their parts; names stand as <staff> and <service> for the turns of phrase that speak of them."""
    texts, parts = [w.text for w in words], [w.part for w in words]
    for name in names:
        if name.field in _MARKS and (name.is_exact or name.field == "staff"):
            length = name.last - name.first
            texts[name.first : name.last] = [_MARKS[name.field]] * length
            parts[name.first : name.last] = [words[name.last - 1].part] * length
    return texts, parts


# A turn of phrase is no hit of its own inside a longer one of these.
_DISPUTED = {
    "book": ("ask.other", "ask.policy", "ask.address", "greet", "handoff"),
    "availability": ("ask.hours", "greet"),
    "provider": ("greet", "abuse", "handoff"),
    "handoff": ("list",),
    "repeat": ("forget",),
    "switch.en": ("switch.fr",),
    "switch.fr": ("switch.en",),
    "yes": ("conditional", "no", "not", "done", "more", "forget", "handoff", "book", "thanks"),
    "no": ("yes", "done", "forget", "skip", "mild", "cancel", "chitchat"),
    "not": ("yes", "skip", "done", "forget", "mild", "busy_until"),
    "more": ("book", "repeat", "done", "opt_out", "skip", "pick", "forget", "mild"),
    "ask.hours": ("more", "availability", "busy_until"),
    "ask.rating": ("yes", "wishes", "forget", "thanks"),
    "ask.price": ("wishes", "ask.duration"),
    "ask.payment": ("ask.duration", "yes"),
    "ask.services": ("availability", "ask.phone", "ask.price", "ask.address", "ask.duration"),
    "skip": ("no",),
    "ask.staff": ("skip",),
    "ask.phone": ("chitchat", "pick"),
    "ask.other": ("wishes",),
    "ask.policy": ("availability",),
    "cancel": ("forget", "keep", "leave_list"),
    "forget": ("cancel", "yes"),
    "restart": ("opt_in",),
    "reschedule": ("fee",),
    "opt_out": ("leave_list",),
    "erase": ("leave_list",),
    "waitlist": ("leave_list", "pick"),
    "done": ("leave_list",),
}


def _undisputed(hits: list[Hit]) -> list[Hit]:
    """Without those that lie inside a longer one of a rival signal: "no problem" is no `no`."""
    rivals: dict[str, list[Hit]] = {}
    for hit in hits:
        rivals.setdefault(hit.signal, []).append(hit)
    return [h for h in hits if not any(_swallows(r, h) for s in _DISPUTED.get(h.signal, ()) for r in rivals.get(s, ()))]


def _swallows(big: Hit, small: Hit) -> bool:
    return big.first <= small.first and small.last <= big.last and big.last - big.first > small.last - small.first


def _expects(state: ReadingState) -> str | None:
    fields = {"date": "date", "date_range": "date", "time": "time", "time_range": "time"}
    asked = [fields[f] for f in state.asked if f in fields]
    return asked[0] if len(set(asked)) == 1 else None


def _is_dinner(words: list[Word], state: ReadingState, index: CatalogueIndex) -> bool:
    """An evening meal is meant: by its name, or where a table is booked and no other meal is named."""
    if state.filled.get("service") in _MEALS or any(w.text in _MEALS for w in words):
        return True
    if _MEALS.isdisjoint(index.service_words):
        return False
    return "service" not in state.filled and not any(w.text in _DAY_MEALS for w in words)


def _names_a_day(words: str, ctx: Context) -> bool:
    """ "Brunch dimanche" wants the brunch, and a Sunday."""
    if not _may_tell_a_time(words):
        return False
    return any(m.is_day for language in when.TABLES for m in when.find(words, language, ctx))


@lru_cache(maxsize=4096)
def _may_tell_a_time(words: str) -> bool:
    """Some word of theirs has to do with time in one of the languages."""
    lexicons = (when.lexicon(language) for language in when.TABLES)
    return any(item.kind != KINDS["other"] for lexicon in lexicons for item in lexicon.scan(words))


def _is_time_word(words: list[Word], name: Named, language: str, ctx: Context, state: ReadingState) -> bool:
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
    beyond = words[name.last + 1].text if name.last + 1 < len(words) else ""
    if (before in _WISHING and after == "to") or (after == "a" and beyond in _HAVING):
        return False
    if before in _NAME_BEFORE or after in _NAME_AFTER or (pair in _NAME_PAIR and not after[:1].isdigit()):
        return False
    return not _is_dated_elsewhere(words, name, language, ctx)


def _is_ruled_out(words: list[Word], index: int) -> bool:
    """ "Pas samedi, dimanche": the day that is not to be tells none."""
    before = [w.text for w in words[max(0, index - 2) : index] if w.part == words[index].part]
    return bool(before) and (before[-1] in _NOT or (before[-1] in _BEFORE_A_DAY and before[0] in _NOT))


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
