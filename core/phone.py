"""Phone numbers in E.164. A phone is an optional attribute of a person, never an identity."""

import phonenumbers


def normalise_phone(text: str, country: str | None = None) -> str | None:
    """`+237670000001` from what a person or a vendor writes; None when it is no possible number."""
    digits = text.strip()
    if digits.isdigit() and country is None:
        digits = f"+{digits}"
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
