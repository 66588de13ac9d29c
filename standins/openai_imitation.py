"""A small imitation of a model: reads the prompt of `booka` off the wire and answers as a fair one would, always alike.

It knows some words that people use and the rules do not. It is no measure of what a real model understands.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

Turn = Mapping[str, Any]
Command = dict[str, str | None]

# What a service is about → words that its name may have, words that customers may use.
_SENSES = (
    (
        "hair cut coupe corte cabello cabelo brushing barber",
        "mane mop bush fringe tidy tifs tignasse criniere frange ratiboiser rafraichir melena grena juba cabeleira",
    ),
    ("braid braids tresses nattes trenzas trancas", "cornrows plaits twists rajouts vanilles"),
    ("nail nails ongles manucure unas unhas manicure", "claws griffes talons garras"),
    ("beard barbe barba", "whiskers bouc moustache bigote bigode"),
    ("clean cleaning check checkup detartrage controle limpieza limpeza", "tooth teeth dents quenottes dientes dentes"),
    ("table dinner diner cena jantar", "supper bite bouffe grignoter"),
)
# Words of time that are not in the books, with what they mean in plain English.
_SLANG = {
    "2moro": "tomorrow", "2mrw": "tomorrow", "tmrw": "tomorrow", "morrow": "tomorrow", "tomoz": "tomorrow",
    "arvo": "afternoon", "aft": "afternoon", "aprem": "afternoon", "aprm": "afternoon", "mornin": "morning",
    "matos": "morning", "hebdo": "week", "elevenses": "11:00", "lunchish": "12:00", "teatime": "16:00",
}  # fmt: skip
_TIME = {
    word: plain
    for plain, words in (
        ("today", "today hoy hoje"),
        ("tomorrow", "tomorrow demain manana amanha"),
        ("morning", "morning matin"),
        ("afternoon", "afternoon tarde"),
        ("evening", "evening soir noche noite"),
        ("monday", "monday lundi lunes"),
        ("tuesday", "tuesday mardi martes"),
        ("wednesday", "wednesday mercredi miercoles"),
        ("thursday", "thursday jeudi jueves"),
        ("friday", "friday vendredi viernes"),
        ("saturday", "saturday samedi sabado"),
        ("sunday", "sunday dimanche domingo"),
    )
    for word in words.split()
}
_CLOCK = re.compile(r"\d{1,2}(?:[:h]\d{2}|h|am|pm)")
_LINKS = frozenset({"at", "a", "around", "vers", "in", "the", "on", "le", "la", "de", "of", "as", "das", "las", "next"})
_PLACES = (
    ("first earliest soonest premier premiere primero primeiro", 0),
    ("second deuxieme segundo", 1),
    ("third troisieme tercero terceiro", 2),
    ("last later latest dernier derniere ultimo", -1),
)
_TOPICS = {
    "price": "damage cost costs pricey cher coute cuesta custa fee",
    "address": "whereabouts situated find trouve donde onde",
    "parking": "park car voiture garer coche carro",
    "hours": "open ouvert abierto aberto closing",
}
# Phrases, in the order in which they are heard.
_WISHES: tuple[tuple[str, Command], ...] = (
    ("human|real person|somebody real|vrai humain|persona de verdad|gente de verdade", {"kind": "handoff"}),
    (
        "came up|wont work|push (it|my)|decaler|un empechement|aplazar|adiar",
        {"kind": "start_flow", "name": "reschedule"},
    ),
    ("call (it|that) off|scrap|laisse beton|on oublie tout|tirar la cita", {"kind": "start_flow", "name": "cancel"}),
    ("go for it|lets do it|sounds like a plan|ca roule|banco|venga|bora", {"kind": "affirm"}),
    ("nah|bof|not feeling it|que va", {"kind": "deny"}),
    ("you choose|surprise me|au pif|lo que sea|tanto faz", {"kind": "skip", "name": "staff"}),
    ("weather|football|joke|blague|meteo|chiste|piada", {"kind": "chitchat"}),
)


def imitate(messages: Sequence[Mapping[str, Any]]) -> list[Command]:
    """The commands that the wire prompt of these messages asks for."""
    turn = _json(next((m["content"] for m in reversed(messages) if m["role"] == "user"), ""))
    system = next((m["content"] for m in messages if m["role"] == "system"), "")
    business = _json(system.rpartition("\n")[2])
    words = _words(str(turn.get("message", "")))
    found = [_complete(command) for command in _read(words, turn, business)]
    return found or [_complete({"kind": "cannot_handle"})]


def _complete(command: Command) -> Command:
    return dict.fromkeys(("kind", "name", "value", "words", "handle")) | command


def _read(words: list[tuple[str, str]], turn: Turn, business: Turn) -> Iterator[Command]:
    plain = " ".join(word for word, _ in words)
    wish = next((made for phrase, made in _WISHES if re.search(rf"\b(?:{phrase})\b", plain)), None)
    chosen = _chosen(words, turn)
    if wish or chosen:
        yield wish or {"kind": "choose", **(chosen or {})}
    topic = next((name for name, said in _TOPICS.items() if _spoken(words, said)), None)
    if topic and not turn.get("doing"):
        yield {"kind": "ask_info", "name": topic}
        return
    fields = [field for find in _FINDERS for field in find(words, business)]
    if fields and not turn.get("doing") and not wish:
        yield {"kind": "start_flow", "name": "book"}
    if not chosen:
        yield from ({"kind": "set_field", **field} for field in fields)


def _chosen(words: list[tuple[str, str]], turn: Turn) -> Command | None:
    offer = turn.get("offer") or []
    for said, place in _PLACES:
        heard = _spoken(words, said)
        if heard and -len(offer) <= place < len(offer):
            return {"handle": offer[place]["handle"], "words": heard}
    return None


def _spoken(words: list[tuple[str, str]], known: str) -> str | None:
    return next((written for word, written in words if word in known.split()), None)


def _service(words: list[tuple[str, str]], business: Turn) -> Iterator[Command]:
    for named, spoken in _SENSES:
        heard = _spoken(words, f"{named} {spoken}")
        service = next((s for s in business.get("services", ()) if _is_named(s, named)), None)
        if heard and service:
            yield {"name": "service", "value": service, "words": heard}
            return


def _is_named(service: str, known: str) -> bool:
    """A haircut is about hair."""
    return any(word in _folded(service) for word in known.split())


def _staff(words: list[tuple[str, str]], business: Turn) -> Iterator[Command]:
    for person in business.get("staff", ()):
        heard = _spoken(words, " ".join(word for word, _ in _words(person)))
        if heard:
            yield {"name": "staff", "value": person, "words": heard}


def _when(words: list[tuple[str, str]], business: Turn) -> Iterator[Command]:
    """The longest run of words about time, said again in plain English."""
    known = {**_TIME, **_SLANG}
    timed = [n for n, (word, _) in enumerate(words) if word in known or _CLOCK.fullmatch(word)]
    if not timed:
        return
    last = timed[0]
    for n in timed[1:]:
        if all(word in _LINKS for word, _ in words[last + 1 : n]):
            last = n
    run = words[timed[0] : last + 1]
    value = " ".join(known.get(word, word.replace("h", ":00") if word.endswith("h") else word) for word, _ in run)
    yield {"name": "when", "value": value, "words": " ".join(written for _, written in run)}


_FINDERS: tuple[Callable[[list[tuple[str, str]], Turn], Iterator[Command]], ...] = (_service, _staff, _when)


def _words(text: str) -> list[tuple[str, str]]:
    """Each word without case and accents, and as it is written."""
    written = re.findall(r"[\w:'’<>]+", text)
    return [(_folded(word), word) for word in written]


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if char.isalnum() or char in ":<>_")


def _json(text: str) -> Turn:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}
