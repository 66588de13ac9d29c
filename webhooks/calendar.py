"""The addresses that calendar programs subscribe to. Who knows one reads it: it stands in no log and in no cache."""

import asyncio

from aiohttp import ETag, web

from booking import calendar_feed
from booking.calendar_feed import Feed
from booking.catalogue_rows import load_catalogue
from booking.feed_entries import FeedWords
from core.runtime import Runtime
from core.uow import UnitOfWork, in_unit
from dialog.texts import say


class CalendarFeeds:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def routes(self) -> list[web.RouteDef]:
        return [web.get(calendar_feed.PATH, self.show)]

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Programs ask every few minutes: what has not changed is neither written nor sent again."""
        feed = await self._read(request.match_info["token"])
        if feed is None:
            raise web.HTTPNotFound
        response = web.Response(status=304) if _is_known(request, feed) else await _written(feed)
        response.etag, response.last_modified = ETag(feed.etag, is_weak=True), feed.changed_at
        response.headers.update({"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow"})
        return response

    async def _read(self, token: str) -> Feed | None:
        found = await calendar_feed.find(self._runtime, token)
        if found is None:
            return None
        tenant_id, feed_id = found

        async def read(uow: UnitOfWork) -> Feed | None:
            language = (await load_catalogue(uow)).tenant.languages[0]
            words = FeedWords(say(language, "calendar.blocked"), say(language, "customer.unnamed"))
            return await calendar_feed.read(uow, feed_id, words, now=self._runtime.clock.now())

        return await in_unit(self._runtime, tenant_id, read)


async def _written(feed: Feed) -> web.Response:
    """In a thread: a year of a busy place takes longer than a webhook may wait."""
    text = await asyncio.to_thread(feed.text)
    response = web.Response(text=text, content_type="text/calendar", charset="utf-8")
    response.enable_compression()
    return response


def _is_known(request: web.Request, feed: Feed) -> bool:
    """By the tag; by the time only where the program sends no tag."""
    if request.if_none_match is not None:
        return any(tag.value in ("*", feed.etag) for tag in request.if_none_match)
    since = request.if_modified_since
    return since is not None and feed.changed_at <= since
