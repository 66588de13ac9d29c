"""Built-in prompts: files that say what they are for and what is filled in; what a file says is its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from prompts.front_matter import SHORT, hash_of, parse
from prompts.placeholders import fill

# What a text of a tenant may have filled in.
PLACEHOLDERS = ("business", "vertical", "languages", "currency", "timezone")


class Template(BaseModel):
    """`variables` are what the words need. Only an `editable` one may be put in a tenant's own words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    variables: tuple[str, ...] = ()
    editable: bool = False
    words: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Rendered:
    """`version` is the same for the same file, whatever it was filled with."""

    text: str
    version: str


def render(name: str, **values: object) -> Rendered:
    """The prompt `templates/<name>.md`, filled. Raises KeyError when a variable is missing."""
    template, version = _read(name)
    return Rendered(fill(template.words, {key: str(value) for key, value in values.items()}), version)


@cache
def _read(name: str) -> tuple[Template, str]:
    source = builtin_templates()[name]
    return parse(source, Template), f"{name}@{hash_of(source)[:SHORT]}"


@cache
def builtin_templates() -> Mapping[str, str]:
    """The texts of the prompts that come with the product, by name."""
    folder = files("prompts") / "templates"
    found = {entry.name.removesuffix(".md"): entry for entry in folder.iterdir() if entry.name.endswith(".md")}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}
