"""One message taken apart: its words, turns of phrase, names and times, before anything is decided."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dialog.understanding import when
from dialog.understanding.catalogue_match import CatalogueIndex, Named, index_of
from dialog.understanding.language import hint, spoken
from dialog.understanding.names_or_days import is_time_word, names_a_day
from dialog.understanding.phrase_tree import Hit
from dialog.understanding.phrases import PhraseBook, Word
from dialog.understanding.state import CatalogueView, ReadingState
from dialog.understanding.text import Token, tokenize, wordset
from dialog.understanding.vocabulary import everyday, mixed_into, phrase_book
from dialog.understanding.when import Mention
from dialog.understanding.when_values import Context

_OPENERS = wordset("and oh well then but so ah hmm um hum alors bon ben bah eh et mais donc euh e y pues entao")
_MEALS = wordset("dinner diner cena jantar")
_DAY_MEALS = wordset("lunch brunch breakfast dejeuner almuerzo desayuno almoco midi noon tea")
_PLAIN_NO = wordset("no non nan not never jamais")
_LONGEST = 1000
_EMPTY = ("no_time", "fee", "filler", "house", "asking", "meant", "past", "wrong", "correct", "remind")
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
    zone: str = ""

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
    def wishes(self) -> list[Hit]:
        """What asks to come, in whatever words."""
        return [h for signal in ("book", "order") for h in self.hits.get(signal, ())]

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
    ctx = when.context(
        language,
        now,
        expects=_expects(state),
        dinner=_is_dinner(words, state, index),
        known=state.day,
        locale=_locale(now),
    )
    names = [n for n in names if not is_time_word(words, n, language, ctx, state)]
    spans = [(n, words[n.first].start, words[n.last - 1].end) for n in names]
    hidden = [(a, b) for n, a, b in spans if n.field != "service" or (n.is_exact and not names_a_day(text[a:b], ctx))]
    hits: dict[str, list[Hit]] = {}
    for hit in _undisputed(_turns_of_phrase(book, words, names)):
        hits.setdefault(hit.signal, []).append(hit)
    _without_questions(hits, words, text)
    if not (state.flow or state.asked or state.offer) and "day_greeting" in hits:
        hits.setdefault("greet", []).extend(hits["day_greeting"])
    if "reschedule" in hits:
        ctx = replace(ctx, is_move=True)
    untimed = [h for signal in ("greet", "no_time") for h in hits.get(signal, ())]
    hidden += [(words[h.first].start, words[h.last - 1].end) for h in untimed]
    # "The Wednesday one", "the one in the afternoon": no one o'clock
    hidden += [(words[h.last - 1].start, words[h.last - 1].end) for h in hits.get("that_one", ())]
    mentions = when.find(text, language, ctx, hidden)
    return Reading(text, words, hits, names, mentions, state, catalogue, ctx, language, tuple(hidden), _zone(now))


def _without_questions(hits: dict[str, list[Hit]], words: Sequence[Word], text: str) -> None:
    """ "20h c'est pas possible ?" asks, and says no no."""
    if "?" not in text or "no" not in hits:
        return
    kept = [h for h in hits["no"] if words[h.first].sense in _PLAIN_NO or not _is_asked(words, h, text)]
    if kept:
        hits["no"] = kept
    else:
        del hits["no"]


def _is_asked(words: Sequence[Word], hit: Hit, text: str) -> bool:
    """A question mark follows right after it."""
    end = words[hit.last - 1].end
    return text[end : end + 2].strip().startswith("?")


def _locale(now: datetime) -> str:
    """5/12 is 5 December, but in America."""
    return "en-US" if _zone(now).startswith(("America/", "US/")) else "en-GB"


def _zone(now: datetime) -> str:
    """Its name, which tells the continent."""
    return str(getattr(now.tzinfo, "key", ""))


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
    "book": ("ask.phone", "ask.other", "ask.policy", "ask.address", "ask.hours", "greet", "handoff", "offtopic"),
    "availability": ("ask.hours", "ask.address", "greet"),
    "provider": ("greet", "abuse", "handoff"),
    "handoff": ("list", "remind"),
    "repeat": ("forget", "list", "remind"),
    "switch.en": ("switch.fr",),
    "switch.fr": ("switch.en",),
    "yes": ("conditional", "no", "not", "done", "more", "forget", "handoff", "book", "thanks"),
    "no": ("yes", "done", "forget", "skip", "mild", "cancel", "chitchat", "pick", "ask.payment"),
    "not": ("yes", "skip", "done", "forget", "mild", "busy_until"),
    "more": ("ask.other", "ask.address", "book", "repeat", "done", "opt_out", "skip", "pick", "forget", "mild"),
    "ask.hours": ("reschedule", "more", "availability", "busy_until", "wishes"),
    "ask.rating": ("yes", "wishes", "forget", "thanks"),
    "ask.price": ("wishes", "ask.duration", "thanks", "greet"),
    "ask.payment": ("ask.duration", "yes"),
    "ask.services": ("search", "availability", "ask.phone", "ask.price", "ask.address", "ask.duration"),
    "skip": ("no", "no_time"),
    "ask.staff": ("skip", "chitchat"),
    "ask.phone": ("chitchat", "pick"),
    "ask.other": ("wishes",),
    "ask.policy": ("availability",),
    "cancel": ("forget", "keep", "leave_list", "reschedule"),
    "forget": ("cancel", "yes"),
    "restart": ("opt_in",),
    "reschedule": ("fee",),
    "opt_out": ("leave_list",),
    "erase": ("leave_list",),
    "waitlist": ("leave_list", "pick", "no_time"),
    "done": ("leave_list",),
    "order": ("ask.phone",),
    "list": ("yes",),
    "search": ("ask.other",),
    "meant": ("done",),
    "wrong": ("done",),
    "pick": ("past", "skip"),
    "ask.duration": ("ask.policy",),
    "ask.address": ("skip",),
    "past": ("as_before",),
    "greet": ("ask.address",),
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
