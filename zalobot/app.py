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
from sqlmodel import Session

from zalobot import account, channel_policy, jobs, province, reference, released, speech, templating, withdrawals
from zalobot.budget import Budget
from zalobot.config import Settings
from zalobot.consenting import ConsentDesk
from zalobot.credentials import Grant, TokenKeeper
from zalobot.handlers import talking, webhook
from zalobot.handlers.dispatch import dispatcher
from zalobot.handlers.verifying import Verifier
from zalobot.handlers.webhook import KEEPER, VERIFIER, Keeper
from zalobot.jobs import Duties
from zalobot.knowledge import keeping, shelf
from zalobot.mail import Postbox
from zalobot.outbox import acknowledging
from zalobot.province import Province
from zalobot.relay import ByPhone, ByUserId, Chat, Letters, Relay, Traits, Uploads, Way
from zalobot.sealing import Seal
from zalobot.services import SERVICES, Now, Services
from zalobot.store import coordination
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import Channel
from zalobot.store.presence import Presence
from zalobot.tickets import calling
from zalobot.web import guard, live, routes
from zalobot.web.consent import DESK
from zalobot.worker import Worker
from zalobot.zalo.client import ZaloClient
from zalobot.zalo.packages import calls_per_minute
from zalobot.zalo.proof import Proof
from zalobot.zalo.zbs import ZbsClient

log = logging.getLogger(__name__)

MIND = 60.0  # seconds between looks at the account's package
LOOK_AGAIN = 3.0  # seconds; verbs that count a due time look by themselves

DUTIES = web.AppKey("duties", Duties)
WORKER = web.AppKey("worker", Worker)
HTTP = web.AppKey("http", aiohttp.ClientSession)
TOKENS = web.AppKey("tokens", TokenKeeper)


def utc_now() -> datetime:
    """The only clock of `serve`."""
    return datetime.now(UTC)


def open_store(settings: Settings, now: datetime) -> tuple[Store, Province]:
    """The store, with the province it works for: loaded from the pack at the first start, from the database after."""
    pack = province.load(settings.province)
    info: dict[str, Any] = {
        reference.PUBLIC_URL: settings.public_url.rstrip("/"),
        reference.CHAT_URL: settings.chat_url,
        talking.BURST: timedelta(seconds=settings.burst_seconds),
        acknowledging.ICON: settings.received_icon,
        calling.QUIET: timedelta(minutes=settings.staff_quiet_minutes),
        withdrawals.KEY: settings.secret_key,
    }
    store = Store(settings.database_url, info=info, around=templating.one_moment)
    info[shelf.SHELF] = shelf.Shelf()
    store.run_now(_seed, pack, now)
    here = store.read_now(reference.open_for, pack, info)
    info[released.WORDS] = words = speech.wording(here)
    store.read_now(released.take_up, words)
    templating.use(words)
    return store, here


def _seed(session: Session, pack: Province, now: datetime) -> None:
    """What the pack brings into an empty database."""
    if reference.seed(session, pack, now):
        session.flush()
        keeping.seed(session, pack.knowledge, now)


def build(settings: Settings, *, now: Now = utc_now, workers: bool = True, pages_too: bool = True) -> web.Application:
    """The whole service as one application; nothing is opened before it starts."""
    store, here = open_store(settings, now())
    services = Services(settings, store, coordination.connect(settings.redis_url), here, now)
    app = web.Application(middlewares=guard.middlewares(), client_max_size=webhook.BODY_LIMIT)
    app[SERVICES] = services
    app.cleanup_ctx.append(_facing_zalo)
    if pages_too:
        app[KEEPER], app[VERIFIER] = Keeper(services), Verifier(services)
        app.add_routes(webhook.routes)
        app.add_routes(routes.routes(services))
        app.cleanup_ctx.append(_keeping)
        app.on_shutdown.append(live.end_streams)
    if workers:
        app.cleanup_ctx.append(_working)
    app.cleanup_ctx.append(_watching)
    app.on_cleanup.append(_close)
    return app


async def _watching(app: web.Application) -> AsyncIterator[None]:
    async with _running(lambda: _watch(app[SERVICES])):
        yield


