"""Where a life ends: the points around sending at which the process kills itself.

The one rule: a point is reached by the real code; it is wrapped, never replaced.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from enum import StrEnum
from itertools import count
from typing import Any

import aiohttp

from zalobot.outbox import settling
from zalobot.relay import loop
from zalobot.relay.loop import Relay
from zalobot.zalo.client import ZaloClient


class Point(StrEnum):
    """One instant in the life of a message."""

    NEVER = "never"
    CLAIMING = "claiming"  # the rows are marked as sending, the transaction is not committed
    CLAIMED = "claimed"  # committed, nothing called yet
    CALLING = "calling"  # right before the call
    CALLED = "called"  # the request has left; Zalo may have it, or will have it in a moment
    ANSWERED = "answered"  # the answer was read, nothing is written down
    SETTLING = "settling"  # written down, not committed
    SETTLED = "settled"  # committed
    ECHO = "echo"  # the echo has settled a row, the transaction is not committed
    LOOKED = "looked"  # an unknown row was looked for, what was seen is not written down


def plant(point: Point, nth: int, delay: float) -> aiohttp.TraceConfig:
    """End this process by kill -9 when the point is reached for the `nth` time; CALLED, `delay` seconds after that."""
    hits = count(1)

    def reached() -> None:
        if next(hits) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    match point:
        case Point.CLAIMING:
            _after(loop, "exchange", reached, lambda claimed: bool(claimed))
        case Point.CLAIMED:
            _before(Relay, "_begin", reached, lambda _self, _settled, claimed: bool(claimed))
        case Point.CALLING:
            _before(ZaloClient, "send", reached)
        case Point.ANSWERED:
            _after_await(ZaloClient, "send", reached)
        case Point.SETTLING:
            _after(loop, "exchange", reached, when=lambda _session, outcomes, *_rest: bool(outcomes))
        case Point.SETTLED:
            _before(Relay, "_begin", reached, lambda _self, settled, _claimed: bool(settled))
        case Point.ECHO:
            _after(settling, "settle", reached)  # `exchange` has its own name for it: this one is the echo's
        case Point.LOOKED:
            _after_await(loop, "ask", reached)
    return _tracing(reached, delay) if point is Point.CALLED else aiohttp.TraceConfig()


def _tracing(reached: Callable[[], None], delay: float) -> aiohttp.TraceConfig:
    async def left(_session: object, _context: object, chunk: aiohttp.TraceRequestChunkSentParams) -> None:
        if chunk.method == "POST" and "/message" in chunk.url.path:
            asyncio.get_running_loop().call_later(delay, reached)

    tracing = aiohttp.TraceConfig()
    tracing.on_request_chunk_sent.append(left)
    return tracing


def _before(owner: Any, name: str, reached: Callable[[], None], when: Callable[..., bool] = lambda *_: True) -> None:
    real = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if when(*arguments):
            reached()
        return real(*arguments, **named)

    setattr(owner, name, wrapped)


def _after(
    owner: Any,
    name: str,
    reached: Callable[[], None],
    result: Callable[[Any], bool] = lambda _: True,
    when: Callable[..., bool] = lambda *_: True,
) -> None:
    real = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        got = real(*arguments, **named)
        if result(got) and when(*arguments):
            reached()
        return got

    setattr(owner, name, wrapped)


def _after_await(owner: Any, name: str, reached: Callable[[], None]) -> None:
    real = getattr(owner, name)

    async def wrapped(*arguments: Any, **named: Any) -> Any:
        got = await real(*arguments, **named)
        reached()
        return got

    setattr(owner, name, wrapped)
