"""The commands about money: cases, refunds, and the provider's side of a day against ours."""

from typing import Annotated

import typer

from cli.tuning import OPERATOR, By, DataDir, Run
from core.runtime import Runtime

Tenant = Annotated[str | None, typer.Argument(help="The tenant's key (default: all of them).")]


def payments_app(run: Run) -> typer.Typer:
    """`run` opens a runtime, does the work and prints what it returns."""
    app = typer.Typer(
        no_args_is_help=True,
        help="Payments: cases for a person, refunds, payouts, reconciliation. docs/payments.md tells what to do.",
    )

    @app.command()
    def cases(
        tenant: Tenant = None,
        close: Annotated[int | None, typer.Option(help="Close this case: it has been seen to.")] = None,
        by: By = OPERATOR,
        data_dir: DataDir = None,
    ) -> None:
        """One open case a line, as JSON."""
        from cli import payments

        if close is not None and tenant is None:
            raise typer.BadParameter("a case is closed with its tenant named")
        if close is not None and tenant is not None:
            run(data_dir, lambda runtime: payments.end_case(runtime, tenant, close, by))
        else:
            run(data_dir, lambda runtime: payments.show_cases(runtime, tenant))

    @app.command()
    def refunds(tenant: Tenant = None, data_dir: DataDir = None) -> None:
        """One refund a line, as JSON: those that wait for a person or for the provider, and those that failed."""
        from cli import payments

        run(data_dir, lambda runtime: payments.show_refunds(runtime, tenant))

    @app.command()
    def payouts(
        tenant: Tenant = None,
        send: Annotated[
            bool, typer.Option("--send", help="Pay out now what is due, also while payouts pause: you have decided.")
        ] = False,
        data_dir: DataDir = None,
    ) -> None:
        """What each business is due, what holds it up, when it comes and what went out, one a line as JSON."""
        from cli import payouts

        if send and tenant is None:
            raise typer.BadParameter("a payout is made with its tenant named")
        if send and tenant is not None:
            run(data_dir, lambda runtime: payouts.pay_out_now(runtime, tenant))
        else:
            run(data_dir, lambda runtime: payouts.show_payouts(runtime, tenant))

    @app.command()
    def reconcile(
        tenant: Tenant = None,
        day: Annotated[str | None, typer.Option(help="UTC, such as 2026-03-02 (default: yesterday).")] = None,
        data_dir: DataDir = None,
    ) -> None:
        """Holds the provider's listing against ours; what differs is asked about again, then it is a case."""
        from cli import payments

        said: list[str] = []

        async def work(runtime: Runtime) -> str:
            said.append(await payments.reconcile_day(runtime, tenant, day))
            return said[0]

        run(data_dir, work)
        payments.refuse_incomplete(said[0])

    @app.command()
    def runs(tenant: Tenant = None, data_dir: DataDir = None) -> None:
        """The last runs of reconciliation, the newest first, one a line as JSON."""
        from cli import payments

        run(data_dir, lambda runtime: payments.show_runs(runtime, tenant))

    return app
