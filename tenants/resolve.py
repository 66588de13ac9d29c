"""Who writes: a customer or a merchant of the tenant, told by the address alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, Text, any_, bindparam, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.uow import UnitOfWork
from tenants.models import channel_identities, customers, merchants


class Role(StrEnum):
    CUSTOMER = "customer"
    MERCHANT = "merchant"


@dataclass(frozen=True)
class Merchant:
    """`role` is owner, manager or staff; `staff_id` names the calendar that is theirs."""

    id: int
    name: str
    role: str
    phone: str | None
    telegram_user_id: int | None
    language: str | None
    staff_id: int | None


@dataclass(frozen=True)
class Who:
    """`customer_id` is set for every customer, `merchant` for every merchant."""

    tenant_id: int
    account_id: int
    channel: str
    external_id: str
    identity_id: int
    role: Role
    customer_id: int | None
    merchant: Merchant | None
    display_name: str | None
    phone: str | None


_MERCHANT_COLUMNS = (
    merchants.c.id.label("merchant_id"),
    merchants.c.name,
    merchants.c.role,
    merchants.c.phone.label("merchant_phone"),
    merchants.c.telegram_user_id,
    merchants.c.language,
    merchants.c.staff_id,
)
_WRITER = (
    select(
        channel_identities.c.id.label("identity_id"),
        channel_identities.c.customer_id,
        channel_identities.c.merchant_id.label("known_merchant_id"),
        channel_identities.c.display_name,
        channel_identities.c.phone,
        *_MERCHANT_COLUMNS,
    )
    .select_from(
        select(literal_column("1"))
        .subquery("one")
        .outerjoin(
            channel_identities,
            (channel_identities.c.account_id == bindparam("account_id"))
            & (channel_identities.c.external_id == bindparam("external_id")),
        )
        .outerjoin(
            merchants,
            merchants.c.active
            & or_(
                merchants.c.telegram_user_id == bindparam("telegram_user_id", type_=BigInteger),
                merchants.c.phone == any_(bindparam("phones", type_=ARRAY(Text))),
            ),
        )
    )
    .order_by(merchants.c.id)
    .limit(1)
)
_ADD_IDENTITY = insert(channel_identities).on_conflict_do_nothing().returning(channel_identities.c.id)
_ADD_CUSTOMER = insert(customers).returning(customers.c.id)
_CHANGE_IDENTITY = update(channel_identities).where(channel_identities.c.id == bindparam("identity"))
_CONCERNED = """
SELECT id AS merchant_id, name, role, phone AS merchant_phone, telegram_user_id, language, staff_id FROM merchants
WHERE tenant_id = $1 AND active AND (role IN ('owner', 'manager') OR staff_id = $2) ORDER BY id
"""


async def who_is(
    uow: UnitOfWork,
    account_id: int,
    channel: str,
    external_id: str,
    *,
    display_name: str | None = None,
    phone: str | None = None,
) -> Who:
    """One round trip for a known writer; the first contact makes the identity and, for customers, the customer.

    Telegram knows merchants by user id, the others by phone: the address itself or `phone` where it is opaque.
    """
    phone = phone or (f"+{external_id}" if channel != "telegram" and external_id.isdigit() else None)
    address = _address(account_id, channel, external_id, phone)
    row = await uow.first(_WRITER, address)
    if row is None or row.identity_id is None:
        values = {"tenant_id": uow.tenant_id, "account_id": account_id, "external_id": external_id}
        await uow.execute(_ADD_IDENTITY, values)
        row = await uow.first(_WRITER, address)
    assert row is not None
    merchant = _merchant(row._mapping) if row.merchant_id is not None else None
    who = Who(
        tenant_id=uow.tenant_id,
        account_id=account_id,
        channel=channel,
        external_id=external_id,
        identity_id=row.identity_id,
        role=Role.MERCHANT if merchant else Role.CUSTOMER,
        customer_id=row.customer_id,
        merchant=merchant,
        display_name=display_name or row.display_name,
        phone=phone or row.phone,
    )
    return await _remember(uow, row, who)


async def merchants_concerned(uow: UnitOfWork, staff_id: int | None) -> list[Merchant]:
    """Owners, managers and the person whose calendar it is, each once."""
    return [_merchant(row) for row in await uow.driver.fetch(_CONCERNED, uow.tenant_id, staff_id)]


async def _remember(uow: UnitOfWork, row: Row[Any], who: Who) -> Who:
    """Writes what this message taught us; nothing in the ordinary case."""
    if who.merchant is None and who.customer_id is None:
        values = {"tenant_id": uow.tenant_id, "name": who.display_name, "phone": who.phone}
        who = replace(who, customer_id=await uow.scalar(_ADD_CUSTOMER, values))
    merchant_id = who.merchant.id if who.merchant else None
    known = (row.customer_id, row.known_merchant_id, row.display_name, row.phone)
    if known != (who.customer_id, merchant_id, who.display_name, who.phone):
        change = _CHANGE_IDENTITY.values(
            customer_id=who.customer_id, merchant_id=merchant_id, display_name=who.display_name, phone=who.phone
        )
        await uow.execute(change, {"identity": who.identity_id})
    return who


def _address(account_id: int, channel: str, external_id: str, phone: str | None) -> dict[str, Any]:
    by_user_id = channel == "telegram" and external_id.isdigit() and len(external_id) < 19
    return {
        "account_id": account_id,
        "external_id": external_id,
        "telegram_user_id": int(external_id) if by_user_id else None,
        "phones": _ways_to_write(phone) if phone and channel != "telegram" else [],
    }


def _ways_to_write(phone: str) -> list[str]:
    """WhatsApp's ids of Mexico and Argentina carry an extra 1 or 9, those of Brazil may lack a 9 that people dial."""
    digits = re.sub(r"\D", "", phone)
    ways = {digits}
    for longer, shorter in (("521", "52"), ("549", "54")):
        if digits.startswith(longer):
            ways.add(shorter + digits.removeprefix(longer))
        elif digits.startswith(shorter):
            ways.add(longer + digits.removeprefix(shorter))
    if digits.startswith("55") and len(digits) == 12:
        ways.add(f"{digits[:4]}9{digits[4:]}")
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9":
        ways.add(digits[:4] + digits[5:])
    return sorted(f"+{way}" for way in ways)


def _merchant(row: Mapping[Any, Any]) -> Merchant:
    return Merchant(
        id=row["merchant_id"],
        name=row["name"],
        role=row["role"],
        phone=row["merchant_phone"],
        telegram_user_id=row["telegram_user_id"],
        language=row["language"],
        staff_id=row["staff_id"],
    )
