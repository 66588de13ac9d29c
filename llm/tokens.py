"""How many tokens a prompt is before anybody has counted it: about, for the budget, and at most, for the quota."""

import orjson

from llm.call import Prompt

# What a server adds around our words: roles, the frame of a tool.
_FRAME = 100


def count_prompt(prompt: Prompt) -> int:
    """About: a third of the bytes, which is above what the usual tokenizers make of Latin and of Cyrillic letters."""
    return sum(_third(text) for text in (prompt.system, prompt.user, prompt.correction, _schema(prompt))) + _FRAME


def bound_prompt(prompt: Prompt) -> int:
    """At most. No tokenizer makes more than a token of a byte, and what customers write may be anything; of our own
    English and of the business's words only letters that are not Latin come near to that."""
    own = sum(_of_words(text) for text in (prompt.system, prompt.correction, _schema(prompt)))
    return len(prompt.user.encode()) + own + _FRAME


def _schema(prompt: Prompt) -> str:
    return orjson.dumps(prompt.schema).decode()


def _third(text: str) -> int:
    return -(-len(text.encode()) // 3)


def _of_words(text: str) -> int:
    plain = sum(char.isascii() for char in text)
    return -(-plain // 3) + len(text.encode()) - plain
