"""A million inputs that no Zalo ever sent: the parser and the signature raise nothing but BadEvent, the webhook answers
no 5xx, and no handler fails.

`python -m tests.proofs.fuzz --inputs 1000000` makes each input (`broken_events.py`) from a seed and its number; what
breaks a promise is printed with that number, from which it is made again (`--only`).
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from tests.proofs.broken_events import APP, OA, SECRET, made, signed
from zalobot import app, inbox
from zalobot.config import Settings
from zalobot.errors import BadEvent, InvalidSignature
from zalobot.handlers.dispatch import dispatcher
from zalobot.services import SERVICES
from zalobot.store import migrations
from zalobot.zalo.events import Event
from zalobot.zalo.signature import Keys

KEYS = Keys(APP, OA, ("another secret", SECRET), "an app secret")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
POSTED = 50  # one of so many goes through the webhook, and one of ten of those has a right signature


@dataclass(slots=True)
class Outcome:
    """What was tried and what broke a promise."""

    parsed: Counter[str] = field(default_factory=Counter)
    proven: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    handled: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        tried = sum(self.parsed.values())
        lines = [
            f"{tried} inputs in {self.seconds:.0f} s: parsed {_words(self.parsed)}; signature {_words(self.proven)}",
            f"  {sum(self.statuses.values())} of them over HTTP: {_words(self.statuses)}; {self.handled} handled",
            *(f"  BROKEN: {fault}" for fault in self.faults),
        ]
        return "\n".join(lines)


def _words(counted: Counter[Any]) -> str:
    return ", ".join(f"{number} × {name}" for name, number in counted.most_common())


def tried(number: int, seed: int, outcome: Outcome) -> None:
    """One input through parser and signature."""
    body = made(number, seed)
    header, right = signed(body, random.Random(f"{seed}:{number}:signature"))
    try:
        event = _parsed(body, outcome)
        proven = _proven(body, header, outcome)
        if event is not None:
            _judge(event)
        if proven is not None and not right:
            raise AssertionError("an event proves its origin by a header that is not its signature")
        if proven is not None and event is not None and proven.key != event.key:
            raise AssertionError("proven or not, it is the same event")
    except Exception as error:
        outcome.faults.append(f"input {number}: {type(error).__name__}: {str(error)[:200]}")


def _parsed(body: bytes, outcome: Outcome) -> Event | None:
    try:
        event = Event.parse(body, OA, NOW)
    except BadEvent:
        outcome.parsed["no event"] += 1
        return None
    outcome.parsed[event.kind] += 1
    return event


def _proven(body: bytes, header: str | None, outcome: Outcome) -> Event | None:
    try:
        event = Event.from_http(body, header, keys=KEYS, received=NOW)
    except InvalidSignature as problem:
        outcome.proven[problem.reason] += 1
        return None
    except BadEvent:
        outcome.proven["no event"] += 1
        return None
    outcome.proven["proven"] += 1
    return event


def _judge(event: Event) -> None:
    """What a database keeps and a page shows of it."""
    for words in (event.key, event.person_id, event.name, event.message_id, event.text, event.admin_id):
        words.encode()
        if "\0" in words:
            raise AssertionError("a NUL byte is left")
    if len(event.key) > 200 or len(event.person_id) > 64 or len(event.name) > 64:
        raise AssertionError("longer than its column")
    if event.at > NOW + timedelta(days=1):
        raise AssertionError("an event of the future")
    repr(event).encode()


def parse_some(numbers: range, seed: int) -> Outcome:
    """A share of the inputs, in a process of its own."""
    outcome = Outcome()
    for number in numbers:
        tried(number, seed, outcome)
    return outcome


async def post_some(numbers: Sequence[int], seed: int, folder: Path) -> Outcome:
    """Inputs through the webhook of a real service, and what was kept through the handlers."""
    outcome = Outcome()
    url = f"sqlite:///{folder / 'fuzz.db'}"
    migrations.upgrade(url)
    given = replace(Settings(), database_url=url, secret_key="x", zalo_app_id=APP, zalo_oa_id=OA, zalo_oa_secret=SECRET)
    made_app = app.build(given, now=lambda: NOW, workers=False)
    async with TestServer(made_app) as server, aiohttp.ClientSession() as http:
        address = str(server.make_url("/zalo/webhook"))
        for number in numbers:
            await _post(http, address, number, seed, outcome)
        store = made_app[SERVICES].store
        while (worked := await store.run(inbox.work, dispatcher(OA), NOW, careful=True)).handled:
            outcome.handled += worked.handled
            outcome.faults += [f"an event failed: {failure}" for failure in worked.failed]
    return outcome


async def _post(http: aiohttp.ClientSession, address: str, number: int, seed: int, outcome: Outcome) -> None:
    body = made(number, seed)
    chance = random.Random(f"{seed}:{number}:signature")
    header, _ = signed(body, chance)
    headers = {"num_retry": chance.choice(("", "1", "-1", "9" * 50, "²", "đ"))} if chance.random() < 0.1 else {}
    if header is not None and header.isprintable() and header.isascii() and len(header) < 8000:
        headers["X-ZEvent-Signature"] = header
    try:
        async with http.post(address, data=body, headers=headers) as answer:
            outcome.statuses[answer.status] += 1
            if answer.status >= 500:
                outcome.faults.append(f"input {number}: the webhook answered {answer.status}")
    except (aiohttp.ClientError, OSError) as error:
        outcome.faults.append(f"input {number}: the webhook did not answer: {type(error).__name__}")


def fuzz(inputs: int, seed: int, *, processes: int = 0, posted: int = POSTED) -> Outcome:
    """Try so many inputs; one of `posted` goes through the webhook too."""
    began, total = time.monotonic(), Outcome()
    size = 5_000
    shares = [range(first, min(inputs, first + size)) for first in range(0, inputs, size)]
    if processes > 1:
        with multiprocessing.Pool(processes) as pool:
            parts = pool.starmap(parse_some, [(share, seed) for share in shares])
    else:
        parts = [parse_some(share, seed) for share in shares]
    with tempfile.TemporaryDirectory() as folder:
        parts.append(asyncio.run(post_some(range(0, inputs, posted), seed, Path(folder))))
    for part in parts:
        total.parsed += part.parsed
        total.proven += part.proven
        total.statuses += part.statuses
        total.handled += part.handled
        total.faults += part.faults
    total.seconds = time.monotonic() - began
    return total


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="fuzz", description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="print the input of this number")
    given = parser.parse_args(arguments)
    if given.only is not None:
        print(made(given.only, given.seed)[:5000])
        return 0
    outcome = fuzz(given.inputs, given.seed, processes=os.cpu_count() or 1)
    print(outcome)
    return int(bool(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
