"""A town for the tests of what leaves: a store, a relay, and the fake Zalo that it talks to over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from tests.rooms import outbox_rows
from zalobot import outbox
from zalobot.outbox import Leaving
from zalobot.relay import Chat, Relay, Traits, Uploads
from zalobot.simulator.app import Person, Simulator
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import Channel, OutboxMessage, OutboxState
from zalobot.store.presence import Presence
from zalobot.templating import Rendered
from zalobot.zalo.client import ZaloClient

OA = "oa"
RELEARN = timedelta(hours=24)


@dataclass
class Clock:
    """Real time, and what a test adds to it."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def wait(self, **delta: float) -> None:
        self.ahead += timedelta(**delta)


class Token:
    """The access token of the simulator's grant."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.renewals = simulator, 0

    async def access(self) -> str:
        return self.simulator.grant.access

    async def renewed(self, rejected: str) -> str:
        self.renewals += 1
        return self.simulator.grant.access


@dataclass
class Town:
    """A store, a relay and the fake Zalo it talks to."""

    store: Store
    simulator: Simulator
    http: aiohttp.ClientSession
    folder: Path
    paths: list[str]  # of all calls
    clock: Clock = field(default_factory=Clock)
    token: Token = field(init=False)
    client: ZaloClient = field(init=False)
    relay: Relay = field(init=False)

    def __post_init__(self) -> None:
        self.token = Token(self.simulator)
        self.client = self.new_client()
        self.relay = self.another()

    def new_client(self, base_url: str = "") -> ZaloClient:
        """A client as a new process would make it: what was learnt of the account is in the store alone."""
        traits = Traits(self.store, OA, self.clock.now, RELEARN)
        return ZaloClient(self.http, base_url or self.simulator.base_url, self.token, timeout=3.0, memory=traits)

    def another(self, client: Any = None, presence: Presence | None = None) -> Relay:
        """A relay as a new process would make it."""
        client = client or self.client
        uploads = Uploads(client, BlobStore(self.folder), self.store, OA, self.clock.now)
        return Relay(
            self.store,
            {Channel.CS: Chat(client, uploads, getattr(client, "memory", None))},
            InProcess(),
            self.clock.now,
            presence=presence or Presence("sqlite://", "relay", confirm=0),
        )

    async def person(self, name: str = "Lan") -> Person:
        """Somebody who has written to the account."""
        person = self.simulator.add_person(name)
        await self.simulator.says(person, "xin chào")
        return person

    def say(self, person: Person, text: str, *buttons: tuple[str, str]) -> str:
        said = Rendered(text, buttons, "test", "1")
        return self.store.run_now(outbox.enqueue, person.id, said, now=self.clock.now())

    def claim(self) -> list[Leaving]:
        """What a process does that dies before it has settled."""
        return self.store.run_now(outbox.claim, self.clock.now(), 50)

    def rows(self) -> list[OutboxMessage]:
        return self.store.read_now(outbox_rows)

    def states(self) -> list[OutboxState]:
        return [row.state for row in self.rows()]

    def phone(self, person: Person) -> list[str]:
        return [message.text for message in self.simulator.received(person)]


@asynccontextmanager
async def town(store: Store, folder: Path) -> AsyncIterator[Town]:
    """A town with nobody in it yet."""
    paths: list[str] = []

    async def asked(_session: object, _context: object, call: aiohttp.TraceRequestStartParams) -> None:
        paths.append(call.url.path)

    tracing = aiohttp.TraceConfig()
    tracing.on_request_start.append(asked)
    async with Simulator() as simulator, aiohttp.ClientSession(trace_configs=[tracing]) as http:
        yield Town(store, simulator, http, folder, paths)
