"""Every request ends in a clean status: no traceback, no body and no address in an answer or a log line."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_exceptions import HTTPException

from core.telemetry import get_logger
from webhooks.metrics import REQUESTS

log = get_logger("webhooks")

_GONE = 499  # the client went away; nobody reads the answer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def answer_cleanly(request: web.Request, handler: Handler) -> web.StreamResponse:
    status = 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except HTTPException as refusal:
        status = refusal.status
        if status < 400 or status == 405:
            raise
        return web.Response(status=status, text=refusal.reason)
    except (web.RequestPayloadError, HttpProcessingError) as error:
        status = 400
        log.info("webhooks.unreadable_request", route=_route(request), error=type(error).__name__)
        return web.Response(status=status, text="Bad Request")
    except ConnectionError:
        status = _GONE
        return web.Response(status=400)
    except asyncio.CancelledError:
        status = _GONE
        raise
    except Exception:
        log.exception("webhooks.failed", route=_route(request))
        return web.Response(status=status, text="Internal Server Error")
    finally:
        REQUESTS.labels(_route(request), str(status)).inc()
        if status >= 400:
            log.info("webhooks.refused", route=_route(request), status=status)


def _route(request: web.Request) -> str:
    """The route's pattern: a path may carry an account's name."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "none"
