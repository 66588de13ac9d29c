"""What a command led to, under its key: asked again, the stored result is given again."""

import orjson

from booking.booking import Booking, get
from core.uow import UnitOfWork

_STORE = """
INSERT INTO command_results (tenant_id, key, result) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING RETURNING key
"""
_FIND = "SELECT (result ->> 'booking_id')::bigint FROM command_results WHERE tenant_id = $1 AND key = $2"


_IS_DONE = "SELECT EXISTS (SELECT 1 FROM command_results WHERE tenant_id = $1 AND key = $2)"


async def store_result(uow: UnitOfWork, key: str, booking_id: int | None) -> bool:
    """False when this key has a result already."""
    result = orjson.dumps({"booking_id": booking_id}).decode()
    return await uow.driver.fetchval(_STORE, uow.tenant_id, key, result) is not None


async def find_result(uow: UnitOfWork, key: str) -> Booking | None:
    """The booking that the command of this key led to, as it stands now."""
    booking_id = await uow.driver.fetchval(_FIND, uow.tenant_id, key)
    return None if booking_id is None else await get(uow, booking_id)


async def is_done(uow: UnitOfWork, key: str) -> bool:
    """Whether the command of this key was carried out, where it led to no booking."""
    return bool(await uow.driver.fetchval(_IS_DONE, uow.tenant_id, key))
