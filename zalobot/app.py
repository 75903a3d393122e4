"""The wiring, read top to bottom: settings → store → services → routes → background tasks."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from zalobot import jobs, province, reference, speech, templating
from zalobot.config import Settings
from zalobot.credentials import Grant, TokenKeeper
from zalobot.handlers import talking, webhook
from zalobot.handlers.dispatch import dispatcher
from zalobot.handlers.verifying import Verifier
from zalobot.handlers.webhook import KEEPER, VERIFIER, Keeper
from zalobot.jobs import Duties
from zalobot.province import Province
from zalobot.relay import Chat, Relay
from zalobot.sealing import Seal
from zalobot.services import SERVICES, Now, Services
from zalobot.store import coordination
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import Channel
from zalobot.store.presence import Presence
from zalobot.web import guard, routes
from zalobot.worker import Worker
from zalobot.zalo.client import ZaloClient

log = logging.getLogger(__name__)

LOOK_AGAIN = 3.0  # seconds; verbs that count a due time look by themselves

DUTIES = web.AppKey("duties", Duties)
WORKER = web.AppKey("worker", Worker)


def utc_now() -> datetime:
    """The only clock of `serve`."""
    return datetime.now(UTC)


def open_store(settings: Settings, now: datetime) -> tuple[Store, Province]:
    """The store, with the province it works for: loaded from the pack at the first start, from the database after."""
    pack = province.load(settings.province)
    info: dict[str, Any] = {
        reference.PUBLIC_URL: settings.public_url.rstrip("/"),
        talking.BURST: timedelta(seconds=settings.burst_seconds),
    }
    store = Store(settings.database_url, info=info)
    store.run_now(reference.seed, pack, now)
    here = store.read_now(reference.open_for, pack, info)
    templating.use(speech.wording(here))
    return store, here


def build(settings: Settings, *, now: Now = utc_now, workers: bool = True, pages_too: bool = True) -> web.Application:
    """The whole service as one application; nothing is opened before it starts."""
    store, here = open_store(settings, now())
    services = Services(settings, store, coordination.connect(settings.redis_url), here, now)
    app = web.Application(middlewares=guard.middlewares(), client_max_size=webhook.BODY_LIMIT)
    app[SERVICES] = services
    if pages_too:
        app[KEEPER], app[VERIFIER] = Keeper(services), Verifier(services)
        app.add_routes(webhook.routes)
        app.add_routes(routes.routes(services))
        app.cleanup_ctx.append(_keeping)
    if workers:
        app.cleanup_ctx.append(_working)
    app.cleanup_ctx.append(_watching)
    app.on_cleanup.append(_close)
    return app


async def _watching(app: web.Application) -> AsyncIterator[None]:
    async with _running(lambda: _watch(app[SERVICES])):
        yield


async def _watch(services: Services) -> None:
    """Take up what other processes change of calendar, agencies, topics and rules."""
    bell = services.coordination.subscribe(reference.TOPIC)
    while True:
        await bell.wait(LOOK_AGAIN)
        try:
            await services.store.read(reference.refresh)
        except SQLAlchemyError:  # the database is away; the workers say so aloud
            log.debug("the province could not be looked at", exc_info=True)


async def _keeping(app: web.Application) -> AsyncIterator[None]:
    await app[VERIFIER].remember()
    async with _running(app[KEEPER].run):
        yield


async def _working(app: web.Application) -> AsyncIterator[None]:
    services = app[SERVICES]
    settings = services.settings
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as http:
        tokens = TokenKeeper(
            services.store, http, grant(settings), Seal(settings.secret_key, "tokens"), clock=services.now
        )
        client = ZaloClient(http, settings.zalo_openapi_url, tokens, proof=Proof(settings.zalo_app_secret))
        blobs = BlobStore(settings.files_folder)
        presence = Presence(settings.database_url, "relay")
        ways = {Channel.CS: Chat(client, blobs)}
        relay = Relay(services.store, ways, services.coordination, services.now, presence=presence)
        worker = Worker(services, dispatcher(settings.zalo_oa_id))
        app[DUTIES], app[WORKER] = Duties(services, relay, tokens, http, blobs), worker
        ticks = jobs.scheduler(app[DUTIES])
        ticks.start()
        try:
            # Beside, not before: a slow answer of Zalo must not keep the webhook shut.
            async with _running(worker.run), _running(relay.run), _running(lambda: tokens.keep_fresh(services.now())):
                yield
        finally:
            ticks.shutdown(wait=False)
            await tokens.close()
            presence.close()


@contextlib.asynccontextmanager
async def _running(work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    task = asyncio.create_task(_lasting(work))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _lasting(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do the work; if it fails, which it never should, begin again: a service that only seems to run is the worst."""
    while True:
        try:
            return await work()
        except Exception:
            log.exception("background work failed and is begun again")
            await asyncio.sleep(1)


async def _close(app: web.Application) -> None:
    await app[SERVICES].coordination.close()
    await app[SERVICES].store.close()


def grant(settings: Settings) -> Grant:
    """Who the bot is towards Zalo."""
    return Grant(
        oa_id=settings.zalo_oa_id,
        app_id=settings.zalo_app_id,
        app_secret=settings.zalo_app_secret,
        oauth_url=settings.zalo_oauth_url,
        first_access=settings.zalo_access_token,
        first_refresh=settings.zalo_refresh_token,
    )
