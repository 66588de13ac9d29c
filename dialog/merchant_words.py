"""What the people of the business write to get something done: "block Thursday for Anna", "unblock Thursday",
"cancel Ada 10:30", "no show Ada"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dialog.understanding import when
from dialog.understanding.state import Entry
from dialog.understanding.text import Token, fold, tokenize, wordset
from dialog.understanding.when_values import Context, Days

# Each verb tells the language of its message, whatever was spoken before.
_BLOCK = {"block": "en", "bloque": "fr", "bloquer": "fr", "bloquez": "fr"}
_UNBLOCK = {"unblock": "en", "reopen": "en", "debloque": "fr", "debloquer": "fr", "debloquez": "fr"} | dict.fromkeys(
    ("rouvre", "rouvrir", "rouvrez"), "fr"
)
_CANCEL = {"cancel": "en", "annule": "fr", "annuler": "fr", "annulez": "fr"}
_POLITE = wordset("please pls svp stp can you could peux tu pouvez vous merci de")
_WHOLE_DAY = ("all day", "whole day", "journee")
_BESIDE = _POLITE | wordset(
    "for pour from on at the le la les l du d of au aux a un une to and et with avec chez in off my mon ma mes"
    " mr mrs ms mme mlle m madame monsieur"
    " all whole day toute tout journee appointment booking reservation rendez rdv time calendar agenda thanks s"
)
# Words without signs → language and whether the customer came. The longest that fits counts.
_OUTCOMES: dict[tuple[str, ...], tuple[str, bool]] = {
    tuple(words.split()): (language, came)
    for language, came, phrases in (
        ("en", False, "no show|no shows|noshow|didn t come|did not come|didn t show|didn t show up|did not show up"),
        ("en", False, "never came|never showed up|hasn t come|has not come|didn t turn up|did not turn up"),
        ("fr", False, "absent|absente|n est pas venu|n est pas venue|est pas venu|est pas venue|pas venu|pas venue"),
        ("fr", False, "n est jamais venu|n est jamais venue|ne s est pas presente|ne s est pas presentee"),
        ("en", True, "came|came after all|did come|did come after all|has come|showed up|was there|turned up"),
        ("fr", True, "est venu|est venue|est bien venu|est bien venue|est finalement venu|est finalement venue"),
        ("fr", True, "est venu finalement|est venue finalement|present|presente|etait la|etait bien la"),
    )
    for words in phrases.split("|")
}
_BESIDE_OUTCOME = wordset("is was has had est etait but mais in fact finally finalement bien late en retard customer")
_YESTERDAY = wordset("yesterday hier")
_CALENDARS = wordset("calendar calendars agenda agendas calendrier calendriers")
_ADDRESSES = wordset("link links lien liens url urls address addresses adresse adresses feed feeds flux")
_RENEWING = wordset(
    "new renew replace revoke reset nouveau nouveaux nouvelle nouvelles renouveler renouvelle renouvelez"
    " remplacer remplace remplacez revoquer revoque revoquez"
)
_BESIDE_CALENDARS = _POLITE | wordset(
    "my our the me us i we need want get show give send have see a an to of for s all mon mes notre nos le la les l un"
    " d une de du des moi nous je veux voudrais voir avoir montre montrez donne donnez envoie envoyez tous toutes"
)
_PAYOUTS = wordset("payout payouts versement versements virement virements pago pagos abono abonos repasse repasses")
_BESIDE_PAYOUTS = _BESIDE_CALENDARS | wordset(
    "when is are next last due balance coming quand est sont prochain prochains dernier derniers solde quel quels ou en"
    " cuando es el los mis proximo ultimo saldo quando e o os meu meus proxima ultima"
)
# That money came which the customer brought or sent.
_PAID: dict[tuple[str, ...], str] = {
    tuple(words.split()): language
    for language, phrases in (
        ("en", "paid|has paid|have paid|payment received|received payment|received|money received|got the money from"),
        ("fr", "a paye|a bien paye|a regle|paye|paiement recu|recu le paiement|recu|bien recu|argent recu"),
    )
    for words in phrases.split("|")
}
_BESIDE_PAID = wordset(
    "me us m nous has have i we j ai deposit acompte money argent payment paiement customer client cash especes momo"
    " orange mobile f fcfa cfa xaf xof franc francs euro euros it c est is bien already deja now maintenant ok oui yes"
)
_NOT = wordset("not n ne pas jamais never nobody personne didn hasn wasn")


@dataclass(frozen=True, slots=True)
class Block:
    """Wall time without zone, None where it was not said or cannot be told. `staff` is a key, `unknown` the words
    that name nobody of the team. `opens`: what is blocked there is to be open again."""

    starts_at: datetime | None
    ends_at: datetime | None
    staff: str | None
    unknown: str = ""
    opens: bool = False
    kind: Literal["block"] = "block"


@dataclass(frozen=True, slots=True)
class CallOff:
    """Folded words of a customer's name; the day and the clock time (HH:MM) of the booking, as far as said."""

    name: tuple[str, ...]
    day: date | None
    clock: str | None
    kind: Literal["call_off"] = "call_off"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a customer came, with the words that tell which booking is meant, as in CallOff."""

    name: tuple[str, ...]
    day: date | None
    clock: str | None
    came: bool
    kind: Literal["outcome"] = "outcome"


@dataclass(frozen=True, slots=True)
class Paid:
    """What somebody was to pay by hand has come; folded words of the customer's name."""

    name: tuple[str, ...]
    kind: Literal["paid"] = "paid"


