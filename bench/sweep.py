"""The reminder sweep: 1,000 due parts among 10,000, 100,000 and 1,000,000 open ones; and a tick with nothing due.

The one rule: what one tick costs must not depend on how many parts are open (a partial index finds the due ones).
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

from bench.backing import fresh_database, postgres
from bench.conversation import Conversation
from bench.machine import cores, median
from bench.parts import Parts
from zalobot import reference, reminders, templating
from zalobot.message_contexts import CONTEXTS
from zalobot.paths import messages_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import load
from zalobot.store import migrations
from zalobot.store.database import Store
from zalobot.store.models import OutboxMessage, Priority

NOW = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)  # a Friday, 08:30 in Hạ Long
DUE, TIMES, IDLE_TICKS = 1000, 3, 50
_RESULTS = Path(__file__).with_name("results") / "sweep.json"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One size on one database. Milliseconds, medians; `database_*` is the part spent waiting for statements."""

    store: str
    open_parts: int
    queued: int
    sweep: float
    database_sweep: float
    idle: float
    database_idle: float


class StatementTime:
    """Adds up the seconds between a statement's start and its result, on every engine of this process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, *_: object) -> None:
        connection.info["bench_began"] = time.perf_counter()

    def _after(self, connection: Any, *_: object) -> None:
        self.seconds += time.perf_counter() - connection.info["bench_began"]


def tick(store: Store, spent: StatementTime) -> tuple[float, float]:
    """One sweep as the clock makes it: seconds in all, seconds in the database."""
    before, began = spent.seconds, time.perf_counter()
    store.run_now(reminders.remind, NOW)
    return time.perf_counter() - began, spent.seconds - before


def queued(session: Session) -> int:
    """How many reminders wait in the outbox."""
    query = select(func.count()).where(col(OutboxMessage.priority) == Priority.REMINDER)
    return int(session.execute(query).scalar_one())


def measure(store: Store, name: str, sizes: list[int], spent: StatementTime) -> Iterator[Sweep]:
    """Grow the database from size to size; at each, three sweeps of a thousand due parts and fifty idle ticks."""
    parts = Parts(store, Conversation.load().turns[2].said_by(0))
    for size in sizes:
        parts.grow_to(size)
        before, sweeps = store.read_now(queued), []
        for _ in range(TIMES):
            parts.add_due(DUE)
            sweeps.append(tick(store, spent))
        idle = [tick(store, spent) for _ in range(IDLE_TICKS)]
        yield Sweep(
            name,
            parts.count,
            (store.read_now(queued) - before) // TIMES,
            *(median(one[index] for one in sweeps) * 1000 for index in (0, 1)),
            *(median(one[index] for one in idle) * 1000 for index in (0, 1)),
        )


@contextmanager
def prepared(url: str) -> Iterator[Store]:
    """A migrated database with the province in it."""
    migrations.upgrade(url)
    pack = load("quang-ninh")
    info: dict[str, Any] = {reference.PUBLIC_URL: "http://127.0.0.1"}
    store = Store(url, info=info)
    store.run_now(reference.seed, pack, NOW)
    store.read_now(reference.open_for, pack, info)
    try:
        yield store
    finally:
        store.close_now()


def main() -> int:
    """Print the table; 1 when a bound was missed."""
    parser = argparse.ArgumentParser(prog="./run bench sweep", description=__doc__)
    parser.add_argument("--short", action="store_true", help="up to 100,000 parts only")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one database only")
    options = parser.parse_args()
    sizes = [10_000, 100_000] + ([] if options.short else [1_000_000])
    templating.use(
        templating.Wording(messages_folder(), PLACEHOLDERS, CONTEXTS, always={"channel": load("quang-ninh")})
    )
    spent, found = StatementTime(), []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zalobot-sweep-")))
        folder.chmod(0o755)
        for name in [options.only] if options.only else ["sqlite", "postgres"]:
            url = f"sqlite:///{folder}/sweep.db"
            if name == "postgres":
                url = fresh_database(stack.enter_context(postgres(folder, cores()[1])), "sweep")
            with prepared(url) as store:
                for one in measure(store, name, sizes, spent):
                    found.append(one)
                    print(_line(one), flush=True)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    return _verdict(found)


def _line(one: Sweep) -> str:
    return (
        f"{one.store:9}{one.open_parts:>10,} open  {DUE:,} due -> {one.queued} messages in {one.sweep:.0f} ms "
        f"({one.database_sweep:.0f} ms database)  idle tick {one.idle:.2f} ms ({one.database_idle:.2f} ms database)"
    )


def _verdict(found: list[Sweep]) -> int:
    missed = 0
    for name in dict.fromkeys(one.store for one in found):
        mine = [one for one in found if one.store == name]
        ratio, idle = mine[-1].sweep / mine[0].sweep, mine[-1].database_idle
        missed += (ratio > 2) + (idle >= 1) + any(one.queued == 0 for one in mine)
        print(
            f"{name}: {mine[-1].open_parts:,} / {mine[0].open_parts:,} open parts: {ratio:.2f} (bound <= 2); "
            f"idle tick {idle:.2f} ms of database time (bound < 1)"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
