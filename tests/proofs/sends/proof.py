"""The proof: so many lives, then a rest, then what is on the phones against what is in the database.

The one rule: every message has words of its own, so that what is there twice, or not at all, can be named.
"""

import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web
from sqlmodel import Session, col, select

from tests.proofs.sends.lives import Life, Lives
from tests.proofs.sends.points import Point
from zalobot import inbox, outbox
from zalobot.inbox import Incoming
from zalobot.relay.settling import NOT_SHOWN
from zalobot.simulator.app import Effect, Person, SimSettings, Simulator
from zalobot.store.database import Store
from zalobot.store.models import OutboxMessage, OutboxState
from zalobot.templating import Rendered
from zalobot.zalo.events import Event

PEOPLE, BLIND = 12, 4
EACH = 3  # messages for each life
PATIENCE = 0.9  # seconds until a life that does not reach its point is killed all the same
HOP = timedelta(seconds=4)  # between lives: longer than a row must be old to be looked for
POINTS = tuple(Point)[1:]


@dataclass(slots=True)
class Judgement:
    """What came of it. `blind` are messages to people of whom Zalo shows nothing: neither echo nor conversation."""

    engine: str
    kills: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    blind_doubled: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    unclear: int = 0
    arrived_unclear: int = 0
    wrongly_sent: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether a promise was broken."""
        faults = (self.lost, self.doubled, self.blind_doubled, self.unsettled, self.wrongly_sent)
        return any(faults)

    def __str__(self) -> str:
        points = ", ".join(f"{point} {number}" for point, number in sorted(self.kills.items()))
        lines = [
            f"{self.engine}: {self.kills.total()} kills in {self.seconds:.0f} s ({points})",
            f"  {self.messages} messages; lost: {len(self.lost)}; twice on a phone: {len(self.doubled)}",
            f"  where Zalo shows nothing: {self.unclear} listed as unclear ({self.arrived_unclear} had arrived);",
            f"  twice on a phone: {len(self.blind_doubled)}",
        ]
        for name in ("lost", "doubled", "blind_doubled", "unsettled", "wrongly_sent"):
            lines += [f"  BROKEN, {name}: {one}" for one in getattr(self, name)[:5]]
        return "\n".join(lines)


@dataclass(slots=True)
class Proof:
    """A database, a pretended Zalo, and the lives between them."""

    engine: str
    store: Store
    simulator: Simulator
    lives: Lives
    chance: random.Random
    patience: float = PATIENCE
    people: list[Person] = field(default_factory=list)
    blind: list[Person] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    judgement: Judgement = field(init=False)

    def __post_init__(self) -> None:
        self.judgement = Judgement(self.engine)

    async def gather(self) -> None:
        """People who may be written to; of some of them Zalo will show nothing."""
        for number in range(PEOPLE + BLIND):
            person = self.simulator.add_person(f"p{number}")
            await self.simulator.follow(person)
            (self.blind if number >= PEOPLE else self.people).append(person)
        self.simulator.stage.settings = self.simulator.settings
        for person in self.blind:
            self.simulator.faults.start(Effect.LOSE, name="oa_send_*", person_id=person.id)
            self.simulator.faults.start(Effect.REFUSE, "lookups", code=-224, person_id=person.id)

    async def kill(self, point: Point) -> None:
        """One life that ends at this point, or when its time is over, with a fault of Zalo's or without."""
        self._queue()
        faults = [self.simulator.faults.start(*fault, count=2, **given) for fault, given in self._fault(point)]  # type: ignore[arg-type]
        lasted = self._life(
            point, nth=self.chance.choice((1, 1, 1, 2)), delay=self.chance.uniform(0, 0.03), patience=self.patience
        )
        reached = await self.lives.live(lasted)
        self.judgement.kills[str(point) if reached else "any time"] += 1
        for fault in faults:
            self.simulator.faults.stop(fault.id)
        await self.simulator.clock.advance(HOP)

    async def rest(self) -> None:
        """Lives without a point until nothing is open any more; then the operator's patience is over, too."""
        for _ in range(40):
            await self.lives.live(self._life(Point.NEVER, patience=2.0))
            if not self.store.read_now(_open, [person.id for person in self.people]):
                break
            await self.simulator.clock.advance(HOP)
        await self.simulator.clock.advance(NOT_SHOWN)
        for _ in range(40):
            await self.lives.live(self._life(Point.NEVER, patience=2.0))
            if not self.store.read_now(_open, None):
                return
            await self.simulator.clock.advance(NOT_SHOWN)

    def judge(self) -> Judgement:
        """What is on the phones, against what the database says."""
        found, judged = self.store.read_now(_states), self.judgement
        blind = {person.id for person in self.blind}
        phones = Counter(
            (person.id, m.text) for person in self.people + self.blind for m in self.simulator.received(person)
        )
        judged.messages = len(self.said)
        for person_id, text in self.said:
            times, state = phones[(person_id, text)], found.get((person_id, text))
            name = f"{text} ({state}, {times} times)"
            if state is OutboxState.UNCLEAR:
                judged.unclear += 1
                judged.arrived_unclear += times > 0
            elif state is not OutboxState.SENT:
                judged.unsettled.append(name)
            elif not times:
                judged.wrongly_sent.append(name)
            if not times and state is not OutboxState.UNCLEAR:
                judged.lost.append(name)
            if times > 1:
                (judged.blind_doubled if person_id in blind else judged.doubled).append(name)
        return judged

    def _queue(self) -> None:
        for person in self.chance.sample(self.people, EACH - 1) + self.chance.sample(self.blind, 1):
            text = f"Tin số {len(self.said)}."
            buttons = (("Có", "Có"),) if self.chance.random() < 0.3 else ()
            said = Rendered(text, buttons, "test", "1")
            self.store.run_now(outbox.enqueue, person.id, said, now=self.simulator.clock.now())
            self.said.append((person.id, text))

    def _fault(self, point: Point) -> list[tuple[tuple[Effect, str], dict[str, object]]]:
        """What goes wrong at Zalo's in this life, nothing in some; two points need slow answers."""
        if point in (Point.CALLED, Point.ECHO):
            return [((Effect.ANSWER_LATE, "sends"), {"seconds": 0.1 if point is Point.CALLED else 0.5})]
        return self.chance.choice(
            (
                [],
                [],
                [],
                [((Effect.ANSWER_LOST, "sends"), {})],
                [((Effect.ANSWER_STATUS, "sends"), {"code": 502})],
                [((Effect.ANSWER_REFUSED, "sends"), {"code": -200})],
                [((Effect.LOSE, "events"), {"name": "oa_send_*"})],
                [((Effect.SLOW, "sends"), {"seconds": 0.05})],
            )
        )

    def _life(self, point: Point, *, patience: float, nth: int = 1, delay: float = 0.0) -> Life:
        ahead = (self.simulator.clock.now() - datetime.now(UTC)).total_seconds()
        return Life(
            self.store.url,
            self.simulator.base_url,
            self.simulator.grant.access,
            self.simulator.settings.oa_id,
            ahead,
            patience,
            point,
            nth,
            delay,
            beside=not self.store.sqlite and self.chance.random() < 0.3,
        )