@dataclass(frozen=True, slots=True)
class Calendars:
    """The addresses of calendars to subscribe to; `renew`: others than so far."""

    renew: bool
    kind: Literal["calendars"] = "calendars"


@dataclass(frozen=True, slots=True)
class Payouts:
    """What the business is due, when it comes, what came last."""

    kind: Literal["payouts"] = "payouts"


Order = Block | CallOff | Outcome | Paid | Calendars | Payouts


def read(text: str, *, now: datetime, staff: Sequence[Entry]) -> Order | None:
    """None for whatever is no order; `now` is the wall time where the business is."""
    tokens = tokenize(text)
    said = {token.text for token in tokens if re.match(r"\w", token.text)}
    if calendars := _calendars(said):
        return calendars
    if said & _PAYOUTS and not said - _PAYOUTS - _BESIDE_PAYOUTS:
        return Payouts()
    verb = next((token for token in tokens if token.text not in _POLITE), None)
    language = (_BLOCK | _UNBLOCK | _CANCEL).get(verb.text) if verb else None
    if verb is None or language is None:
        return _outcome(text, tokens, now) or _paid(text, tokens, now)
    rest, ctx = text[verb.end :], when.context(language, now)
    if verb.text not in _CANCEL:
        return _block(rest, language, ctx, staff, opens=verb.text in _UNBLOCK)
    return _call_off(rest, language, ctx)


def _calendars(words: set[str]) -> Calendars | None:
    """None where anything else is said: a day, a name."""
    if not words & _CALENDARS or words - _CALENDARS - _ADDRESSES - _RENEWING - _BESIDE_CALENDARS:
        return None
    return Calendars(renew=bool(words & _RENEWING and words & _ADDRESSES))


def _block(rest: str, language: str, ctx: Context, staff: Sequence[Entry], *, opens: bool) -> Block:
    named, spans = _named(rest, staff)
    said = _without(rest, spans)
    words = _words(said, language, ctx)
    starts_at, ends_at = _span(said, language, ctx)
    return Block(starts_at, ends_at, named[0] if len(named) == 1 else None, " ".join(words or named[1:]), opens)


def _call_off(rest: str, language: str, ctx: Context) -> CallOff | None:
    name = tuple(_words(rest, language, ctx))
    day, clock = _moment(rest, language, ctx)
    return CallOff(name, day, clock) if name or clock else None


def _outcome(text: str, tokens: Sequence[Token], now: datetime) -> Outcome | None:
    """None for a question, and for words that deny that somebody came in a way that is not known here."""
    words = [token for token in tokens if token.text not in ("'", "-")]
    said = _longest(_OUTCOMES, words)
    if not said or words[-1].text == "?":
        return None
    language, came = _OUTCOMES[tuple(token.text for token in said)]
    rest, ctx = _without(text, [(said[0].start, said[-1].end)]), when.context(language, now)
    beside = _words(rest, language, ctx)
    if came and _NOT.intersection(beside):
        return None
    day, clock = _moment(rest, language, ctx)
    if _YESTERDAY.intersection(beside):
        day = ctx.today - timedelta(days=1)
    name = tuple(word for word in beside if word not in _BESIDE_OUTCOME | _YESTERDAY)
    return Outcome(name, day, clock, came)


