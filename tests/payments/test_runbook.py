"""docs/payments.md is what a person has at night: it says what to do about everything that may wait for one."""

import re
from pathlib import Path

import pytest
import typer

from cli.main import app
from payments.cases import CaseKind
from payments.payable import PAUSING

PAGE = (Path(__file__).parents[2] / "docs" / "payments.md").read_text(encoding="utf-8")
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| `")]
KINDS = {kind: cells for cells in ROWS for kind in re.findall(r"`(\w+)`", cells[0]) if len(cells) == 4}


def test_each_kind_of_case_is_told_with_what_to_do() -> None:
    assert set(KINDS) == set(CaseKind)
    assert all(cell.strip() for cells in KINDS.values() for cell in cells)


def test_it_says_of_the_kinds_that_pause_payouts_that_they_do() -> None:
    assert {kind for kind, cells in KINDS.items() if "payouts pause" in cells[1]} == set(PAUSING)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"booka payments ([a-z|]+)", PAGE))))
def test_its_commands_exist(name: str) -> None:
    payments = typer.main.get_command(app).get_command(None, "payments")  # type: ignore[attr-defined]
    assert set(name.split("|")) <= set(payments.commands)
