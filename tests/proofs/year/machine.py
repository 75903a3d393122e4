"""The service on an injected clock, without HTTP: its store, its jobs, its outbox; and everything that befalls it.

The one rule: whatever is in zalobot.jobs.JOBS runs; a new job is part of the year without a word here. It can die in
the middle of any statement, and is then opened anew as a new process would be.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import bindparam, event, exists, or_, select
from sqlmodel import Session, col

from tests.proofs.year.walls import local
from zalobot import app, province, reference, relay
from zalobot.config import Settings
from zalobot.errors import Retryable
from zalobot.jobs import JOBS, Duties
from zalobot.outbox import Outcome
from zalobot.services import Services
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import OutboxMessage, OutboxState, Part, Ticket
from zalobot.store.types import UtcDateTime, word
from zalobot.workdays import WorkCalendar

P = ParamSpec("P")
T = TypeVar("T")

MORNING = time(7, 55), time(8, 12)
SELDOM = 60  # seconds: jobs looked at no more often than that in truth run at every third sweep here
WIRE = ("settle", "keep_tokens", "fetch", "catch_up")  # they speak to Zalo, which is not there: now and then is enough


class Crash(Exception):
    """The process died."""


@dataclass(frozen=True)
class Down:
    """A time in which nothing ran (`whole`), or in which Zalo took no message."""

    begins: datetime
    ends: datetime
    whole: bool


class Unreachable:
    """Stands for the client: Zalo cannot be reached."""

    skew = None

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, None]]:
        async def refused(*_: object, **__: object) -> None:
            raise Retryable(0, "no connection", 5.0)

        return refused


class Wire:
    """Stands for all that speaks to Zalo: nothing is asked, nothing is found."""

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, None]]:
        async def nothing(*_: Any, **__: Any) -> None:
            return None

        return nothing


class Door:
    """The store as jobs see it, on the calling thread."""

    def __init__(self, store: Store) -> None:
        self._store, self.info = store, store.info

    async def run(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._store.run_now(verb, *args, **kwargs)

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._store.read_now(query, *args, **kwargs)

    def run_now(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._store.run_now(verb, *args, **kwargs)

    def read_now(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._store.read_now(query, *args, **kwargs)


@dataclass
class Machine:
    """The service. `sweeps` are the ranges of keys made while jobs ran: what they queued can be told from replies."""

    url: str
    now: datetime
    chance: random.Random
    calendar: WorkCalendar
    downs: list[Down] = field(default_factory=list)
    sweeps: list[tuple[str, str]] = field(default_factory=list)
    befell: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    fuse: int | None = None
    ticks: int = 0
    swept: int = 0
    swept_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    relay_up: bool = True

    def __post_init__(self) -> None:
        self.settings = replace(Settings(), database_url=self.url, secret_key="year", zalo_oa_id="1")
        self.runner = asyncio.Runner()
        pack = replace(province.load(self.settings.province), calendar=self.calendar, successions=())
        seeding = Store(self.url)
        seeding.run_now(reference.seed, pack, self.now)
        seeding.close_now()
        self.open()

    def open(self) -> None:
        """A new process: everything it knows is in the database."""
        self.store, self.here = app.open_store(self.settings, self.now)
        engine = self.store._write_engine
        if self.store.sqlite:  # this machine does not lose power: a year in minutes needs no fsync
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
            engine.dispose()
        event.listen(engine, "before_cursor_execute", self._burn)
        door = cast(Store, Door(self.store))
        services = Services(self.settings, door, InProcess(), self.here, lambda: self.now)
        wire: dict[str, object] = {one.name: Wire() for one in fields(Duties) if one.name != "services"}
        wire["client"] = Unreachable()
        self.duties = Duties(services, **cast(Any, wire))

    def restart(self, why: str) -> None:
        """Die and come back."""
        self.befell[why] += 1
        self.fuse = None
        self.store.close_now()
        self.open()

    def close(self) -> None:
        """The end of the year."""
        self.fuse = None
        self.store.close_now()
        self.runner.close()

    def run(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A verb in a transaction, sometimes cut off in the middle; then it is asked for again, as Zalo would."""
        if self.chance.random() < 0.004:
            self.fuse = self.chance.randint(0, 40)
        try:
            return self.store.run_now(verb, *args, **kwargs)
        except Crash:
            self.restart("killed within a batch of events")
            return self.store.run_now(verb, *args, **kwargs)
        finally:
            self.fuse = None

    def pending(self) -> tuple[bool, bool]:
        """Whether a part or ticket has something coming by now, and whether a message may leave."""
        part, message = self.store.read_now(_next_instants, self.now)
        return part, message

    def slot_comes(self) -> bool:
        """Whether jobs look at the clock itself by now: at the hour of the digests, and every hour."""
        return MORNING[0] <= local(self.now).time() < MORNING[1] or self.now - self.swept_at >= timedelta(minutes=55)

    def tick(self) -> bool:
        """Every job, each in its own transactions; a crash ends the tick. Whether a message may leave then."""
        self.swept, self.swept_at = self.swept + 1, self.now
        first = new_id()
        crash_in = self.chance.choice(JOBS).name if self.chance.random() < 0.01 else ""
        try:
            self.runner.run(self._sweep(crash_in))
        except Crash:
            self.restart("killed within a sweep")
        finally:
            self.fuse = None
        self.sweeps.append((first, new_id()))
        return self.pending()[1]

    async def _sweep(self, crash_in: str) -> None:
        for job in JOBS:
            if (job.name in WIRE and self.swept % 50) or (job.every >= SELDOM and self.swept % 3):
                continue
            self.fuse = self.chance.randint(0, 30) if job.name == crash_in else None
            try:
                await job.does(self.duties)
            except Crash:
                raise
            except Exception as error:
                self.failures.append(f"{self.now}: job {job.name} raised {type(error).__name__}: {error}")

    def send(self) -> list[str]:
        """Everything that may leave leaves, and arrives; gives back the keys. Nothing while Zalo is away."""
        sent: list[str] = []
        outcomes: list[Outcome] = []
        while self.relay_up and (leaving := self.store.run_now(relay.exchange, outcomes, self.now, 500)):
            outcomes = [Outcome(row.id, OutboxState.SENT, f"z{row.id}") for row in leaving]
            sent += [row.id for row in leaving]
        return sent

    def _burn(self, *_: Any) -> None:
        if self.fuse is None:
            return
        self.fuse -= 1
        if self.fuse < 0:
            self.fuse = None
            raise Crash


_OUTBOX = OutboxMessage.__table__  # type: ignore[attr-defined]
_INSTANTS = tuple(
    column
    for table in (Part.__table__, Ticket.__table__)  # type: ignore[attr-defined]
    for index in table.indexes
    for column in index.columns
    if len(index.columns) == 1 and isinstance(column.type, UtcDateTime)
)
_PENDING = select(
    or_(*(exists().where(column.is_not(None), column <= bindparam("now")) for column in _INSTANTS)),
    exists().where(_OUTBOX.c.state == word(OutboxState.QUEUED), _OUTBOX.c.not_before <= bindparam("now")),
)


def _next_instants(session: Session, now: datetime) -> tuple[bool, bool]:
    row = session.connection().execute(_PENDING, {"now": now}).one()
    return bool(row[0]), bool(row[1])


def outbox_rows(session: Session) -> list[Any]:
    """Everything that was ever queued, without the words."""
    columns = ("id", "person_id", "template", "priority", "ticket_id", "state", "created_at", "not_before", "sent_at")
    return list(
        session.execute(select(*(getattr(OutboxMessage, name) for name in columns)).order_by(col(OutboxMessage.id)))
    )


STEP = timedelta(minutes=5)
