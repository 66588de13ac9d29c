"""Rules of the house that a reader of the source can check."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.source import (
    LAYERS,
    ROOT,
    calls_of,
    dotted_names_of,
    name_of,
    product_files,
    strings_of,
    written_files,
)

_CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
_SQL_CLOCK = re.compile(r"\b(now\(\)|current_timestamp|current_date|localtimestamp|statement_timestamp)", re.IGNORECASE)
_LEASE_CLOCK = re.compile(r"\bclock_timestamp\b", re.IGNORECASE)
# Claims, retries, ages and stamps of inbox and outbox rows, which the database stamped, and the lane of a conversation.
_LEASES = ("core/", "bot/delivery.py", "bot/outgoing.py", "bot/receipts.py", "dialog/conversation.py")
_SQL_FUNCTIONS = re.compile(r"(^|\.)func\.(now|current_timestamp|current_date|localtimestamp|statement_timestamp)$")
# A module named commit may have functions.
_TRANSACTION = re.compile(r"(?<!^commit)\.(commit|begin|begin_nested|transaction)$")
_GENERIC = {"util", "utils", "helper", "helpers", "common", "base", "misc", "service", "manager", "lib", "stuff"}
_LINES_AT_MOST = 300
# The first schema is one migration; two tests are still to be divided.
_LONGER = (
    "migrations/versions/0001_first_booking.py",
    "tests/dialog/test_when_families.py",
    "tests/payments/test_payouts.py",
)


def offenders(found: Iterable[tuple[Path, str]], *, but: Iterable[str] = ()) -> list[str]:
    """`file: what` outside the files (or folders, ending in /) that may."""
    allowed = tuple(but)
    return sorted({f"{name_of(path)}: {what}" for path, what in found if not name_of(path).startswith(allowed)})


def names_matching(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    return [(path, name) for path in product_files() for name in dotted_names_of(path) if pattern.search(name)]


def strings_matching(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    return [
        (path, hit.group()) for path in product_files() for text in strings_of(path) if (hit := pattern.search(text))
    ]


def test_only_the_unit_of_work_commits() -> None:
    calls = [(path, name) for path in product_files() for name in calls_of(path) if _TRANSACTION.search(name)]
    assert offenders(calls, but=["core/uow.py"]) == []
    assert offenders(strings_matching(re.compile(r"\b(COMMIT|START TRANSACTION)\b")), but=["core/uow.py"]) == []


def test_only_one_file_touches_the_occupancy_table() -> None:
    assert offenders(strings_matching(re.compile(r"\boccupancy\b")), but=["booking/occupancy.py"]) == []
    table = re.compile(r"(^|\.)occupancy\.occupancy$")
    assert offenders(names_matching(table), but=["booking/occupancy.py"]) == []


def test_time_comes_from_the_clock() -> None:
    assert offenders(names_matching(_CLOCK), but=["core/"]) == []
    assert offenders(names_matching(_SQL_FUNCTIONS)) == []
    assert offenders(strings_matching(_SQL_CLOCK)) == []


def test_the_databases_clock_is_for_technical_leases_only() -> None:
    leases = re.compile(r"(^|\.)func\.clock_timestamp$")
    assert offenders((*strings_matching(_LEASE_CLOCK), *names_matching(leases)), but=_LEASES) == []


def test_the_environment_is_read_in_the_settings_only() -> None:
    environment = re.compile(r"^(os\.(environ|environb|getenv|putenv)|dotenv\..*)")
    assert offenders(names_matching(environment), but=["core/settings.py"]) == []


def test_no_file_tells_two_stories() -> None:
    long = [(path, f"{count} lines") for path in written_files() if (count := _lines(path)) > _LINES_AT_MOST]
    assert offenders(long, but=_LONGER) == []


def test_files_and_folders_are_named_by_what_they_are_about() -> None:
    generic = [(path, path.stem) for path in product_files() if _GENERIC & set("_".join(_parts(path)).split("_"))]
    assert offenders(generic, but=["dialog/manager.py"]) == []


def test_no_folder_shadows_the_standard_library() -> None:
    assert [layer for layer in LAYERS if layer in sys.stdlib_module_names] == []


def test_every_folder_with_code_stands_in_the_layers() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "migrations", "ops"}
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in config["contracts"] if contract["type"] == "layers")
    listed = {name.strip() for layer in layers for name in layer.split("|")}
    assert folders <= set(LAYERS)
    assert set(config["root_packages"]) == folders == listed


def test_the_layers_are_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_locked_requirements_are_hashed_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert re.search(r"://|^--|^-i |(^|\s)/[a-z]", text, re.MULTILINE) is None
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==\S+ .*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    entries = re.findall(r"^[a-zA-Z0-9][^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}[^\n]*\n)+", text, re.MULTILINE)
    assert len(pinned) == len(entries) > 20


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _parts(path: Path) -> list[str]:
    return list(Path(name_of(path)).with_suffix("").parts)
