"""The command `booka`."""

import asyncio
import contextlib
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
import uvloop

from cli import doctor as doctor_checks
from cli import money, tuning
from cli.demo_urls import beside_demo
from core.database import ensure_roles, migrate
from core.encryption import new_master_key
from core.errors import BookaError, InputError
from core.runtime import Runtime, open_runtime
from core.settings import Settings, load_settings
from core.telemetry import configure_logging
from prompts.versions import Kind

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
tenant_app = typer.Typer(no_args_is_help=True, help="Tenants from files.")
app.add_typer(tenant_app, name="tenant")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the embedded servers (default .booka).")]


def main() -> None:
    """Exit codes: 0 done, 1 refused or failed (one clear line on standard error), 2 wrong usage."""
    try:
        app()
    except InputError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(1)
    except (BookaError, OSError) as error:
        print(f"booka: {error}", file=sys.stderr)
        sys.exit(1)


def _settings(data_dir: Path | None = None, **overrides: Any) -> Settings:
    if data_dir is not None:
        overrides["data_dir"] = data_dir
    settings = load_settings(**overrides)
    configure_logging(settings.log_level)
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(work)


async def _until_signal(work: Callable[[], Awaitable[None]]) -> None:
    """Runs until SIGINT or SIGTERM, then cancels and waits for what was begun."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    task = asyncio.ensure_future(work())
    waiter = asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    if not task.done():
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port of the web server (default 8080).")] = None,
    data_dir: DataDir = None,
) -> None:
    """Everything on this machine, with nothing to sign up for; prints the address."""
    from cli.demo import run_demo

    settings = _settings(data_dir)
    if port is not None:
        settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
    _run(_until_signal(lambda: run_demo(settings)))


@app.command()
def serve() -> None:
    """The web process: takes webhooks."""
    from cli.serve import serve_web

    settings = _settings()
    _run(_until_signal(lambda: serve_web(settings)))


@app.command()
def work() -> None:
    """The worker process: answers, sends, reminds."""
    from workers.main import run

    settings = _settings()

    async def run_worker() -> None:
        async with open_runtime(settings) as runtime:
            await run(runtime)

    _run(_until_signal(run_worker))


@app.command("migrate")
def migrate_command() -> None:
    """Brings the database to the newest schema, as the owner role."""
    settings = _settings()

    async def run() -> None:
        url = settings.database.owner_url or settings.database.url
        if not url:
            async with open_runtime(settings):
                return
        await ensure_roles(url, login=False, member=urlsplit(settings.database.url).username)
        await migrate(url)

    _run(run())


@tenant_app.command("apply")
def tenant_apply(file: Path, data_dir: DataDir = None) -> None:
    """Creates or updates a tenant; a bad file is refused whole, with every problem named."""
    from cli.tenant import apply_file

    _with_runtime(data_dir, lambda runtime: apply_file(runtime, file))


@tenant_app.command("show")
def tenant_show(key: str, data_dir: DataDir = None) -> None:
    """Prints a tenant as it is stored; secrets are masked."""
    from cli.tenant import show

    _with_runtime(data_dir, lambda runtime: show(runtime, key))


def _with_runtime(data_dir: Path | None, work: Callable[[Runtime], Awaitable[str]]) -> None:
    settings = beside_demo(_settings(data_dir))

    async def run() -> None:
        async with open_runtime(settings) as runtime:
            if said := await work(runtime):
                print(said)

    _run(run())


def _with_known(data_dir: Path | None, work: Callable[[Runtime], Awaitable[str]]) -> None:
    """Nothing new is begun in a folder that was misspelt: there, all would be well."""
    settings = _settings(data_dir)
    if not settings.database.url and not (settings.data_dir / "postgres").exists():
        raise InputError([f"no Booka has run in {settings.data_dir}: name its folder by --data-dir or BOOKA_DATA_DIR"])
    _with_runtime(data_dir, work)


for kind in Kind:
    app.add_typer(tuning.texts_app(kind, _with_runtime), name=f"{kind}s")
app.add_typer(tuning.cases_app(_with_runtime), name="cases")
app.add_typer(money.payments_app(_with_known), name="payments")


@app.command("eval")
def evaluate(
    tenant: tuning.Tenant, times: tuning.Times = 1, by: tuning.By = tuning.OPERATOR, data_dir: DataDir = None
) -> None:
    """Runs a tenant's test cases with its drafts, with what is live, and by the rules alone, side by side."""
    from cli.cases import evaluate_tenant

    _with_runtime(data_dir, lambda runtime: evaluate_tenant(runtime, tenant, times=times, author=by))


@app.command()
def usage(
    tenant: str,
    month: Annotated[str | None, typer.Option(help="Such as 2026-03 (default: the present one).")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Count anew from the calls first.")] = False,
    data_dir: DataDir = None,
) -> None:
    """What the model did and cost for a tenant, and how many turns needed it."""
    from cli.usage import show_usage

    _with_runtime(data_dir, lambda runtime: show_usage(runtime, tenant, month=month, rebuild=rebuild))


@app.command()
def chat(
    tenant: str,
    language: Annotated[str | None, typer.Option(help="Language to begin in.")] = None,
    as_merchant: Annotated[str | None, typer.Option(help="Write as this merchant.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Talk to a tenant's bot in the terminal."""
    from cli.chat import run_chat

    settings = beside_demo(_settings(data_dir))
    _run(run_chat(settings, tenant, language=language, as_merchant=as_merchant))


@app.command("database-url")
def database_url(data_dir: DataDir = None) -> None:
    """The URL of a role that may read all rows, on the last line."""
    _print_urls(data_dir, lambda runtime: runtime.reading_url)


@app.command("redis-url")
def redis_url(data_dir: DataDir = None) -> None:
    _print_urls(data_dir, lambda runtime: runtime.redis_url)


def _print_urls(data_dir: Path | None, url: Callable[[Runtime], str]) -> None:
    async def work(runtime: Runtime) -> str:
        return url(runtime)

    _with_runtime(data_dir, work)


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Checks settings, database, schema, row-level security, bookings, Redis, reachability, and the books."""
    settings = beside_demo(_settings(data_dir))
    healthy = uvloop.run(doctor_checks.run_checks(settings))
    if not healthy:
        sys.exit(1)


@app.command("make-key")
def make_key() -> None:
    """Prints a new key for BOOKA_MASTER_KEY; put it before the older ones."""
    print(new_master_key(f"k{secrets.token_hex(4)}"))


@app.command("rotate-keys")
def rotate_keys(data_dir: DataDir = None) -> None:
    """Wraps every tenant's data key with the newest key of BOOKA_MASTER_KEY; older ones may go afterwards."""
    from tenants.sealing import rewrap_data_keys

    async def work(runtime: Runtime) -> str:
        return f"{await rewrap_data_keys(runtime)} keys wrapped anew"

    _with_runtime(data_dir, work)


@app.command("parse-when")
def parse_when() -> None:
    """Reads dates and times: one JSON object a line in, one out."""
    from cli.understanding import parse_when_lines

    parse_when_lines(sys.stdin, sys.stdout)


@app.command()
def understand() -> None:
    """Reads customers' messages: one JSON object a line in, one out."""
    from cli.understanding import understand_lines

    understand_lines(sys.stdin, sys.stdout)


@app.command()
def slots() -> None:
    """Finds bookable slots: one JSON object a line in, one out."""
    from cli.slots import slots_lines

    slots_lines(sys.stdin, sys.stdout)
