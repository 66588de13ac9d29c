"""Our own link to a payment, `/p/<token>`: it works until the hold ends, whatever the provider's own link does.

The token is found by its hash and read back only from its sealed form, for a message that has to be sent again.
"""

from datetime import datetime

from core.encryption import open_sealed, seal
from core.ids import hash_token, new_token
from core.runtime import Runtime
from core.uow import UnitOfWork, call_across_tenants
from payments.payment import Payment, PaymentStatus, move
from tenants.sealing import data_key

PATH = "/p/{token}"

_LIVE = """
SELECT token_hash, token_sealed FROM payment_links WHERE tenant_id = $1 AND payment_id = $2 AND ended_at IS NULL
"""
_ADD = """
INSERT INTO payment_links (tenant_id, payment_id, token_hash, token_sealed, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, payment_id) WHERE ended_at IS NULL DO NOTHING RETURNING id
"""
_END = "UPDATE payment_links SET ended_at = $3 WHERE tenant_id = $1 AND payment_id = $2 AND ended_at IS NULL"
_OPENED = """
UPDATE payment_links SET opened_at = $3
WHERE tenant_id = $1 AND token_hash = $2 AND ended_at IS NULL AND expires_at > $3 RETURNING id
"""


def link_url(base_url: str, token: str) -> str:
    return base_url.rstrip("/") + PATH.format(token=token)


async def issue(uow: UnitOfWork, payment: Payment, *, now: datetime) -> str:
    """The token of the payment's live link, the same one each time; in the transaction that makes the hold."""
    key = await data_key(uow)
    row = await uow.driver.fetchrow(_LIVE, uow.tenant_id, payment.id)
    if row is None:
        token = new_token()
        hashed = hash_token(token)
        sealed = seal(key, token, _place(uow, hashed))
        if await uow.driver.fetchval(_ADD, uow.tenant_id, payment.id, hashed, sealed, payment.expires_at, now):
            await move(uow, payment.id, PaymentStatus.LINK_SENT)
            return token
        row = await uow.driver.fetchrow(_LIVE, uow.tenant_id, payment.id)
    return open_sealed(key, row["token_sealed"], _place(uow, row["token_hash"]))


async def end(uow: UnitOfWork, payment_id: int, *, now: datetime) -> None:
    """After a cancellation, or when the hold has run out: nobody is led to the provider any more."""
    await uow.driver.execute(_END, uow.tenant_id, payment_id, now)


async def find(runtime: Runtime, token: str) -> tuple[int, int] | None:
    """(tenant, payment) that a token leads to, live or not; None for a token that never was one of ours."""
    rows = await call_across_tenants(
        runtime, "SELECT tenant_id, payment_id FROM find_payment_link($1)", hash_token(token)
    )
    return (rows[0]["tenant_id"], rows[0]["payment_id"]) if rows else None


async def open_link(uow: UnitOfWork, token: str, *, now: datetime) -> bool:
    """Whether the customer may go on to the provider with it."""
    return await uow.driver.fetchval(_OPENED, uow.tenant_id, hash_token(token), now) is not None


def _place(uow: UnitOfWork, token_hash: bytes) -> str:
    return f"payment_links|token_sealed|{uow.tenant_id}|{token_hash.hex()}"
