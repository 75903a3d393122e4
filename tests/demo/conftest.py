"""A running demo, as a newcomer meets it: pages over HTTP, actions through the simulator's page."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from zalobot.demo import demo, week
from zalobot.services import SERVICES
from zalobot.simulator.app import Simulator
from zalobot.store.database import Store


@dataclass
class Town:
    """A running demo; `get` gives the text of a page, `do` an action of the simulator's page."""

    application: web.Application
    simulator: Simulator
    http: aiohttp.ClientSession

    @property
    def store(self) -> Store:
        """The bot's database."""
        return self.application[SERVICES].store

    async def get(self, path: str) -> str:
        """A page of the bot."""
        async with self.http.get(f"{self.application[SERVICES].settings.public_url}{path}") as answer:
            assert answer.status == 200, path
            return await answer.text()

    async def do(self, action: str, **given: object) -> None:
        """Something a newcomer does on the simulator's page."""
        async with self.http.post(f"{self.simulator.base_url}/sim/api/{action}", json=given) as answer:
            assert answer.status == 200, await answer.text()

    def person(self, name: str) -> str:
        """The Zalo id of somebody."""
        return next(person.id for person in self.simulator.world.people.values() if person.name == name)

    def heard(self, name: str) -> list[str]:
        """The first lines of what somebody has got, oldest first."""
        return [message.text.split("\n")[0] for message in self.simulator.received(self.person(name))]


@contextlib.asynccontextmanager
async def running(folder: Path, stories: week.Stories) -> AsyncIterator[Town]:
    """A demo of these stories."""
    async with (
        demo.started(folder, stories, burst_seconds=0.0) as (application, simulator),
        aiohttp.ClientSession() as http,
    ):
        yield Town(application, simulator, http)
