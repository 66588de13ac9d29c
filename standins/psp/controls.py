"""Switches of a stand-in over HTTP, for tests and demos that run it in another process: POST /_standin/{action}."""

from typing import Any

from aiohttp import web

from standins.psp.books import Books, Refused
from standins.psp.reading import json_object
from standins.psp.world import PspWorld


def controls(world: PspWorld) -> list[web.RouteDef]:
    """Bodies are JSON: `{"name": …}` and what the action takes beside it. GET /_standin/books shows the money."""

    async def act(request: web.Request) -> web.StreamResponse:
        asked = json_object(await request.read())
        try:
            done = _act(world, request.match_info["action"], asked)
        except (Refused, KeyError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        world.keep()
        return web.json_response(done)

    async def books(request: web.Request) -> web.StreamResponse:
        return web.json_response([_shown(account.books) for account in world.accounts.values()])

    return [web.post("/_standin/{action}", act), web.get("/_standin/books", books)]


def _act(world: PspWorld, action: str, asked: dict[str, Any]) -> dict[str, Any]:
    name = str(asked.get("name", ""))
    if action == "fault":
        world.faults.plan(name, times=int(asked.get("times", 1)), on=str(asked.get("on", "")))
    elif action == "clear":
        world.faults.clear()
    elif action in ("pay", "settle"):
        getattr(world, action)(name, asked.get("amount"))
    elif action in ("start_paying", "decline", "expire"):
        getattr(world, action)(name)
    elif action == "dispute":
        return {"id": world.dispute(name, asked.get("amount")).id}
    elif action == "resolve":
        world.resolve(name, won=bool(asked["won"]))
    elif action in ("set_refund", "set_payout"):
        getattr(world, action)(name, str(asked["status"]))
    else:
        raise ValueError(f"no such action: {action}")
    return {}


def _shown(books: Books) -> dict[str, Any]:
    """In the vendor's units; nothing here names a person."""
    payments = [
        {
            "id": payment.id,
            "reference": payment.reference,
            "status": payment.status,
            "amount": payment.amount,
            "currency": payment.currency,
            "received": payment.received,
            "fee": payment.fee,
            "returned": books.returned(payment),
        }
        for payment in books.payments.values()
    ]
    currencies = {payment.currency for payment in books.payments.values()}
    return {
        "payments": payments,
        "refunds": {refund.id: refund.status for refund in books.refunds.values()},
        "disputes": {dispute.id: dispute.status for dispute in books.disputes.values()},
        "payouts": {payout.id: payout.status for payout in books.payouts.values()},
        "balance": {currency: books.balance(currency) for currency in sorted(currencies)},
    }
