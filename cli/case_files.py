"""Files of test cases: what a message means, and what a whole dialog leaves behind."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from core.errors import InputError
from dialog.commands import Command
from prompts.cases import Case

_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
Name = Annotated[str, Field(min_length=1, max_length=120)]
OfBooking = Literal["held", "pending_approval", "confirmed", "cancelled", "completed", "expired", "no_show"]
OfPlaceInLine = Literal["waiting", "offered", "taken", "left"]


def read_cases(path: Path, *, language: str, now: datetime) -> list[Case]:
    """Raises InputError with every fault of the file. `language` and `now` are those of cases that name none."""
    file = _read(path)
    return [*(_case(entry, language, now) for entry in file.cases), *(_dialog(d, language) for d in file.dialogs)]


class _CaseInFile(BaseModel):
    """`said_at` None: now. `language` None: the tenant's first."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    says: Annotated[str, Field(min_length=1, max_length=1000)]
    language: str | None = None
    said_at: AwareDatetime | None = None
    state: dict[str, Any] = {}
    commands: list[dict[str, Any]]


class _StepInFile(BaseModel):
    """The fields of dialog/rehearsal.py:Step."""

    model_config = ConfigDict(extra="forbid")

    says: Annotated[str, Field(max_length=1000)] = ""
    taps: Annotated[list[str], Field(max_length=20)] = []
    agrees_to: Annotated[list[str], Field(max_length=10)] = []


class _RowInFile(BaseModel):
    """A booking, one row for each appointment of it, or a place in a waiting list (`starts`: its first day)."""

    model_config = ConfigDict(extra="forbid")

    status: OfBooking | OfPlaceInLine
    service: str | None = None
    variant: str | None = None
    staff: str | None = None
    party_size: int | None = None
    starts: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$")] | None = None


class _DialogInFile(BaseModel):
    """`said_at` has to be told: a day to come on which nobody else has booked."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    language: str | None = None
    said_at: AwareDatetime
    steps: Annotated[list[_StepInFile], Field(min_length=1, max_length=12)]
    ends: list[_RowInFile]

    @model_validator(mode="after")
    def _begins_with_words(self) -> Self:
        if not self.steps[0].says:
            raise ValueError("the first step has to say something")
        return self


class _CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cases: list[_CaseInFile] = []
    dialogs: list[_DialogInFile] = []


def _read(path: Path) -> _CaseFile:
    try:
        return _CaseFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise InputError([f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([f"{path}: {error}"]) from error


def _case(entry: _CaseInFile, language: str, now: datetime) -> Case:
    return Case(
        name=entry.name,
        says=entry.says,
        language=entry.language or language,
        said_at=entry.said_at or now,
        commands=[command_of(command, entry.name) for command in entry.commands],
        state=entry.state,
    )


def _dialog(entry: _DialogInFile, language: str) -> Case:
    return Case(
        name=entry.name,
        says=entry.steps[0].says,
        language=entry.language or language,
        said_at=entry.said_at,
        commands=[],
        script=[step.model_dump(exclude_defaults=True) for step in entry.steps],
        ends=[row.model_dump(exclude_none=True) for row in entry.ends],
    )


def command_of(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    try:
        return dict(_COMMAND.validate_python(data).model_dump(mode="json"))
    except ValidationError as error:
        raise InputError([f"{name}: {orjson.dumps(data).decode()} is no command"]) from error
