"""The commands with which admins tune how messages are read: prompts, skills, test cases, evaluation."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from core.runtime import Runtime
from prompts.versions import Kind

Tenant = Annotated[str, typer.Argument(help="The tenant's key.")]
Key = Annotated[str, typer.Argument(help="The name of the prompt or skill.")]
File = Annotated[Path, typer.Argument(help="The text, as `show` prints it.")]
By = Annotated[str, typer.Option(help="Who does it; kept with the change.")]
Why = Annotated[str, typer.Option(help="Why; kept with the change.")]
Times = Annotated[int, typer.Option(help="How often each case is run; it passes when it passes each time.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder of the embedded servers (default .booka).")]

Run = Callable[[Path | None, Callable[[Runtime], Awaitable[str]]], None]
OPERATOR = "operator"


def texts_app(kind: Kind, run: Run) -> typer.Typer:
    """`run` opens a runtime, does the work and prints what it returns."""
    app = typer.Typer(no_args_is_help=True, help=f"A tenant's {kind}s: draft, tested, published, rolled back.")

    @app.command("list")
    def list_all(tenant: Tenant, data_dir: DataDir = None) -> None:
        """What is live, and the drafts."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.list_texts(runtime, tenant, kind))

    @app.command()
    def show(
        tenant: Tenant,
        key: Key,
        live: Annotated[bool, typer.Option("--live", help="What is live, not the draft.")] = False,
        data_dir: DataDir = None,
    ) -> None:
        """The draft, else what is live, as it is edited."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.show_text(runtime, tenant, kind, key, live=live))

    @app.command()
    def diff(tenant: Tenant, key: Key, data_dir: DataDir = None) -> None:
        """The draft against what is live; without one what is live against what comes with the product."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.compare(runtime, tenant, kind, key))

    @app.command()
    def edit(tenant: Tenant, key: Key, file: File, by: By = OPERATOR, data_dir: DataDir = None) -> None:
        """Makes the file the draft; refused with every fault, or when somebody else has changed it meanwhile."""
        from cli import prompts

        source = prompts.read_source(file)
        run(data_dir, lambda runtime: prompts.edit_text(runtime, tenant, kind, key, source, author=by))

    @app.command()
    def test(tenant: Tenant, key: Key, times: Times = 1, by: By = OPERATOR, data_dir: DataDir = None) -> None:
        """Runs the tenant's test cases on the draft, with all else as it is live."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.test_text(runtime, tenant, kind, key, times=times, author=by))

    @app.command()
    def publish(tenant: Tenant, key: Key, by: By = OPERATOR, why: Why = "", data_dir: DataDir = None) -> None:
        """Makes the draft live; it has to have passed as it stands."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.publish_text(runtime, tenant, kind, key, author=by, reason=why))

    @app.command()
    def rollback(
        tenant: Tenant,
        key: Key,
        why: Annotated[str, typer.Option(help="Why; kept with the change.")],
        by: By = OPERATOR,
        data_dir: DataDir = None,
    ) -> None:
        """Back to what was live before."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.roll_back_text(runtime, tenant, kind, key, author=by, reason=why))

    @app.command()
    def discard(tenant: Tenant, key: Key, by: By = OPERATOR, data_dir: DataDir = None) -> None:
        """Puts the draft away."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.discard_draft(runtime, tenant, kind, key, author=by))

    @app.command()
    def history(tenant: Tenant, key: Key, data_dir: DataDir = None) -> None:
        """Who changed it, when and why."""
        from cli import prompts

        run(data_dir, lambda runtime: prompts.tell_history(runtime, tenant, kind, key))

    return app


def cases_app(run: Run) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help="A tenant's test cases: words and the commands that they mean.")

    @app.command("list")
    def list_all(tenant: Tenant, data_dir: DataDir = None) -> None:
        from cli import cases

        run(data_dir, lambda runtime: cases.list_cases(runtime, tenant))

    @app.command()
    def add(tenant: Tenant, file: Path, by: By = OPERATOR, data_dir: DataDir = None) -> None:
        """Adds the [[cases]] of a TOML file; one of a known name takes its place."""
        from cli import cases

        run(data_dir, lambda runtime: cases.add_cases(runtime, tenant, file, author=by))

    @app.command()
    def save(
        tenant: Tenant,
        turn: Annotated[int, typer.Argument(help="The id of a stored turn.")],
        name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
        expect: Annotated[str | None, typer.Option(help="The right commands, as a JSON list.")] = None,
        by: By = OPERATOR,
        data_dir: DataDir = None,
    ) -> None:
        """Makes a turn that was taken a test case, without phone numbers and addresses."""
        from cli import cases

        run(
            data_dir,
            lambda runtime: cases.save_case(runtime, tenant, turn, name=name, expected=expect, author=by),
        )

    @app.command()
    def remove(tenant: Tenant, name: str, data_dir: DataDir = None) -> None:
        from cli import cases

        run(data_dir, lambda runtime: cases.drop_case(runtime, tenant, name))

    return app
