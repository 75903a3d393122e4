"""Zalo's door: verify, keep, answer 200. Nothing here runs a rule or calls Zalo.

The one rule: a 200 means the event is on disk. 5xx only when it could not be stored; never because of what it says.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from aiohttp import web

from zalobot import inbox, metrics
from zalobot.errors import BadEvent, InvalidSignature
from zalobot.inbox import Incoming
from zalobot.services import SERVICES, Services
from zalobot.zalo.events import Event

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

BODY_LIMIT = 256 * 1024
BATCH = 200
TOPIC = "inbox"


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
            await self._commit(batch)

    async def _commit(self, batch: Sequence[tuple[Incoming, asyncio.Future[None]]]) -> None:
        try:
            await self._services.store.run_first(inbox.keep, [event for event, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                log.exception("an event could not be stored")
                _resolve(batch[0][1], error)
                return
            for one in batch:  # one bad row must not cost the others theirs
                await self._commit([one])
            return
        for _, done in batch:
            _resolve(done, None)
        await self._services.coordination.publish(TOPIC)


KEEPER = web.AppKey("keeper", Keeper)


def _resolve(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():  # the caller went away; the event is kept all the same
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


@routes.post("/zalo/webhook")
async def webhook(request: web.Request) -> web.Response:
    """One event of Zalo. Answers 200 when kept (or not worth keeping), 400/401/413 for what Zalo never sends."""
    began = time.perf_counter()
    services = request.app[SERVICES]
    try:
        body = await request.read()  # whole: a body comes in as many pieces as the network likes
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)
    event = _verified(request, body, services)
    if isinstance(event, web.Response):
        return event
    now = services.now()
    incoming = Incoming(event.key, event.person_id, event.name, event.at, now, body.decode())
    try:
        await request.app[KEEPER].keep(incoming)
    except Exception:
        return web.Response(status=503)
    metrics.EVENTS.labels(event.kind).inc()
    metrics.ACK_SECONDS.observe(time.perf_counter() - began)
    return web.Response()


@routes.get("/zalo/webhook")
async def probe(_request: web.Request) -> web.Response:
    """Zalo's console looks whether anybody is there (HEAD comes here too)."""
    return web.Response(text="ok")


def _verified(request: web.Request, body: bytes, services: Services) -> Event | web.Response:
    settings = services.settings
    if body.strip() in (b"", b"{}"):  # the console's unsigned probe when the URL is saved
        return web.Response()
    if not settings.oa_secrets:  # the secret can only be seen after the URL was saved, and saving needs a 200
        metrics.SIGNATURES.labels("no_secret").inc()
        log.warning("an event was dropped: ZALOBOT_ZALO_OA_SECRET is not set yet")
        return web.Response()
    try:
        event = Event.from_http(
            body,
            request.headers.get("X-ZEvent-Signature"),
            app_id=settings.zalo_app_id,
            oa_id=settings.zalo_oa_id,
            secrets=settings.oa_secrets,
            received=services.now(),
        )
    except InvalidSignature:
        metrics.SIGNATURES.labels("invalid").inc()
        return web.Response(status=401)
    except BadEvent as error:
        metrics.SIGNATURES.labels("no_event").inc()
        return web.Response(status=400, text=str(error))
    metrics.SIGNATURES.labels("valid").inc()
    return event
