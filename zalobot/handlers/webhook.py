"""Zalo's door: verify, keep, answer 200. Nothing here runs a rule or calls Zalo.

The one rule: a 200 means the event is on disk, or is none of ours (see `verifying`). 5xx only when it could not be
stored; never because of what it says.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from zalobot import inbox, metrics
from zalobot.handlers.verifying import Verifier
from zalobot.inbox import Incoming
from zalobot.services import SERVICES, Services
from zalobot.zalo.events import Event, Kind

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

BODY_LIMIT = 256 * 1024
BATCH = 200
CROWD = 16  # so many at once are no ordinary minute
MOST_RETRIES = 9  # more are counted as this: a label must not have as many values as somebody likes to send


class Keeper:
    """Group commit: requests hand their event in and await the one commit that keeps all that has gathered."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._queue: asyncio.Queue[tuple[Incoming, asyncio.Future[None]]] = asyncio.Queue()

    async def keep(self, event: Incoming) -> None:
        """Return when the event is on disk; raise when it could not be stored."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((event, done))
        await done

    async def run(self) -> None:
        """Commit what has gathered, again and again, until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            if len(batch) >= CROWD:
                self._services.store.hurry()
            await self._commit(batch)

    async def _commit(self, batch: Sequence[tuple[Incoming, asyncio.Future[None]]]) -> None:
        try:
            known = await self._services.store.run_alone(inbox.keep, [event for event, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                log.exception("an event could not be stored")
                _resolve(batch[0][1], error)
                return
            for one in batch:  # one bad row must not cost the others theirs
                await self._commit([one])
            return
        metrics.DUPLICATES.inc(known)
        for _, done in batch:
            _resolve(done, None)
        await self._services.coordination.publish(inbox.TOPIC)


KEEPER = web.AppKey("keeper", Keeper)


def _resolve(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():  # the caller went away; the event is kept all the same
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


VERIFIER = web.AppKey("verifier", Verifier)


@routes.post("/zalo/webhook")
async def webhook(request: web.Request) -> web.Response:
    """One event of Zalo: 200 when kept or not worth keeping; 400, 401, 413 for what Zalo never sends."""
    began = time.perf_counter()
    try:
        body = await request.read()  # whole: a body comes in as many pieces as the network likes
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)
    except web.RequestPayloadError:  # it says that it is compressed and is not
        return web.Response(status=400)
    if body.strip() in (b"", b"{}"):  # the console's unsigned probe when the URL is saved
        return web.Response()
    now = request.app[SERVICES].now()
    verifier = request.app[VERIFIER]
    event = await verifier.verified(body, request.headers.get("X-ZEvent-Signature"), now)
    if isinstance(event, int):
        return web.Response(status=event)
    num_retry = _num_retry(request)
    metrics.DELIVERIES.labels(str(min(num_retry, MOST_RETRIES))).inc()
    if _is_group_talk(event):
        metrics.EVENTS.labels("group_ignored").inc()
        return web.Response()
    try:
        await request.app[KEEPER].keep(incoming(event, body.decode(), now, num_retry))
    except Exception:
        return web.Response(status=503)
    verifier.kept(event)
    metrics.EVENTS.labels(event.kind).inc()
    metrics.ACK_SECONDS.observe(time.perf_counter() - began)
    return web.Response()


@routes.get("/zalo/webhook")
async def probe(_request: web.Request) -> web.Response:
    """Zalo's console looks whether anybody is there (HEAD comes here too)."""
    return web.Response(text="ok")


def incoming(event: Event, body: str, now: datetime, num_retry: int = 0) -> Incoming:
    """An event as the inbox keeps it."""
    return Incoming(event.key, event.person_id, event.name, event.at, now, body, num_retry)


def _num_retry(request: web.Request) -> int:
    """Zalo's count of this delivery: 0 for the first. A proxy may drop the header, for its underscore."""
    given = request.headers.get("num_retry", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0


def _is_group_talk(event: Event) -> bool:
    """What people say to each other in a group is none of our business: it is not even kept."""
    return event.kind is Kind.GROUP and "_send_group_" in event.name and not event.mentions_us