async def _watch(services: Services) -> None:
    """Take up what other processes change of calendar, agencies, topics, rules and the words of the bot."""
    bell = services.coordination.subscribe(reference.TOPIC)
    while True:
        await bell.wait(LOOK_AGAIN)
        try:
            await services.store.read(reference.refresh)
            await services.store.read(shelf.refreshed)
            await services.store.read(services.board.renew, services.now(), services.province.calendar)
        except SQLAlchemyError:  # the database is away; the workers say so aloud
            log.debug("the province could not be looked at", exc_info=True)


async def _keeping(app: web.Application) -> AsyncIterator[None]:
    await app[VERIFIER].remember()
    async with _running(app[KEEPER].run):
        yield


async def _facing_zalo(app: web.Application) -> AsyncIterator[None]:
    """What both halves need: connections, and the tokens."""
    services = app[SERVICES]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as http:
        app[HTTP], app[TOKENS] = http, token_keeper(services, http)
        app[DESK] = ConsentDesk(services.store, http, services.settings, app[TOKENS])
        yield
        await app[TOKENS].close()


async def _working(app: web.Application) -> AsyncIterator[None]:
    services = app[SERVICES]
    settings = services.settings
    http, tokens = app[HTTP], app[TOKENS]
    budget = Budget(services.coordination, settings.zalo_oa_id, settings.zalo_calls_per_minute)
    relearn = timedelta(hours=settings.relearn_hours)
    traits = Traits(services.store, settings.zalo_oa_id, services.now, relearn)
    proof = Proof(settings.zalo_app_secret, settings.zalo_appsecret_proof)
    client = ZaloClient(http, settings.zalo_openapi_url, tokens, proof=proof, allowance=budget, memory=traits)
    blobs = BlobStore(settings.files_folder)
    presence = Presence(settings.database_url, "relay")
    uploads = Uploads(client, blobs, services.store, settings.zalo_oa_id, services.now)
    ways = _ways(settings, client, Chat(client, uploads, traits))
    policy = channel_policy.policy(may_pay=settings.paid_messages)
    relay = Relay(
        services.store, ways, services.coordination, services.now, presence=presence, policy=policy, budget=budget
    )
    worker = Worker(services, dispatcher(settings.zalo_oa_id))
    app[DUTIES], app[WORKER] = Duties(services, relay, tokens, http, blobs, client), worker
    ticks = jobs.scheduler(app[DUTIES])
    ticks.start()
    try:
        # Beside, not before: a slow answer of Zalo must not keep the webhook shut.
        fresh, known = lambda: tokens.keep_fresh(services.now()), lambda: _mind_package(services, budget)
        async with _running(worker.run), _running(relay.run), _running(fresh), _running(known):
            yield
    finally:
        ticks.shutdown(wait=False)
        presence.close()


async def _mind_package(services: Services, budget: Budget) -> None:
    """Let the allowance follow the account's package, which another process may have asked about."""
    while True:
        try:
            known = await services.store.read(account.find, services.settings.zalo_oa_id)
            budget.package(calls_per_minute(known.package) if known else 0)
        except SQLAlchemyError:
            log.debug("the account could not be looked at", exc_info=True)
        await asyncio.sleep(MIND)


def _ways(settings: Settings, client: ZaloClient, chat: Chat) -> dict[Channel, Way]:
    """Every way that is set up, by the channel it is chosen by."""
    zbs = ZbsClient(client.calls, settings.zalo_zbs_url, hash_phone=settings.zbs_hash_phone)
    ways: dict[Channel, Way] = {
        Channel.CS: chat,
        Channel.ZBS_UID: ByUserId(client),
        Channel.ZBS_PHONE: ByPhone(zbs),
    }
    postbox = Postbox(settings.smtp_url, settings.mail_from)
    return {**ways, Channel.MAIL: Letters(postbox)} if postbox.open else ways


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


def token_keeper(services: Services, http: aiohttp.ClientSession) -> TokenKeeper:
    """The account's tokens, as every process and command keeps them."""
    settings = services.settings
    return TokenKeeper(services.store, http, grant(settings), Seal(settings.secret_key, "tokens"), clock=services.now)


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
