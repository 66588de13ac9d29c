"""{placeholders}: names of a fixed list are replaced, once and by plain text; nothing in a text is ever evaluated."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def names_in(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def has_other_braces(text: str) -> bool:
    """Braces that are no placeholder: attributes, indexes, tags of a template language."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Raises KeyError for a name that has no value. What a value says is not looked at again."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
