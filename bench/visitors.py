"""Signed-in people who keep pages open: each has a live stream, looks at pages, and looks again when told to.

The one rule: what counts is what the server says it took (`Server-Timing`); what the visitor waited stands beside it.
"""

import asyncio
import itertools
import json
import random
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

import aiohttp

PAUSE = 10.0  # seconds between two pages of a person, about
HEARD, REST = 0.3, 8.0  # seconds from news to asking anew, and at the least between two times, as in `live.js`


class Astray(Exception):
    """A page did not answer as it should: the figures would be worth nothing."""


@dataclass(slots=True)
class Seen:
    """Milliseconds by kind of page: what the server took, what the visitor waited; and the news that streams told."""

    server: dict[str, list[float]] = field(default_factory=dict)
    waited: dict[str, list[float]] = field(default_factory=dict)
    news: int = 0
    counting: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person: the cookie, the live page that stays open, and the pages looked at in turn, as (kind, path)."""

    token: str
    home: tuple[str, str] | None
    pages: Sequence[tuple[str, str]]


class Site:
    """All visitors of one running site."""

    def __init__(self, address: str, http: aiohttp.ClientSession, seen: Seen) -> None:
        self._address, self._http, self._seen = address, http, seen

    async def live(self, visitor: Visitor, dice: random.Random) -> None:
        """Look at pages until cancelled, beginning anywhere: people do not move in step."""
        first = dice.randrange(len(visitor.pages))
        await asyncio.sleep(dice.uniform(0, PAUSE))
        for kind, path in itertools.islice(itertools.cycle(visitor.pages), first, None):
            await asyncio.sleep(dice.uniform(0.5, 1.5) * PAUSE)
            await self.look(visitor, kind, path)

    async def listen(self, visitor: Visitor, dice: random.Random) -> None:
        """Hold the stream open; when it names tickets, ask for the open page anew."""
        headers = {"Cookie": f"phien={visitor.token}"}
        endless = aiohttp.ClientTimeout(total=None)
        asking: asyncio.Task[float] | None = None
        async with self._http.get(f"{self._address}/song", headers=headers, timeout=endless) as stream:
            if stream.status != 200:
                raise Astray(f"/song answered {stream.status}")
            async for line in stream.content:
                if not line.startswith(b"data:") or not json.loads(line[5:]):
                    continue
                self._seen.news += self._seen.counting
                if visitor.home and (asking is None or asking.done()):
                    rest = 0.0 if asking is None else asking.result() + REST - perf_counter()
                    asking = asyncio.create_task(self._again(visitor, max(HEARD, rest) + dice.uniform(0, 1.5)))

    async def _again(self, visitor: Visitor, wait: float) -> float:
        """Ask for the live page after so many seconds; when that was."""
        assert visitor.home
        await asyncio.sleep(wait)
        began = perf_counter()
        await self.look(visitor, *visitor.home)
        return began

    async def act(self, visitors: Iterable[Visitor], every: float) -> None:
        """One after another takes up a waiting part of their queue, so that there is something to tell."""
        for visitor in itertools.cycle(visitors):
            await asyncio.sleep(every)
            page = await self.look(visitor, "queue", "/can-bo")
            form = re.search(
                r'action="(/can-bo/[\w-]+/\d/nhan)"><input type="hidden" name="csrf" value="(\w+)">.*?'
                r'name="phien_ban" value="(\d+)"',
                page,
                re.DOTALL,
            )
            if form:
                said = {"csrf": form[2], "phien_ban": form[3], "ve": "/can-bo"}
                await self._post(visitor, form[1], said)

    async def look(self, visitor: Visitor, kind: str, path: str) -> str:
        """One page; raises Astray unless it answers 200."""
        began = perf_counter()
        async with self._http.get(self._address + path, headers={"Cookie": f"phien={visitor.token}"}) as answer:
            page = await answer.text()
        if answer.status != 200 or answer.url.path.startswith("/dang-nhap"):
            raise Astray(f"{path} answered {answer.status} ({answer.url})")
        if self._seen.counting:
            self._seen.waited.setdefault(kind, []).append((perf_counter() - began) * 1000)
            took = float(answer.headers["Server-Timing"].partition("dur=")[2])
            self._seen.server.setdefault(kind, []).append(took)
        return page

    async def _post(self, visitor: Visitor, path: str, form: dict[str, str]) -> None:
        headers = {"Cookie": f"phien={visitor.token}"}
        async with self._http.post(self._address + path, data=form, headers=headers, allow_redirects=False) as answer:
            if answer.status != 303:
                raise Astray(f"{path} answered {answer.status}")


async def visit(address: str, visitors: Sequence[Visitor], acting: int, warm: float, seconds: float) -> Seen:
    """All of them at once; counted after `warm` seconds. The first `acting` visitors take up parts, one a second."""
    seen, dice = Seen(), random.Random(7)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        site = Site(address, http, seen)
        for kind, path in dict.fromkeys(page for visitor in visitors for page in visitor.pages[:2]):
            await site.look(next(one for one in visitors if (kind, path) in one.pages), kind, path)
        tasks = [asyncio.create_task(site.live(one, random.Random(dice.random()))) for one in visitors]
        tasks += [asyncio.create_task(site.listen(one, random.Random(dice.random()))) for one in visitors]
        tasks.append(asyncio.create_task(site.act(visitors[:acting], 1.0)))
        try:
            for counting, length in ((False, warm), (True, seconds)):
                seen.counting = counting
                done, _ = await asyncio.wait(tasks, timeout=length, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError, Astray, aiohttp.ClientError):
                    await task
    return seen