async def prove(engine: str, url: str, *, points: int, seed: int, patience: float = PATIENCE) -> Judgement:
    """Kill a sending process at so many points, let everything come to rest, and judge. `patience`: as PATIENCE."""
    began = time.monotonic()
    store = Store(url)
    async with Simulator(SimSettings(receipts=False)) as simulator, _hearing(store, simulator), Lives() as lives:
        proof = Proof(engine, store, simulator, lives, random.Random(seed), patience)
        await proof.gather()
        for number in range(points):
            await proof.kill(POINTS[number % len(POINTS)])
        await proof.rest()
        judged = proof.judge()
    await store.close()
    judged.seconds = time.monotonic() - began
    return judged


@asynccontextmanager
async def _hearing(store: Store, simulator: Simulator) -> AsyncIterator[None]:
    """The other process of a split installation: it keeps what Zalo tells and answers 200. It lives on."""

    async def keep(request: web.Request) -> web.Response:
        raw, now = await request.read(), simulator.clock.now()
        event = Event.parse(raw, simulator.settings.oa_id, now)
        kept = Incoming(event.key, event.person_id, event.name, event.at, now, raw.decode())
        await store.run(inbox.keep, [kept])
        return web.Response()

    app = web.Application()
    app.router.add_post("/", keep)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    simulator.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield
    finally:
        await runner.cleanup()


def _open(session: Session, people: list[str] | None) -> int:
    states = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.UNKNOWN)
    query = select(OutboxMessage.id).where(col(OutboxMessage.state).in_(states))
    if people is not None:
        query = query.where(col(OutboxMessage.person_id).in_(people))
    return len(session.exec(query).all())


def _states(session: Session) -> dict[tuple[str, str], OutboxState]:
    return {(row.person_id, row.body["text"]): row.state for row in session.exec(select(OutboxMessage))}
