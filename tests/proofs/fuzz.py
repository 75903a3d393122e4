"""A million inputs that no Zalo ever sent: the parser and the signature raise nothing but BadEvent, the webhook answers
no 5xx, and no handler fails.

`python -m tests.proofs.fuzz --inputs 1000000` makes each input from a seed: real events with a few fields replaced,
dropped, doubled or renamed, their bytes flipped, cut, repeated or put into another encoding, nesting without end, and
plain noise. What breaks a promise is printed with its number, from which it is made again (`--only`).
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from zalobot import app, inbox
from zalobot.config import Settings
from zalobot.errors import BadEvent, InvalidSignature
from zalobot.handlers.dispatch import dispatcher
from zalobot.services import SERVICES
from zalobot.store import migrations
from zalobot.zalo import signature
from zalobot.zalo.events import Event
from zalobot.zalo.kinds import KINDS
from zalobot.zalo.signature import Keys

OA, APP, SECRET = "388613280878808645", "360846524940903967", "a webhook secret"
KEYS = Keys(APP, OA, ("another secret", SECRET), "an app secret")
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_FILES = sorted((Path(__file__).parents[1] / "zalo" / "samples").glob("*.json"))
SAMPLES = [path.read_bytes().replace(b"1732345678901", b"1795402800000") for path in _FILES]
NAMES = [*KINDS, "user_send_group_text", "anonymous_send_file", "oa_send_group_gif", "user_click_button", "", "x" * 65]
POSTED = 50  # one of so many goes through the webhook, and one of ten of those has a right signature

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -0.0, 2**63, 10**40, 10**4000, "", " ", "0", "null", "NaN", "1e999"),
    *("\0", "a\0b", "\ud800", "\udfff\ud800", "\ufffe", "\u202e", "\u0301" * 40, "ạ" * 3000, "x" * 100_000, "9" * 5000),
    *(
        OA,
        APP,
        "[@" + OA + "]",
        '{"content":"A"}',
        '{"content":' * 50,
        '{"content":NaN}',
        "${7*7}",
        "'; DROP TABLE inbox",
    ),
    *([], {}, [[]], [None], [{}], {"": None}, {"id": {"id": OA}}, [1, "2", {"3": [4]}], {"content": {"content": 1}}),
    *({"latitude": "1e400", "longitude": []}, {"latitude": "nan", "longitude": "inf"}, float("nan"), float("inf")),
    *(
        [{"type": "image", "payload": None}],
        [{"type": {}, "payload": []}],
        [{"type": "link", "payload": {"url": 7}}] * 90,
    ),
    *("1732345678901", "9999999999999999", "-1732345678901", "１７３２３４５６７８９０１", "²", "1795402800000"),
)


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


def made(number: int, seed: int) -> bytes:
    """The input of this number: the same one again and again."""
    chance = random.Random(f"{seed}:{number}")
    body = chance.choice(SAMPLES).replace(b"96d3cdf3af150460909", b"m%d" % number)
    kind = chance.random()
    if kind < 0.70:
        body = _structured(body, chance)
    elif kind < 0.72:
        return chance.randbytes(chance.randrange(400))
    elif kind < 0.74:
        return _deep(chance)
    return _bytes(body, chance) if chance.random() < 0.35 else body


def _structured(body: bytes, chance: random.Random) -> bytes:
    event: Any = json.loads(body)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        _change(event, chance)
    if chance.random() < 0.3:
        event["event_name"] = chance.choice(NAMES)
    text = json.dumps(event, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.05 and "{" in text:  # a key twice
        text = text.replace("{", '{"message":{"text":"twice"},"sender":7,', 1)
    return text.encode("utf-8", "surrogatepass")


def _change(event: dict[str, Any], chance: random.Random) -> None:
    at: Any = event
    while True:
        keys: Sequence[Any] = list(at) if isinstance(at, dict) else range(len(at))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and chance.random() < 0.7:
            at = at[key]
            continue
        break
    way = chance.random()
    if way < 0.7 or isinstance(at, list):
        at[key] = deepcopy(chance.choice(_ODD))
    elif way < 0.8:
        del at[key]
    elif way < 0.9:
        at[chance.choice(("msg_id", "id", "admin_id", "oa_id", "oaId", "user_id", "delivery_time", "é\0"))] = at.pop(
            key
        )
    else:
        at[key] = chance.choice((str, lambda value: [value], lambda value: {"id": value}, lambda value: {key: value}))(
            at[key]
        )


def _deep(chance: random.Random) -> bytes:
    depth = chance.choice((10, 200, 900, 1100, 5000, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"message":', b"}]")))
    inner = opening * depth + b"1" + (closing * depth if chance.random() < 0.7 else b"")
    if chance.random() < 0.5:
        return inner
    place = chance.choice((b"message", b"sender", b"x", b"info"))
    return b'{"event_name":"user_send_text","app_id":"' + APP.encode() + b'","' + place + b'":' + inner + b"}"


def _bytes(body: bytes, chance: random.Random) -> bytes:
    way = chance.randrange(7)
    at = chance.randrange(len(body) + 1) if body else 0
    if way == 0:
        return body[:at]
    if way == 1:
        return body[:at] + chance.randbytes(chance.randrange(1, 9)) + body[at:]
    if way == 2:
        flipped = bytearray(body)
        for _ in range(chance.randrange(1, 6)):
            if flipped:
                flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    if way == 3:
        return body * chance.randrange(2, 5)
    if way == 4:
        encoding = chance.choice(("utf-16", "utf-8-sig", "utf-32", "latin-1"))
        return body.decode("utf-8", "replace").encode(encoding, "replace")
    if way == 5:
        return body.replace(b'"', chance.choice((b"'", b"", b'\\"')), chance.randrange(1, 4))
    return chance.choice((b" ", b"\n", b"\0", b"\xef\xbb\xbf")) + body + chance.choice((b"", b"\0", b"}", b"null"))


def signed(body: bytes, chance: random.Random) -> tuple[str | None, bool]:
    """A header for the body, and whether it is a right one."""
    way = chance.random()
    if way < 0.2:
        return None, False
    if way < 0.4:
        odd = ("", "mac=", "mac=đ", "\ud800", "mac=" + "0" * 64, "mac=" + "0" * 63, "sha256=1", "m" * 9000, "mac=\0")
        return chance.choice(odd), False
    try:
        timestamp = str(json.loads(body).get("timestamp", ""))
    except Exception:  # whatever is wrong with it: the header is then of no use
        timestamp = ""
    mac = signature.mac(APP, body, timestamp, SECRET)
    return chance.choice((f"mac={mac}", f"MAC = {mac.upper()}", mac)), True


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
