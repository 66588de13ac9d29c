"""The page a provider shows to pay on: one plain form, no script, in French or English."""

from html import escape

_WORDS = {
    "en": {
        "title": "Payment",
        "pay": "Pay {}",
        "decline": "Let the payment fail",
        "leave": "Go back without paying",
        "number": "Mobile money number",
        "card": "Card number",
        "declined": "The payment was declined. You may try again.",
        "paid": "This has been paid. Thank you.",
        "over": "This payment page is no longer open.",
        "standin": "A stand-in of {} on this machine: no real money moves.",
    },
    "fr": {
        "title": "Paiement",
        "pay": "Payer {}",
        "decline": "Faire échouer le paiement",
        "leave": "Revenir sans payer",
        "number": "Numéro Mobile Money",
        "card": "Numéro de carte",
        "declined": "Le paiement a été refusé. Vous pouvez réessayer.",
        "paid": "C’est payé. Merci.",
        "over": "Cette page de paiement n’est plus ouverte.",
        "standin": "Un simulacre de {} sur cette machine : aucun argent réel ne circule.",
    },
}
_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;background:#f3f4f6;color:#111;margin:0;padding:24px 16px}"
    "main{max-width:400px;margin:0 auto;background:#fff;border-radius:12px;padding:24px;box-shadow:0 1px 4px #0002}"
    "h1{font-size:19px;margin:0 0 4px}p{margin:8px 0}.amount{font-size:30px;font-weight:700}"
    "label{display:block;margin:16px 0 4px}input{font:inherit;width:100%;box-sizing:border-box;padding:10px;"
    "border:1px solid #999;border-radius:8px}button{font:inherit;width:100%;padding:12px;margin-top:12px;border-radius:"
    "8px;border:1px solid #1a5c42;background:#1a5c42;color:#fff}button.plain{background:#fff;color:#1a5c42}"
    ".bad{color:#a11}.note{color:#555;font-size:14px}"
)


def language_of(wanted: str, accepted: str) -> str:
    """What the merchant asked for, else what the browser prefers, else English."""
    for language in (wanted, *accepted.split(",")):
        if language.strip()[:2].lower() in _WORDS:
            return language.strip()[:2].lower()
    return "en"


def payment_page(vendor: str, description: str, amount: str, language: str, *, is_mobile: bool, declined: bool) -> str:
    words = _WORDS[language]
    field, sample = ("number", "+237 6 70 00 00 01") if is_mobile else ("card", "4242 4242 4242 4242")
    bad = f'<p class="bad">{escape(words["declined"])}</p>' if declined else ""
    return _document(
        vendor,
        language,
        f'<h1>{escape(description)}</h1><p class="amount">{escape(amount)}</p>{bad}<form method="post">'
        f'<label for="from">{escape(words[field])}</label><input id="from" value="{sample}" inputmode="tel" '
        f'autocomplete="off"><button name="do" value="pay">{escape(words["pay"].format(amount))}</button>'
        f'<button class="plain" name="do" value="decline">{escape(words["decline"])}</button>'
        f'<button class="plain" name="do" value="leave">{escape(words["leave"])}</button></form>',
    )


def closed_page(vendor: str, language: str, *, paid: bool) -> str:
    return _document(vendor, language, f"<p>{escape(_WORDS[language]['paid' if paid else 'over'])}</p>")


def _document(vendor: str, language: str, body: str) -> str:
    words = _WORDS[language]
    title = f"{words['title']} · {vendor}"
    note = escape(words["standin"].format(vendor))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>"
        f'<body><main><p class="note">{escape(vendor)}</p>{body}<p class="note">{note}</p></main></body></html>'
    )
