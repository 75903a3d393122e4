"""Lives of a process that sends, each ended by kill -9: forked from one that has read all modules already.

The one rule: a life knows the database and Zalo's address; nothing of the one before is left but what they hold.

`python -m tests.proofs.sends.lives` reads one life per line and answers when it has ended.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from tests.proofs.sends.points import Point, plant
from zalobot import inbox
from zalobot.handlers.dispatch import dispatcher
from zalobot.relay import Chat, Relay, Uploads
from zalobot.services import Now
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import Channel
from zalobot.store.presence import Presence
from zalobot.zalo.client import ZaloClient

LOOK = 0.3  # seconds between looks for what is unsettled
CALL = 1.5  # seconds until an answer is not waited for any more


@dataclass(frozen=True, slots=True)
class Life:
    """One life: where it ends, how far its clock is ahead of the real one, how long it may last at most.

    `beside`: another process lives and sends at the same time, and is killed together with this one.
    """

    database: str
    zalo: str
    token: str
    oa_id: str
    ahead: float
    patience: float
    point: Point = Point.NEVER
    nth: int = 1
    delay: float = 0.0
    beside: bool = False


class Lives:
    """The process that forks them."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Lives":
        command = [sys.executable, "-m", "tests.proofs.sends.lives"]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def live(self, life: Life) -> bool:
        """Have it live and die; whether it reached its point (otherwise it was killed when its time was over)."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
        answer = await self._process.stdout.readline()
        return bool(json.loads(answer))


async def _live(life: Life) -> None:
    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=life.ahead)

    class Token:
        async def access(self) -> str:
            return life.token

        async def renewed(self, rejected: str) -> str:
            return life.token

    tracing = plant(life.point, life.nth, life.delay)
    store, presence = Store(life.database), Presence(life.database, "relay", confirm=0)
    async with aiohttp.ClientSession(trace_configs=[tracing]) as http:
        client = ZaloClient(http, life.zalo, Token(), timeout=CALL)
        uploads = Uploads(client, BlobStore(Path(tempfile.gettempdir())), store, life.oa_id, now)
        relay = Relay(store, {Channel.CS: Chat(client, uploads)}, InProcess(), now, presence=presence)
        await asyncio.gather(relay.run(), _handle(store, life.oa_id, now), _settle(relay))


async def _handle(store: Store, oa_id: str, now: Now) -> None:
    handle = dispatcher(oa_id)
    while True:
        worked = await store.run(inbox.work, handle, now(), careful=True)
        if not worked.handled:
            await asyncio.sleep(0.05)


async def _settle(relay: Relay) -> None:
    while True:
        await relay.settle_unknown()
        await asyncio.sleep(LOOK)


def _fork(life: Life) -> int:
    child = os.fork()
    if child:
        return child
    try:
        asyncio.run(_live(life))
    finally:
        os._exit(1)  # a life never ends by itself


def _end(victim: int, patience: float) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        ended, status = os.waitpid(victim, os.WNOHANG)
        if ended:
            if not os.WIFSIGNALED(status):
                raise SystemExit("a life ended by itself")
            return True
        time.sleep(0.002)
    _kill(victim)
    return False


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def main() -> None:
    """Fork a life for each line; answer whether it died at its point."""
    logging.getLogger("zalobot.relay.settling").setLevel(logging.CRITICAL)  # of some people nothing can be seen
    for line in sys.stdin:
        given = json.loads(line)
        life = Life(**{**given, "point": Point(given["point"])})
        companion = _fork(Life(**{**given, "point": Point.NEVER})) if life.beside else 0
        reached = _end(_fork(life), life.patience)
        if companion:
            _kill(companion)
        print(json.dumps(reached), flush=True)


if __name__ == "__main__":
    main()
