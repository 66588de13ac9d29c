"""A message that is one of the business's own examples means what the example says: no model is needed for it."""

from __future__ import annotations

from collections.abc import Sequence

from dialog import commands as c
from dialog.understanding.llm_commands import Heard, to_commands
from dialog.understanding.llm_wire import WireCommand
from dialog.understanding.text import fold, tokenize
from prompts.skill import Example


def meant(examples: Sequence[Example], heard: Heard) -> tuple[c.Command, ...]:
    """Read like a model's answer, so that an example can say nothing that a model may not."""
    said = _words(heard.message.text)
    example = next((example for example in examples if _words(example.says) == said), None)
    if example is None:
        return ()
    return to_commands([WireCommand(**command.model_dump()) for command in example.commands], heard).commands


def _words(text: str) -> list[str]:
    return [token.text for token in tokenize(fold(text)) if token.text.isalnum()]
