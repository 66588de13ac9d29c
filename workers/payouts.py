"""What follows a payment: released when its service is long over, paid out when the business's day has come."""

from core.runtime import Runtime
from core.uow import in_unit
from payments import paying_out, payouts, releases
from workers.sweeps import wake_rows

_RELEASES = "SELECT tenant_id, payment_id AS id FROM due_releases($1, $2, $3)"
_ACCOUNTS = "SELECT tenant_id, account_id AS id FROM due_payout_accounts($1, $2)"
_PAYOUTS = "SELECT tenant_id, payout_id AS id FROM due_payouts($1, $2)"
# Who was not content with the service says so within a day.
_RELEASE_AFTER_HOURS = 24
_LIMIT = 500


async def wake_releases(runtime: Runtime) -> None:
    await wake_rows(runtime, "release", _RELEASES, runtime.clock.now(), _RELEASE_AFTER_HOURS, _LIMIT)


async def wake_due(runtime: Runtime) -> None:
    now = runtime.clock.now()
    await wake_rows(runtime, "payout_account", _ACCOUNTS, now, _LIMIT)
    await wake_rows(runtime, "payout", _PAYOUTS, now, _LIMIT)


async def release(runtime: Runtime, tenant_id: int, payment_id: int) -> None:
    await in_unit(runtime, tenant_id, lambda uow: releases.release(uow, payment_id))


async def take_turn(runtime: Runtime, tenant_id: int, account_id: int) -> None:
    await in_unit(runtime, tenant_id, lambda uow: payouts.take_turn(uow, account_id))


async def send(runtime: Runtime, tenant_id: int, payout_id: int) -> None:
    await paying_out.send_payout(runtime, tenant_id, payout_id)
