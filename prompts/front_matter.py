"""Prompts and skills are texts: settings as TOML between two lines of plus signs, then words."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import InputError

LONGEST = 20_000
SHORT = 12
_SHAPE = re.compile(r"\+\+\+\n(?P<settings>.*?)^\+\+\+\n(?P<words>.*)", re.DOTALL | re.MULTILINE)
_BASE = re.compile(r'\A\+\+\+\nbase = "(?P<base>[0-9a-f]+)"\n')
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody hands in: the text as it is stored, and the version that it was made from."""

    source: str
    base: str | None


def hash_of(source: str) -> str:
    """What a text says is its version."""
    return hashlib.sha256(source.encode()).hexdigest()


def with_base(source: str, base: str) -> str:
    """The text as it is shown: handed back, it tells what it was made from."""
    return source.replace("+++\n", f'+++\nbase = "{base[:SHORT]}"\n', 1)


def sheet_of(text: str) -> Sheet:
    normal = "\n".join(line.rstrip() for line in text.lstrip("\ufeff").splitlines()).strip() + "\n"
    based = _BASE.match(normal)
    source = _BASE.sub("+++\n", normal, count=1)
    return Sheet(source, based["base"] if based else None)


def parse(source: str, model: type[_Model], **known: object) -> _Model:
    """The settings as `model`, the words under its field `words`. Raises InputError with every fault."""
    settings, words = _split(source)
    try:
        return model.model_validate({**settings, **known, "words": words})
    except ValidationError as error:
        raise InputError([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from error


def _split(source: str) -> tuple[Mapping[str, Any], str]:
    if len(source) > LONGEST:
        raise InputError([f"longer than {LONGEST} characters"])
    found = _SHAPE.fullmatch(source)
    if found is None:
        raise InputError(["the text has to begin with settings between two lines of +++"])
    try:
        return tomllib.loads(found["settings"]), found["words"].strip()
    except tomllib.TOMLDecodeError as error:
        raise InputError([f"settings: {error}"]) from error
