"""The web application: every route of the process in one place."""

from aiohttp import web

from core.runtime import Runtime
from webhooks.calendar import CalendarFeeds
from webhooks.channels import ChannelWebhooks
from webhooks.health import Health
from webhooks.middleware import answer_cleanly
from webhooks.pay import PaymentPages
from webhooks.psp import PaymentWebhooks

# Meta batches up to about 3 MB.
_BODY_LIMIT_BYTES = 4 * 2**20


def create_app(runtime: Runtime) -> web.Application:
    app = web.Application(client_max_size=_BODY_LIMIT_BYTES, middlewares=[answer_cleanly])
    for part in (ChannelWebhooks, PaymentWebhooks, PaymentPages, CalendarFeeds, Health):
        app.add_routes(part(runtime).routes())
    return app
