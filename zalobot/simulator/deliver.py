"""Webhooks on their way to the bot: signed, in order per person, tried again on a ladder, then given up.

The one rule: the bytes that are signed are the bytes that are posted, and a retry posts the same bytes. The first tries
of one person's events go out one after the other; retries and copies overtake each other, as Zalo's do.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

import aiohttp

from .console import Console, Signature
from .faults import ON_A_TRY, ON_THE_WAY, Effect, Faults, Hit, Rule, Where
from .payloads import Body
from .settings import SimSettings
from .signing import header, mac
from .world import World

SHUFFLE = 0.4  # seconds within which the copies of an event come


@dataclass(frozen=True, slots=True)
class Post:
    """One event, signed. text: what a person wrote; zbs: it comes from the template service, with its own header."""

    person_id: str
    name: str
    data: bytes
    timestamp: str
    mac: str
    signature: str
    text: str = ""
    zbs: bool = False


class Deliverer:
    """Posts events to `webhook_url`. Use after `open`, end with `close`."""

    def __init__(
        self, settings: SimSettings, world: World, faults: Faults, console: Console, now: Callable[[], datetime]
    ) -> None:
        self.url = settings.webhook_url
        self._settings = settings
        self._world = world
        self._faults = faults
        self._console = console
        self._now = now
        self._queues: dict[str, deque[tuple[Post, asyncio.Future[int]]]] = {}
        self._last: dict[str, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the HTTP session."""
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout)
        self._http = aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "ZaloSimulator"})

    async def close(self) -> None:
        """Drop what is under way and end the session."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    @property
    def busy(self) -> bool:
        """Whether anything is queued, posted or waiting for its next try."""
        return bool(self._tasks)

    def sign(self, person_id: str, body: Body, secret: str | None = None, *, zbs: bool = False) -> Post:
        """Serialise and sign once, as the console has it; `secret` replaces the right one to forge."""
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        how, settings = self._console.signature, self._settings
        first = settings.oa_id if how is Signature.OA_ID else str(body.get("app_id", ""))
        right = settings.app_secret if how is Signature.APP_SECRET else self._console.oa_secret
        digest = mac(first, data, str(body.get("timestamp", "")), secret or right)
        message = body.get("message")
        text = str(message.get("text", "")) if isinstance(message, dict) else ""
        name, stamp = str(body.get("event_name", "")), str(body.get("timestamp", ""))
        return Post(person_id, name, data, stamp, digest, header(digest, how), text, zbs)

    def emit(self, post: Post) -> asyncio.Future[int]:
        """Send an event on its way; the future holds the status of its first try (0: nobody answered)."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if not self.url or self._world.unsubscribed:
            self._world.note(self._now(), "lost", post.person_id, name=post.name)
            future.set_result(0)
        elif not self._console.delivers(post.name, post.text):
            self._world.note(self._now(), "filtered", post.person_id, name=post.name)
            future.set_result(0)
        elif rules := self._faults.fire(self._hit(post), ON_THE_WAY):
            self._astray(post, future, rules)
        elif post.person_id in self._queues:
            self._queues[post.person_id].append((post, future))
            self._last[post.person_id] = future
        else:
            self._queues[post.person_id] = deque([(post, future)])
            self._last[post.person_id] = future
            self._spawn(self._in_order(post.person_id))
        return future

    async def caught_up(self, person_id: str) -> None:
        """Wait until the first tries of everything emitted about this person so far were made."""
        if (last := self._last.get(person_id)) is not None:
            await asyncio.wait({last})

    def _hit(self, post: Post) -> Hit:
        return Hit(Where.EVENTS, post.name, post.person_id, self._now())

    def _astray(self, post: Post, future: asyncio.Future[int], rules: list[Rule]) -> None:
        """An event on which the network plays: lost, late, several times."""
        for rule in rules:
            self._world.note(self._now(), "mishap", post.person_id, effect=rule.effect, path=post.name)
        if any(rule.effect is Effect.LOSE for rule in rules):
            future.set_result(0)
            return
        copies = max((rule.copies() for rule in rules if rule.effect is Effect.REPEAT), default=1)
        wait = sum(rule.wait() for rule in rules if rule.effect is Effect.DELAY)
        self._spawn(self._shuffled(post, future, copies, wait))

    async def probe(self) -> int:
        """Post the unsigned `{}` that saving the address sends; the status."""
        assert self._http is not None
        async with self._http.post(self.url, data=b"{}", headers={"Content-Type": "application/json"}) as response:
            return response.status

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_order(self, person_id: str) -> None:
        queue = self._queues[person_id]
        try:
            while queue:
                post, future = queue.popleft()
                _settle(future, await self._first(post))
        finally:
            del self._queues[person_id]
            self._last.pop(person_id, None)
            for _post, future in queue:
                future.cancel()

    async def _shuffled(self, post: Post, future: asyncio.Future[int], copies: int, wait: float) -> None:
        async def later() -> int:
            await asyncio.sleep(wait + (random.random() * SHUFFLE if copies > 1 else 0))
            return await self._first(post)

        statuses = await asyncio.gather(*(later() for _ in range(copies)))
        _settle(future, max(statuses))

    async def _first(self, post: Post) -> int:
        status = await self._try(post, 0)
        if self._again(status):
            self._spawn(self._ladder(post))
        return status

    async def _ladder(self, post: Post) -> None:
        """Try again after each rung; after the last one the app is unsubscribed and a human must act."""
        for attempt, seconds in enumerate(self._settings.ladder, 1):
            await asyncio.sleep(seconds)
            if self._world.unsubscribed or not self._again(await self._try(post, attempt)):
                return
        if self._settings.unsubscribes:
            self._world.unsubscribed = True
            self._world.note(self._now(), "unsubscribed")

    def _again(self, status: int) -> bool:
        return self._console.retry and (status == 0 or (self._settings.retry_any and status != 200))

    async def _try(self, post: Post, attempt: int) -> int:
        entry = self._world.note(self._now(), "event", post.person_id, name=post.name, mac=post.mac, retry=attempt)
        started = perf_counter()
        unreachable = self._faults.fire(self._hit(post), ON_A_TRY)
        status = 0 if unreachable else await self._post(post, attempt)
        if entry is not None:
            entry.facts.update(status=status, ms=round((perf_counter() - started) * 1000, 1))
            self._world.touch()
        return status

    async def _post(self, post: Post, attempt: int) -> int:
        assert self._http is not None
        headers = {"Content-Type": "application/json"}
        if post.signature:
            headers["X-ZEvent-Signature"] = post.signature
        if post.zbs:
            headers["X-ZEvent-Server"] = "ZNS"
        if attempt:
            headers["num_retry"] = str(attempt)
        try:
            async with self._http.post(self.url, data=post.data, headers=headers) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0


def _settle(future: asyncio.Future[int], status: int) -> None:
    if not future.done():
        future.set_result(status)
