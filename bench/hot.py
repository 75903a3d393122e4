"""What an event costs in the rules and the database alone: no HTTP, one process, the eight messages of the bench.

`python -m bench.hot [URL] [people] [--profile]`: kept in batches of 32, handled, queued, claimed and settled as sent.
Printed is CPU time of this process, so that other work on the machine matters little. Without an URL: SQLite in a
temporary folder.
"""

import argparse
import cProfile
import gc
import json
import pstats
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.conversation import APP_ID, OA_ID, Conversation, Turn
from zalobot import app, inbox, outbox
from zalobot.config import Settings
from zalobot.handlers.dispatch import dispatcher
from zalobot.inbox import Incoming
from zalobot.outbox import Outcome
from zalobot.store import migrations
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.zalo.events import Event

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning
BATCH = 32
_FIRST = range(1_000_000, 1_000_000 + BATCH)  # those of the first round; nobody measured says what they say


@dataclass(slots=True)
class Spent:
    """CPU seconds by what they were spent on, and how often the door to the database was opened."""

    seconds: dict[str, float] = field(default_factory=dict)

    def on(self, what: str, work: Callable[[], Any]) -> Any:
        """Do it and write down what it cost."""
        began = time.process_time()
        done = work()
        self.seconds[what] = self.seconds.get(what, 0.0) + time.process_time() - began
        return done


def events(line: Turn, step: int, people: range, now: datetime) -> list[Incoming]:
    """The same line of these people, verified and read."""
    found = []
    for number in people:
        person = str(2_460_000_000_000_000_000 + number)
        body = json.dumps(
            {
                "app_id": APP_ID,
                "user_id_by_app": person[::-1],
                "sender": {"id": person},
                "recipient": {"id": OA_ID},
                "event_name": "user_send_text",
                "message": {"text": line.said_by(number), "msg_id": f"{number:x}-{step:02d}"},
                "timestamp": str(int(now.timestamp() * 1000) + number),
            },
            ensure_ascii=False,
        )
        event = Event.parse(body.encode(), OA_ID, now)
        found.append(Incoming(event.key, event.person_id, event.name, event.at, now, body))
    return found


def turn(store: Store, spent: Spent, step: int, line: Turn, people: range, now: datetime) -> int:
    """One line of everybody, to the last settled reply; gives back how many messages were said."""
    incoming = events(line, step, people, now)
    handle = dispatcher(OA_ID)
    for first in range(0, len(people), BATCH):
        batch = incoming[first : first + BATCH]
        spent.on("keep", partial(store.run_now, inbox.keep, batch))
    while spent.on(f"{step}", partial(store.run_now, inbox.work, handle, now, people=64)).handled:
        pass
    said, outcomes = 0, list[Outcome]()
    while True:
        leaving = spent.on("out", partial(store.run_now, outbox.exchange, outcomes, now, 48))
        if not leaving:
            return said
        said += len(leaving)
        outcomes = [Outcome(row.id, OutboxState.SENT, f"z{row.id}") for row in leaving]


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A migrated database with the province in it."""
    settings = replace(
        Settings(), database_url=url, secret_key="bench", zalo_oa_id=OA_ID, zalo_app_id=APP_ID, burst_seconds=0
    )
    migrations.upgrade(url)
    store, _ = app.open_store(settings, START)
    try:
        yield store
    finally:
        store.close_now()


def main() -> None:
    """Print what an event costs, by phase and line."""
    parser = argparse.ArgumentParser(prog="python -m bench.hot", description=__doc__)
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("people", nargs="?", type=int, default=256)
    parser.add_argument("--profile", action="store_true", help="where it goes, by function")
    options = parser.parse_args()
    turns, spent, profile = Conversation.load().turns, Spent(), cProfile.Profile()
    with (
        tempfile.TemporaryDirectory(prefix="zalobot-hot-") as folder,
        opened(options.url or f"sqlite:///{Path(folder)}/hot.db") as store,
    ):
        for step, one in enumerate(turns):  # patterns and statements are compiled once in a process's life
            turn(store, Spent(), step, one, _FIRST, START + timedelta(seconds=step))
        gc.collect()
        gc.freeze()  # as the service does
        if options.profile:
            profile.enable()
        began, said = time.perf_counter(), 0
        for step, one in enumerate(turns):
            said += turn(store, spent, step, one, range(options.people), START + timedelta(seconds=step))
        profile.disable()
        wall = time.perf_counter() - began
    report(spent, options.people, len(turns), said, wall)
    if options.profile:
        for order in ("tottime", "cumtime"):
            pstats.Stats(profile).sort_stats(order).print_stats(45)


def report(spent: Spent, people: int, turns: int, said: int, wall: float) -> None:
    """One line for each phase, in microseconds; `keep` and `out` are per event, a number is that line of the talk."""
    for what, seconds in spent.seconds.items():
        per = people if what.isdigit() else people * turns
        print(f"{what:>6} {seconds / per * 1e6:8.0f} us")
    whole = sum(spent.seconds.values()) / (people * turns) * 1e6
    print(f"   all {whole:8.0f} us of CPU per event; {said} messages to {people * turns} events; {wall:.2f} s in all")


if __name__ == "__main__":
    main()
