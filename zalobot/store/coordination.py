"""Where processes meet: wake-ups, the send budget, a first look at duplicates. Redis, or one process alone.

The one rule: nothing here is the truth. Losing all of it at any instant costs speed, never a word: a missed wake-up
is made good by the waiter's own timeout, a forgotten key by the database, an overdrawn budget by Zalo's refusal.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from os import getpid
from secrets import token_hex
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakSet

from redis.asyncio import Redis
from redis.exceptions import RedisError

from zalobot.store.pacing import CHARGE, DRAW, Buckets, Drawn, Pace

T = TypeVar("T")
log = logging.getLogger(__name__)

PREFIX = "zalobot:"
_MOST_KEYS = 200_000
_PAUSE = 0.5  # seconds during which a lost Redis is not asked again
_SILENCE = 60.0


class Bell:
    """A subscription: `wait` returns as soon as its topic was published since the last `wait`."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits, or the next one who will."""
        self._rung.set()

    async def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds; whether it rang."""
        # Not wait_for: on Python 3.11 it swallows a cancellation that comes as the bell rings, and the waiter lives on.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        rang = self._rung.is_set()
        self._rung.clear()
        return rang


class Coordination(Protocol):
    """What processes tell each other. Every answer is a hint; none of these calls raises when Redis is gone."""

    async def publish(self, topic: str) -> None:
        """Wake everybody who waits for the topic, in every process."""

    def subscribe(self, topic: str) -> Bell:
        """A bell of one's own for the topic, for as long as it is held."""

    async def wait(self, topic: str, timeout: float) -> bool:
        """Wait for the topic at most `timeout` seconds, on this process's one common bell for it.

        It may return for nothing (the first time it does so at once) but never sleeps through. Two waiters of the
        same topic in one process take a bell each with `subscribe`.
        """

    async def seen_recently(self, key: str, ttl: float) -> bool:
        """Whether the key was asked for within the last `ttl` seconds. True is a reason to look, never to drop."""

    async def draw(self, bucket: str, pace: Pace, most: int = 1) -> Drawn:
        """Take up to `most` calls from a bucket that all processes share."""

    async def charge(self, bucket: str, pace: Pace, calls: int) -> None:
        """Count calls that went without being drawn; a negative number gives back what was drawn and not used."""

    async def shut(self, bucket: str, pace: Pace, seconds: float) -> None:
        """Give nothing out of the bucket for so long."""

    async def close(self) -> None:
        """Let go of connections."""


def connect(url: str) -> Coordination:
    """Coordination over the Redis at this address, or within this process when there is none."""
    return OverRedis(url) if url else InProcess()


