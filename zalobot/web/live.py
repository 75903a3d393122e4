"""Live pages: a stream per open page that names the tickets something happened to.

The one rule: a stream carries codes and nothing else; the page asks for itself what it may see. One look at the ledger
per process serves all its streams, at once when the bell rings, else every few seconds.
"""

import asyncio
import json
from contextlib import suppress
from typing import Final
from weakref import WeakKeyDictionary

from aiohttp import web
from aiohttp_sse import EventSourceResponse
from sqlalchemy.exc import SQLAlchemyError

from zalobot.services import SERVICES, Services
from zalobot.store.coordination import Coordination
from zalobot.store.queries import news
from zalobot.store.queries.news import Changed
from zalobot.web.access import EVERYBODY, OFFICERS, WHO, Row

TOPIC: Final = "work"  # rung by whoever changed a ticket
LOOK: Final = 2.0  # seconds between looks without a bell
PULSE: Final = 0.5  # seconds between looks at whether the browser is still there
LIFE: Final = 600.0  # seconds; then the browser comes again, and is asked again whether it may
HEADERS: Final = {"X-Content-Type-Options": "nosniff"}


class Ear:
    """One open stream: what it has not been told yet."""

    def __init__(self) -> None:
        self.news: list[Changed] = []
        self.rung = asyncio.Event()


class Watch:
    """Looks at the ledger for all streams of a process, while there are any."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ears: set[Ear] = set()
        self._task: asyncio.Task[None] | None = None
        self._seen = 0
        self.over = False

    async def open(self) -> Ear:
        """A new stream; the first one starts the looking."""
        if not self._ears:
            self._seen = await self._services.store.read(news.head)
        ear = Ear()
        self._ears.add(ear)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(), name="live pages")
        return ear

    def close(self, ear: Ear) -> None:
        """The stream ended; the last one ends the looking."""
        self._ears.discard(ear)
        if not self._ears and self._task is not None:
            self._task.cancel()
            self._task = None

    def end(self) -> None:
        """The process stops: every stream ends now."""
        self.over = True
        for ear in self._ears:
            ear.rung.set()

    async def _look(self) -> None:
        bell = self._services.coordination.subscribe(TOPIC)
        while True:
            await bell.wait(LOOK)
            with suppress(SQLAlchemyError):
                await self._tell()

    async def _tell(self) -> None:
        newest = await self._services.store.read(news.head)
        if newest == self._seen:
            return
        changed, self._seen = await self._services.store.read(news.since, self._seen), newest
        for ear in self._ears:
            ear.news += changed
            ear.rung.set()


_watches: WeakKeyDictionary[object, Watch] = WeakKeyDictionary()


def watch_of(services: Services) -> Watch:
    """The one watch of a store."""
    if services.store not in _watches:
        _watches[services.store] = Watch(services)
    return _watches[services.store]


async def rung(coordination: Coordination) -> None:
    """Something was done here: whoever watches had better look at once."""
    await coordination.publish(TOPIC)


async def end_streams(app: web.Application) -> None:
    """For `app.on_shutdown`: nobody waits for streams that never end."""
    watch_of(app[SERVICES]).end()


async def stream(request: web.Request) -> web.StreamResponse:
    """Tell a page of the tickets it might show."""
    who, watch = request[WHO].account, watch_of(request.app[SERVICES])
    agency = who.agency if who.role in OFFICERS else ""
    response = EventSourceResponse(headers=HEADERS)
    await response.prepare(request)
    until = asyncio.get_running_loop().time() + LIFE
    ear = await watch.open()
    try:
        async with response:
            while not watch.over and _there(request) and asyncio.get_running_loop().time() < until:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PULSE):
                        await ear.rung.wait()
                await _send(response, ear, agency)
    except ConnectionResetError:
        pass
    finally:
        watch.close(ear)
    return response


def _there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


async def _send(response: EventSourceResponse, ear: Ear, agency: str) -> None:
    told, ear.news = ear.news, []
    ear.rung.clear()
    codes = [one.code for one in told if not agency or agency in one.agencies]
    if codes:
        await response.send(json.dumps(sorted(set(codes))), event="thay-doi")


ROWS = (Row("GET", "/song", EVERYBODY, stream),)
