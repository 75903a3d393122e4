"""The simulator as a web application, as an object for tests and `demo`, and as a process for `zalobot simulate`.

The one rule: one application on one port stands in for Zalo's OpenAPI, its OAuth host and its media hosts, and shows
the page.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from aiohttp import web

from . import media, oauth, openapi, page, sending, zbs
from .acts import Acts
from .clock import SimClock
from .envelope import unknown_path
from .faults import Effect, Rule, Where
from .rules import Refusal
from .settings import PersonSeed, SimSettings
from .stage import STAGE, Stage
from .world import Message, Person, Role

__all__ = [
    "Effect",
    "Message",
    "Person",
    "PersonSeed",
    "Refusal",
    "Role",
    "Rule",
    "SimClock",
    "SimSettings",
    "Simulator",
    "Where",
    "build",
    "serve",
]

BODY_LIMIT = 32 * 1024 * 1024


def build(simulator: "Simulator") -> web.Application:
    """The application that answers for Zalo on behalf of `simulator`."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app[STAGE] = simulator.stage
    app[page.ACTS] = simulator
    for module in (sending, openapi, zbs, oauth, media, page):
        module.add_routes(app)
    app.router.add_route("*", "/{path:.*}", unknown_path)
    return app


class Simulator(Acts):
    """A fake Zalo with its people. `async with Simulator(settings) as sim:` or `start` and `stop`.

    The clock may be shared with the bot, which then registers its duties with `clock.on_hop`.
    """

    def __init__(self, settings: SimSettings | None = None, clock: SimClock | None = None) -> None:
        settings = settings or SimSettings()
        super().__init__(Stage(settings, clock or SimClock(settings.start)))
        self.settings = settings
        self._runner: web.AppRunner | None = None
        for seed in settings.people:
            person = self.add_person(seed.name, seed.role, seed.note, seed.id, seed.phone)
            person.admin = seed.admin
            person.following = seed.following
            person.last_interaction = self.clock.now() if seed.following else None

    @property
    def base_url(self) -> str:
        """What the bot's OpenAPI, OAuth and ZBS addresses are set to."""
        return self.stage.base_url

    @property
    def webhook_url(self) -> str:
        """Where events go; may be set after the start, when the bot's port is known."""
        return self.stage.deliverer.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.stage.deliverer.url = url

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen (port 0: any free one)."""
        await self.stage.deliverer.open()
        self._runner = web.AppRunner(build(self), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.stage.base_url = self.stage.base_url or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{bound}"

    async def stop(self) -> None:
        """Stop listening and drop what is under way."""
        await self.stage.deliverer.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()


async def serve(
    host: str, port: int, webhook_url: str, *, settings: SimSettings | None = None, people: Sequence[PersonSeed] = ()
) -> None:
    """Run a simulator until cancelled (`zalobot simulate`)."""
    settings = replace(settings or SimSettings(), webhook_url=webhook_url)
    simulator = Simulator(replace(settings, people=settings.people + tuple(people)))
    await simulator.start(host, port)
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.stop()
