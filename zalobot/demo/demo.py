"""The demo: the real service against the simulator, on the simulator's clock, with a week of stories played through it.

The one rule: everything goes through the same doors as in life. Officers link by their one-time codes, businesses write
to the account, the clock moves and the jobs run; no row is inserted behind anybody's back.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aiohttp import web

from zalobot import app, jobs, serving
from zalobot.config import Settings
from zalobot.demo import week
from zalobot.handlers import talking
from zalobot.province import load
from zalobot.services import SERVICES
from zalobot.simulator.app import SimClock, SimSettings, Simulator
from zalobot.store import migrations

FOLDER = Path("var/demo")
HOST = "127.0.0.1"


def run(*, empty: bool, port: int, simulator_port: int) -> None:
    """Start, print the addresses, go on until Ctrl+C."""
    serving.check_port(HOST, port)
    serving.check_port(HOST, simulator_port)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=serving.loop_factory) as runner:
        runner.run(_forever(empty=empty, port=port, simulator_port=simulator_port))


async def _forever(*, empty: bool, port: int, simulator_port: int) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    async with started(FOLDER, empty=empty, port=port, simulator_port=simulator_port) as (_, simulator):
        bot = f"http://localhost:{port}"
        print(f"\n  Simulator, two phones side by side   {simulator.base_url}/")
        print(f"  Public page                          {bot}/")
        print(f"  All tickets                          {bot}/hoi-dap")
        print("\n  Ctrl+C ends it.\n", flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def started(
    folder: Path, *, empty: bool = False, port: int = 0, simulator_port: int = 0, burst_seconds: float = 2.0
) -> AsyncIterator[tuple[web.Application, Simulator]]:
    """Bot and simulator running, the bot's clock being the simulator's; the sample week played unless `empty`."""
    pack = load(Settings().province)
    stories = week.load()
    clock = SimClock(stories.begins)
    offered = SimSettings(
        oa_name=pack.oa_name,
        people=() if empty else stories.people,
        week=week.days_off(pack.calendar),
        quiet=False,
    )
    simulator = Simulator(offered, clock)
    await simulator.start(HOST, simulator_port)
    settings = _settings(folder, simulator, port)
    migrations.upgrade(settings.database_url)
    application = app.build(settings, now=clock.now)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    bound = runner.addresses[0][1]
    simulator.webhook_url = f"http://{HOST}:{bound}/zalo/webhook"
    clock.on_hop(_hop(application, simulator))
    try:
        await week.play(application, simulator, week.nobody(stories) if empty else stories)
        application[SERVICES].store.info[talking.BURST] = week.seconds(burst_seconds)
        yield application, simulator
    finally:
        await simulator.stop()
        await runner.cleanup()


def _settings(folder: Path, simulator: Simulator, port: int) -> Settings:
    zalo = simulator.settings
    return replace(
        Settings(),
        database_url=f"sqlite:///{folder}/zalobot.db",
        files_folder=str(folder / "files"),
        port=port,
        public_url=f"http://localhost:{port}",
        secret_key="demo only: nothing real is sealed with it",
        zalo_app_id=zalo.app_id,
        zalo_app_secret=zalo.app_secret,
        zalo_oa_id=zalo.oa_id,
        zalo_oa_secret=zalo.oa_secret,
        zalo_openapi_url=simulator.base_url,
        zalo_oauth_url=simulator.base_url,
        zalo_zbs_url=simulator.base_url,
        zalo_access_token=simulator.stage.grant.access,
        zalo_refresh_token=simulator.stage.grant.refresh,
        attachment_hosts=simulator.base_url.removeprefix("http://"),
        burst_seconds=0.0,
    )


def _hop(application: web.Application, simulator: Simulator):  # type: ignore[no-untyped-def]
    """What the bot does after each hop of the clock: its duties, then everything that is to be said."""

    async def hop(_now: datetime) -> None:
        await application[app.WORKER].drain()
        await jobs.run_all(application[app.DUTIES])
        await application[app.DUTIES].relay.drain()

    return hop
