"""Built-in prompts: files with declared variables; what a file says is its version."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701


@dataclass(frozen=True, slots=True)
class Rendered:
    """`version` is the same for the same file, whatever it was filled with."""

    text: str
    version: str


def render(name: str, **values: object) -> Rendered:
    """The prompt `templates/<name>.md`, filled. Raises jinja2.UndefinedError when a variable is missing."""
    source = _source(name)
    version = f"{name}@{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    return Rendered(_ENVIRONMENT.from_string(source).render(**values).strip(), version)


@cache
def _source(name: str) -> str:
    return (files("prompts") / "templates" / f"{name}.md").read_text(encoding="utf-8")