def _paid(text: str, tokens: Sequence[Token], now: datetime) -> Paid | None:
    """None for a question, and where it is denied."""
    words = [token for token in tokens if token.text not in ("'", "-")]
    said = _longest(_PAID, words)
    if not said or words[-1].text == "?":
        return None
    language = _PAID[tuple(token.text for token in said)]
    rest = _without(text, [(said[0].start, said[-1].end)])
    beside = _words(rest, language, when.context(language, now))
    if _NOT.intersection(beside):
        return None
    return Paid(tuple(word for word in beside if word not in _BESIDE_PAID))


def _longest(phrases: Iterable[tuple[str, ...]], words: Sequence[Token]) -> Sequence[Token]:
    """Where the longest of the phrases stands, the first of several; nothing where none does."""
    found = max(
        (
            (len(phrase), -at)
            for phrase in phrases
            for at in range(len(words) - len(phrase) + 1)
            if tuple(token.text for token in words[at : at + len(phrase)]) == phrase
        ),
        default=None,
    )
    return words[-found[1] : -found[1] + found[0]] if found else ()


def _moment(text: str, language: str, ctx: Context) -> tuple[date | None, str | None]:
    """The day and the clock time (HH:MM) that are said, each if it is."""
    found = when.read(text, language, ctx)
    if found is None or found.start is None:
        return None, None
    day = date.fromisoformat(found.start[:10]) if found.kind in ("date", "datetime") else None
    return day, found.start[-5:] if found.kind in ("time", "datetime") else None


def _span(text: str, language: str, ctx: Context) -> tuple[datetime | None, datetime | None]:
    """From when to when; a day without a time is meant whole, a time without a day is today's."""
    if any(isinstance(m.value, Days) and m.value.impossible for m in when.find(text, language, ctx)):
        return None, None
    found = when.read(text, language, ctx)
    if found is None or found.start is None:
        return None, None
    if found.kind in ("date", "date_range") or (found.kind == "datetime_range" and _is_whole_day(text)):
        first = date.fromisoformat(found.start[:10])
        last = date.fromisoformat(found.end[:10]) if found.end else first
        return _midnight(first), _midnight(last + timedelta(days=1))
    if found.kind == "time_range" and found.end:
        first = ctx.today
        crosses = found.end <= found.start
        last = first + timedelta(days=int(crosses))
        return datetime.fromisoformat(f"{first}T{found.start}"), datetime.fromisoformat(f"{last}T{found.end}")
    if found.kind == "datetime_range":
        start = datetime.fromisoformat(found.start)
        return start, datetime.fromisoformat(found.end) if found.end else _midnight(start.date() + timedelta(days=1))
    return None, None


def _is_whole_day(text: str) -> bool:
    folded = fold(text)
    return any(words in folded for words in _WHOLE_DAY)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time; the place of the calendar gives its zone


def _named(text: str, staff: Sequence[Entry]) -> tuple[list[str], list[tuple[int, int]]]:
    """Keys of the team members whose names stand in the text, and where: they may look like days ("April")."""
    tokens = tokenize(text)
    keys: list[str] = []
    spans: list[tuple[int, int]] = []
    for entry in staff:
        for name in entry.names:
            words = [token.text for token in tokenize(name)]
            for at in range(len(tokens) - len(words) + 1):
                if words and [token.text for token in tokens[at : at + len(words)]] == words:
                    keys.append(entry.key)
                    spans.append((tokens[at].start, tokens[at + len(words) - 1].end))
    return list(dict.fromkeys(keys)), spans


def _words(text: str, language: str, ctx: Context) -> list[str]:
    """What is neither a time nor a word between."""
    spans = [(mention.start, mention.end) for mention in when.find(text, language, ctx)]
    tokens = tokenize(_without(text, spans))
    return [token.text for token in tokens if re.match(r"[^\W\d_]", token.text) and token.text not in _BESIDE]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