class InProcess:
    """Coordination for one process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._bells: defaultdict[str, WeakSet[Bell]] = defaultdict(WeakSet)
        self._common: dict[str, Bell] = {}
        self._seen: dict[str, float] = {}
        self._buckets = Buckets(clock)

    async def publish(self, topic: str) -> None:
        """Wake everybody who waits for the topic."""
        self.ring(topic)

    def ring(self, topic: str) -> None:
        """`publish`, for callers on the loop that cannot await."""
        for bell in list(self._bells.get(topic, ())):
            bell.ring()

    def ring_all(self) -> None:
        """Wake everybody: something may have been missed."""
        for topic in list(self._bells):
            self.ring(topic)

    def subscribe(self, topic: str) -> Bell:
        """A bell of one's own for the topic, for as long as it is held."""
        bell = Bell()
        self._bells[topic].add(bell)
        return bell

    async def wait(self, topic: str, timeout: float) -> bool:
        """Wait for the topic on the common bell."""
        return await self.common(topic).wait(timeout)

    def common(self, topic: str) -> Bell:
        """The bell that `wait` listens to."""
        if topic not in self._common:
            self._common[topic] = self.subscribe(topic)
            self._common[topic].ring()  # what was published before could not be heard
        return self._common[topic]

    async def seen_recently(self, key: str, ttl: float) -> bool:
        """Whether the key was asked for within the last `ttl` seconds."""
        now = self._clock()
        if self._seen.get(key, 0.0) > now:
            return True
        self._seen.pop(key, None)  # so that the newest stand last
        self._seen[key] = now + ttl
        if len(self._seen) > _MOST_KEYS:
            self._seen = dict(list(self._seen.items())[_MOST_KEYS // 2 :])
        return False

    async def draw(self, bucket: str, pace: Pace, most: int = 1) -> Drawn:
        """Take up to `most` calls, by this process's own count."""
        return self._buckets.draw(bucket, pace, most)

    async def charge(self, bucket: str, pace: Pace, calls: int) -> None:
        """Count calls that were not drawn, or give some back."""
        self._buckets.charge(bucket, calls * pace.each)

    async def shut(self, bucket: str, pace: Pace, seconds: float) -> None:
        """Give nothing out of the bucket for so long."""
        self._buckets.charge(bucket, 0, _shut(pace, seconds))

    async def close(self) -> None:
        """Nothing to let go of."""


class OverRedis:
    """Coordination over Redis. When it is gone the in-process twin answers, and Redis is asked again now and then."""

    def __init__(self, url: str) -> None:
        # Without these a lost server holds every caller for 4.4 seconds.
        quick: dict[str, Any] = {"retry": None, "socket_timeout": 0.3, "socket_connect_timeout": 0.3}
        self._client = Redis.from_url(url, **quick)
        self._listening = Redis.from_url(url, **quick | {"socket_timeout": None})
        self._draw = self._client.register_script(DRAW)
        self._charge = self._client.register_script(CHARGE)
        self._twin = InProcess()
        self._me = f"{getpid()}-{token_hex(4)}"
        self._listener: asyncio.Task[None] | None = None
        self._there = True
        self._ask_again_at = 0.0

    async def publish(self, topic: str) -> None:
        """Wake everybody: here at once, elsewhere through Redis."""
        self._twin.ring(topic)
        await self._ask(lambda: self._client.publish(PREFIX + topic, self._me), _nothing)

    def subscribe(self, topic: str) -> Bell:
        """A bell of one's own for the topic; needs a running loop."""
        self._listen()
        return self._twin.subscribe(topic)

    async def wait(self, topic: str, timeout: float) -> bool:
        """Wait for the topic on the common bell."""
        self._listen()
        return await self._twin.wait(topic, timeout)

    async def seen_recently(self, key: str, ttl: float) -> bool:
        """Whether any process asked for the key within the last `ttl` seconds."""

        async def ask() -> bool:
            new = await self._client.set(f"{PREFIX}seen:{key}", 1, nx=True, px=max(1, int(ttl * 1000)))
            return not new

        return await self._ask(ask, lambda: self._twin.seen_recently(key, ttl))

    async def draw(self, bucket: str, pace: Pace, most: int = 1) -> Drawn:
        """Take up to `most` calls from the bucket that all processes share."""

        async def ask() -> Drawn:
            calls, wait = await self._draw([f"{PREFIX}bucket:{bucket}"], [pace.each, pace.tolerated, most])
            return Drawn(int(calls), int(wait) / 1e6)

        return await self._ask(ask, lambda: self._twin.draw(bucket, pace, most))

    async def charge(self, bucket: str, pace: Pace, calls: int) -> None:
        """Count calls that were not drawn, or give some back."""
        await self._charged(bucket, calls * pace.each, 0, lambda: self._twin.charge(bucket, pace, calls))

    async def shut(self, bucket: str, pace: Pace, seconds: float) -> None:
        """Give nothing out of the bucket for so long."""
        await self._charged(bucket, 0, _shut(pace, seconds), lambda: self._twin.shut(bucket, pace, seconds))

    async def _charged(
        self, bucket: str, microseconds: int, at_least: int, twin: Callable[[], Awaitable[None]]
    ) -> None:
        async def ask() -> None:
            await self._charge([f"{PREFIX}bucket:{bucket}"], [microseconds, at_least])

        await self._ask(ask, twin)

    async def close(self) -> None:
        """Stop listening and let go of connections."""
        if self._listener:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        await self._client.aclose()
        await self._listening.aclose()

    async def _ask(self, redis: Callable[[], Awaitable[T]], twin: Callable[[], Awaitable[T]]) -> T:
        """Redis's answer, or the twin's. A call is never repeated: the first may have taken effect unseen."""
        if not self._there:
            if time.monotonic() < self._ask_again_at:
                return await twin()
            self._ask_again_at = time.monotonic() + _PAUSE  # one caller tries, the others go on
        try:
            answer = await redis()
        except (RedisError, OSError) as error:
            await self._gone(error)
            return await twin()
        self._back()
        return answer

    async def _gone(self, error: Exception) -> None:
        if self._there:
            log.warning("redis is gone, going on alone: %s", error)
            self._there = False
            self._ask_again_at = time.monotonic() + _PAUSE
        with suppress(RedisError, OSError):
            await self._client.connection_pool.disconnect(inuse_connections=False)

    def _back(self) -> None:
        if not self._there:
            log.warning("redis is back")
            self._there = True

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = asyncio.get_running_loop().create_task(self._hear(), name="coordination-listener")

    async def _hear(self) -> None:
        """Ring our bells for what other processes publish, for ever."""
        while True:
            with suppress(RedisError, OSError):
                await self._hear_until_lost()
            await asyncio.sleep(_PAUSE)

    async def _hear_until_lost(self) -> None:
        async with self._listening.pubsub() as pubsub:
            await pubsub.psubscribe(PREFIX + "*")
            # A connection cut on the way never says so: after a long silence, subscribe anew.
            while (message := await pubsub.get_message(timeout=_SILENCE)) is not None:
                if message["type"] == "psubscribe":
                    self._twin.ring_all()  # what was published before we listened is gone
                elif message["data"] != self._me.encode():
                    self._twin.ring(cast(bytes, message["channel"]).decode().removeprefix(PREFIX))


def _shut(pace: Pace, seconds: float) -> int:
    return round(seconds * 1e6) + pace.tolerated


async def _nothing() -> None:
    return None
