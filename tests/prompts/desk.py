"""An admin at the command line, and a model that does what it is told."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from cli.main import app
from core.errors import BookaError, InputError

_KNOWN = re.compile(r'"(?P<words>[^"]+)" is (?P<service>[^.]+)\.')


@dataclass(frozen=True)
class Said:
    """What a command printed, problems included."""

    code: int
    text: str


@dataclass(frozen=True)
class Desk:
    tenant: str
    folder: Path

    async def runs(self, *words: str) -> Said:
        """A command with its own runtime, as a process of its own would have."""
        result = await asyncio.to_thread(CliRunner().invoke, app, list(words))
        if isinstance(result.exception, BookaError):
            problems = result.exception.problems if isinstance(result.exception, InputError) else [result.exception]
            return Said(1, "\n".join([result.output, *map(str, problems)]))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.output)

    async def skill(self, verb: str, key: str, *more: str) -> Said:
        return await self.runs("skills", verb, self.tenant, key, *more)

    async def edits(self, key: str, text: str, *more: str) -> Said:
        path = self.folder / f"{key}.md"
        path.write_text(text, encoding="utf-8")
        return await self.skill("edit", key, str(path), *more)

    async def shown(self, key: str) -> str:
        return (await self.skill("show", key)).text

    async def adds_case(self, name: str, says: str, commands: Sequence[Mapping[str, Any]]) -> Said:
        path = self.folder / "cases.toml"
        listed = ", ".join(_inline(command) for command in commands)
        path.write_text(f'[[cases]]\nname = "{name}"\nsays = "{says}"\nlanguage = "en"\ncommands = [{listed}]\n')
        return await self.runs("cases", "add", self.tenant, str(path))


def _inline(command: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f'{key} = "{value}"' for key, value in command.items()) + " }"


def obedient(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A model that knows what the business says: "words" is Service."""
    business = orjson.loads(messages[0]["content"].rpartition("\n")[2])
    message = str(orjson.loads(messages[-1]["content"])["message"])
    for line in business.get("know", ()):
        known = _KNOWN.fullmatch(line)
        if known and known["words"] in message:
            said = {"words": known["words"], "handle": None}
            return [
                {"kind": "start_flow", "name": "book", "value": None, **said},
                {"kind": "set_field", "name": "service", "value": known["service"], **said},
            ]
    return [{"kind": "cannot_handle", "name": None, "value": None, "words": None, "handle": None}]
