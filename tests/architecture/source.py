"""The product's own source, for the tests that read it."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = (
    *("core", "tenants", "verticals", "prompts", "llm", "payments", "booking", "analytics", "dialog", "bot"),
    *("webhooks", "workers", "admin", "standins", "cli"),
)


@cache
def product_files() -> tuple[Path, ...]:
    """Every Python file of the layers that exist, without tests, migrations and ops."""
    return tuple(path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py")))


@cache
def written_files() -> tuple[Path, ...]:
    """Every Python and JavaScript file that somebody reads: the product, its tests, migrations and ops."""
    folders = (ROOT / folder for folder in (*LAYERS, "tests", "migrations", "ops"))
    return tuple(path for folder in folders for path in sorted(folder.rglob("*.*")) if path.suffix in (".py", ".js"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


def strings_of(path: Path) -> Iterator[str]:
    """String constants but docstrings: SQL hides there."""
    tree = tree_of(path)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def dotted_names_of(path: Path) -> Iterator[str]:
    """`datetime.now` for each attribute that is read, and each imported name with its module."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls_of(path: Path) -> Iterator[str]:
    """`connection.commit` for each call of an attribute."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func)


def import_product() -> None:
    """So that every table has joined the metadata."""
    for path in product_files():
        if path.name != "__main__.py":
            importlib.import_module(name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
