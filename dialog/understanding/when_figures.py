"""Figures that tell no time: prices, phone numbers, addresses of the net."""

from __future__ import annotations

import re

from dialog.understanding.text import fold

_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|sept?iembre|setiembre|octubre|noviembre|diciembre"
    "|janvier|fevrier"
    "|mars|avril|mai|juin|juillet|aout|septembre|novembre|decembre|janeiro|fevereiro|marco|maio|junho|julho|setembro"
    "|outubro|novembro|dezembro"
)
_NOT_TIME = re.compile(
    r"\S+@\S+|https?:\S+|www\.\S+"
    r"|[$€£₦]\s?\d[\d.,]*(?:\s?k\b)?"
    r"|\d[\d.,]*(?:\s\d{3})*\s?(?:[€$£₦%]|k\b|(?:fcfa|xaf|xof|cfa|frs?|francs?|euros?|eur|dollars?|usd)\b)"
    r"|\d[\d.,]*\s?(?:percent|per cent|pour cent|procent|pct)\b"
    r"|\d[\d.,]*(?:\s\d{3})*\s?(?:naira|ngn|balles|bucks|pounds|reais)\b"
    r"|(?<![\d/-])(?:\+|00)\d[\d\s().-]{6,}\d"
    r"|(?<![\d/-])(?!\d{4}-\d\d?-\d)(?!\d\d?[-/. ]\d\d?[-/. ]\d{2,4}(?!\d))\d(?:[\s().-]?\d){8,}"
    r"|(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)|(?<![\d/.-])0\d(?:[ .-]?\d\d){4}(?![\d/])|(?<!\d)\d{1,2}x\d{1,2}(?!\d)"
    r"|\b(?:calle|avenida|av|rue|avenue|boulevard|rua)\.? (?:del? |du )?\d{1,2}"
    rf" (?:de )?(?:{_MONTHS})\b(?: \d+)?|\b\d{{1,2}}(?:st|nd|rd|th) (?:one|street|avenue|ave|road|floor|place|time)\b"
    r"|(?<![\w])#\s?\d+|(?:n°|(?<!semana )numero|(?<!week )number|nr|no\.)\s?\d+\b"
)
_DATE = re.compile(r"(?<!\d)(?:20\d\d-\d\d?-\d\d?|\d\d?([-/.])\d\d?\1(?:20\d\d|\d\d(?![ ./-]?\d)))(?!\d)")


def figures_apart(text: str) -> list[tuple[int, int]]:
    """Where in the message they stand."""
    folded = fold(text)
    if len(folded) != len(text):
        folded = text.lower() if len(text.lower()) == len(text) else text
    if not any(c.isdigit() or c == "@" for c in folded):
        return []
    dates = [m.span() for m in _DATE.finditer(folded)]
    spots = [m.span() for m in _NOT_TIME.finditer(folded)]
    return [(a, b) for a, b in spots if not any(a < end and start < b for start, end in dates)]
