"""Running it as a process: the event loop, the port, and the small commands of the administrator."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

from aiohttp import web
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from zalobot import app, consenting, inbox, officers
from zalobot.config import Settings
from zalobot.errors import ConfigError, Refused
from zalobot.handlers.webhook import KEEPER
from zalobot.knowledge import shelf
from zalobot.services import SERVICES, Services
from zalobot.store import consents, migrations
from zalobot.store.models import Role
from zalobot.tickets import absences

log = logging.getLogger(__name__)
_REST = 9  # times as long as a reading of older tickets took: a tenth of a core is theirs, less on a busy machine


def loop_factory() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed, else asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def serve(settings: Settings, *, workers: bool, web: bool) -> None:
    """Run until a signal comes."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it says two lines for every tick
    try:
        migrations.upgrade(settings.database_url)
    except (OperationalError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise ConfigError([f"the database of ZALOBOT_DATABASE_URL cannot be used: {reason}"]) from error
    if web:
        check_port(settings.host, settings.port)
    application = app.build(settings, workers=workers, pages_too=web)
    application.cleanup_ctx.append(_settled)
    loop = loop_factory()
    if web:
        _run_app(application, settings, loop)
    else:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(_without_port(application))


def simulate(settings: Settings, *, host: str, port: int, webhook: str) -> None:
    """Run the fake Zalo until a signal comes."""
    from zalobot.simulator.app import SimSettings
    from zalobot.simulator.app import serve as run

    check_port(host, port)
    known = SimSettings()
    known = replace(
        known,
        app_id=settings.zalo_app_id or known.app_id,
        app_secret=settings.zalo_app_secret or known.app_secret,
        oa_id=settings.zalo_oa_id or known.oa_id,
        oa_secret=settings.oa_secrets[0] if settings.oa_secrets else known.oa_secret,
        access_token=settings.zalo_access_token,
        refresh_token=settings.zalo_refresh_token,
    )
    print(f"http://{host}:{port}/ stands in for Zalo; events go to {webhook}", flush=True)
    try:
        asyncio.run(run(host, port, webhook, settings=known))
    except KeyboardInterrupt:
        return


def link_code(settings: Settings, *, agency: str, name: str, role: str, email: str = "") -> str:
    """A one-time code for a member of staff. Raises Refused for an unknown agency or an address that is none,
    ConfigError for an unknown role."""
    if role not in list(Role):
        raise ConfigError([f"--role must be one of {', '.join(Role)}, not {role}"])
    migrations.upgrade(settings.database_url)
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        return store.run_now(officers.issue_link_code, agency=agency, name=name, role=Role(role), now=now, email=email)
    finally:
        store.close_now()


def officer_email(settings: Settings, *, officer: str, email: str) -> str:
    """Note where an officer's letters go; a line that says so. Raises Refused."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        known = store.read_now(absences.officer_named, officer)
        store.run_now(officers.set_email, known.id, email)
        return f"What Zalo cannot carry to {known.name} goes {f'to {email}' if email else 'nowhere'}."
    finally:
        store.close_now()


def absence(settings: Settings, *, officer: str, first: date, last: date, deputy: str) -> str:
    """Note that an officer is away and who is told meanwhile; a line that says so. Raises Refused."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        away, stands_in = (store.read_now(absences.officer_named, name) for name in (officer, deputy))
        store.run_now(absences.set_absence, away.id, stands_in.id, first, last, now)
        return f"{away.name} is away {first} to {last}; {stands_in.name} is told meanwhile."
    finally:
        store.close_now()


def back(settings: Settings, *, officer: str) -> str:
    """End an officer's absence today; a line that says so. Raises Refused."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        away = store.read_now(absences.officer_named, officer)
        ended = store.run_now(absences.end_absence, away.id, now)
        return f"{away.name} is back." if ended else f"{away.name} was not noted as away."
    finally:
        store.close_now()


def consent_link(settings: Settings) -> str:
    """A one-time address at which an administrator of the account begins a consent."""
    migrations.upgrade(settings.database_url)
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        return consenting.start_url(settings, store.run_now(consents.make_link, settings.zalo_oa_id, now))
    finally:
        store.close_now()


def replay(settings: Settings, event_id: str) -> None:
    """Let a failed event be handled again; raises Refused when there is none."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        if not store.run_now(inbox.replay, event_id):
            raise Refused("no_failed_event", event=event_id)
    finally:
        store.close_now()


def check_port(host: str, port: int) -> None:
    """Raises ConfigError where somebody else listens already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise ConfigError([f"port {port} on {host} cannot be used: {error.strerror}; choose another"]) from error


def _run_app(application: web.Application, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
    web.run_app(application, host=settings.host, port=settings.port, loop=loop, access_log=None, print=None)


async def _settled(application: web.Application) -> AsyncIterator[None]:
    """What was made until now lives for ever: sparing it every collection cut the reply's p99 to a third.

    Threads hand over every half millisecond instead of every five: on PostgreSQL, where each statement waits for its
    turn, acknowledgements came a fifth sooner at 200 events a second, replies a tenth.
    """
    sys.setswitchinterval(0.0005)
    with contextlib.suppress(SQLAlchemyError):  # before the port opens: what every reading of a text needs
        await application[SERVICES].store.read(shelf.read_entries)
    _keep_for_good()
    reading = asyncio.create_task(_read_known(application[SERVICES], pages_too=KEEPER in application))
    yield
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading


async def _read_known(services: Services, *, pages_too: bool) -> None:
    """The index of what is answered outweighs everything else; it is read beside, so that the webhook is open.

    After that, where people search on pages, the older tickets, a few at a time, so that nobody waits for them.
    """
    with contextlib.suppress(SQLAlchemyError):
        await services.store.read(shelf.refreshed)
        _keep_for_good()
    began, more = time.monotonic(), pages_too
    while more:
        at = time.monotonic()
        try:
            more = await services.store.read(shelf.read_older)
        except SQLAlchemyError:  # the database is away; the workers say so aloud
            log.debug("older tickets could not be read", exc_info=True)
            await asyncio.sleep(app.LOOK_AGAIN)
        else:
            await asyncio.sleep(_REST * (time.monotonic() - at))
    if pages_too:
        _keep_for_good()
        log.info("every ticket is known to the search, %.0f s after the newest", time.monotonic() - began)


def _keep_for_good() -> None:
    gc.collect()
    gc.freeze()


async def _without_port(application: web.Application) -> None:
    runner = web.AppRunner(application)
    await runner.setup()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        await runner.cleanup()
