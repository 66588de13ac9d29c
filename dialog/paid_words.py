""" "I have paid", as customers say it. What they ask about their payment is a question and read as one."""

import re
from collections.abc import Sequence

from dialog.commands import AskInfo
from dialog.flow import Input
from dialog.taps import Tap
from dialog.understanding.text import fold

_SENT = r"(?:sent|transferred|deposited)\s.*(?:money|deposit|amount|payment|\d)"
_ENVOYE = r"(?:envoye|transfere|depose|vire)\s.*(?:argent|acompte|montant|somme|\d)"
_DONE = r"(?:fait|effectue|envoye|hech[oa]|realizad[oa]|enviad[oa]|feit[oa]|efetuad[oa]|made|done|sent|completed?|ok)"
_SAYS_PAID = re.compile(
    rf"""\b(?:
        j'?\s?ai\s(?:bien\s|deja\s|tout\s|enfin\s)*(?:paye|regle|verse|{_ENVOYE})
      | je\sviens\sde\s(?:payer|regler|(?:faire|envoyer|effectuer)\s.*(?:paiement|depot|transfert|virement|argent))
      | (?:c'?\s?est|acompte|tout\sest)\s(?:bien\s|deja\s)?(?:paye|regle)e?
      | (?:i|we)(?:\shave|\s?'ve|ve)?\s(?:already\s|just\s|now\s)*(?:paid|{_SENT})
      | (?:it's|it\sis|deposit\sis|all)\s(?:already\s)?paid
      | (?:ya|acabo\sde)\s(?:pague|pagar|pagado|transferi)
      | he\s(?:ya\s)?(?:pagado|transferido|hecho\sel\s(?:pago|deposito)) | ya\sesta\spagado
      | paguei | (?:ja|acabei\sde)\s(?:pagar|transferi|fiz\so\s(?:pagamento|deposito)) | ja\sesta\spago
      | (?:paiement|depot|transfert|virement|payment|transfer|deposit|pago|deposito|transferencia|pagamento)\s
        (?:est\s|is\s|was\s|ya\s)?{_DONE}
    )\b""",
    re.VERBOSE,
)
_DENIED = re.compile(r"\b(?:pas|not|n't|haven't|never|jamais|no\she|nao|todavia\sno|ainda\snao)\b")
# What such a message may be read as beside; anything else that it asks for comes first.
_BESIDE = frozenset({"cannot_handle", "greet", "thanks", "goodbye", "chitchat", "affirm"})


def says_paid(text: str) -> bool:
    """Not a question, and nothing denied."""
    folded = " ".join(fold(text).split())
    return bool(_SAYS_PAID.search(folded)) and "?" not in folded and not _DENIED.search(folded)


def as_said(inputs: Sequence[Input]) -> tuple[Input, ...]:
    """Taken for that alone where nothing else was wanted."""
    return (Tap("paid"),) if all(map(_is_beside, inputs)) else tuple(inputs)


def _is_beside(item: Input) -> bool:
    if isinstance(item, AskInfo):
        return item.topic == "payment"
    return getattr(item, "kind", "") in _BESIDE
