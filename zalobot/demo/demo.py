"""The demo: the real service against the simulator, on the simulator's clock, with a week of stories played through it.

The one rule: everything goes through the same doors as in life. Officers link by their one-time codes, businesses write
to the account, the clock moves and the jobs run; no row is inserted behind anybody's back.
"""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from zalobot import app, serving
from zalobot.config import Settings
from zalobot.demo import approved, doors, playing, proposed, week
from zalobot.handlers import talking
from zalobot.province import Province, load
from zalobot.services import SERVICES
from zalobot.simulator.app import SimClock, SimSettings, Simulator
from zalobot.simulator.week import Week
from zalobot.store import migrations
from zalobot.workdays import WorkCalendar

FOLDER = Path("var/demo")
HOST = "127.0.0.1"


def run(*, empty: bool, port: int, simulator_port: int) -> None:
    """Start, print the addresses, go on until Ctrl+C. Raises ConfigError where a port is taken."""
    serving.check_port(HOST, port)
    serving.check_port(HOST, simulator_port)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=serving.loop_factory) as runner:
        runner.run(_forever(empty=empty, port=port, simulator_port=simulator_port))


async def _forever(*, empty: bool, port: int, simulator_port: int) -> None:
    print("Starting …" if empty else "Playing the sample week …", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    stories = week.without_stories(week.load()) if empty else week.load()
    async with started(FOLDER, stories, port=port, simulator_port=simulator_port) as (application, _):
        bot = application[SERVICES].settings.public_url
        print(f"\n  Simulator, two phones side by side   http://localhost:{simulator_port}/")
        print(f"  Public page                          {bot}/")
        print(f"  All tickets                          {bot}/hoi-dap")
        for door in stories.doors:
            print(f"  {door.title:36} {bot}{door.path}")
        if stories.newcomer:
            code = await playing.link_code(application, stories.newcomer)
            agency = application[SERVICES].province.agencies[stories.newcomer.agency].name
            print(f"\n  A new officer ({agency}) follows the account and sends {code}")
        print("\n  Ctrl+C ends it.\n", flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def started(
    folder: Path, stories: week.Stories, *, port: int = 0, simulator_port: int = 0, burst_seconds: float = 2.0
) -> AsyncIterator[tuple[web.Application, Simulator]]:
    """Bot and simulator running in `folder` (empty), the bot's clock being the simulator's, the stories played."""
    listener = socket.create_server((HOST, port))
    settings = replace(Settings(), port=listener.getsockname()[1])
    here = load(settings.province)
    simulator = Simulator(_offered(stories, here, settings.port), SimClock(stories.begins))
    await simulator.start(HOST, simulator_port)
    settings = _settings(settings, folder, simulator)
    migrations.upgrade(settings.database_url)
    application = app.build(settings, now=simulator.clock.now)
    application.add_routes(doors.routes(stories.doors))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    simulator.webhook_url = f"http://{HOST}:{settings.port}/zalo/webhook"
    simulator.clock.on_hop(playing.hop(application, simulator))
    try:
        await application[SERVICES].store.run(approved.enter, here, simulator.clock.now())
        for proposal in stories.proposals:
            await application[SERVICES].store.run(proposed.enter, proposal, simulator.clock.now())
        await playing.Player(application, simulator, stories).play()
        application[SERVICES].store.info[talking.BURST] = timedelta(seconds=burst_seconds)
        yield application, simulator
    finally:
        await simulator.stop()
        await runner.cleanup()


def _offered(stories: week.Stories, province: Province, port: int) -> SimSettings:
    """What the simulator shows: the people of the week, its days off, and where the bot's pages are."""
    return SimSettings(
        oa_name=province.oa_name,
        people=tuple(figure.seed for figure in stories.people),
        week=_days(province.calendar),
        templates=approved.at_zalo(province),
        asks=True,
        links=tuple((title, f"http://localhost:{port}{path}") for title, path in (*stories.links, *_doors(stories))),
    )


def _doors(stories: week.Stories) -> tuple[tuple[str, str], ...]:
    return tuple((door.title.partition(":")[0], door.path) for door in stories.doors)


def _days(calendar: WorkCalendar) -> Week:
    days = {day.date: day for day in calendar.days}
    return Week(
        off={date: day.name for date, day in days.items() if not day.shifts},
        worked=frozenset(date for date, day in days.items() if day.shifts and date.weekday() >= 5),
    )


def _settings(settings: Settings, folder: Path, simulator: Simulator) -> Settings:
    zalo = simulator.settings
    return replace(
        settings,
        database_url=f"sqlite:///{folder}/zalobot.db",
        files_folder=str(folder / "files"),
        public_url=f"http://localhost:{settings.port}",
        secret_key="demo only: nothing real is sealed with it",
        zalo_app_id=zalo.app_id,
        zalo_app_secret=zalo.app_secret,
        zalo_oa_id=zalo.oa_id,
        zalo_oa_secret=zalo.oa_secret,
        zalo_oa_url=f"{simulator.base_url}/",
        zalo_openapi_url=simulator.base_url,
        zalo_calls_per_minute=1_000_000,  # its days pass in seconds
        zalo_oauth_url=simulator.base_url,
        zalo_zbs_url=simulator.base_url,
        zalo_access_token=simulator.stage.grant.access,
        zalo_refresh_token=simulator.stage.grant.refresh,
        attachment_hosts=simulator.base_url.removeprefix("http://"),
        burst_seconds=0.0,
    )
