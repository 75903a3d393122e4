"""The eight messages that every subject of the bench is sent, as HTTP requests ready to be written.

The one rule: everything that costs time (JSON, mac) is done before the clock starts.
"""

import hashlib
import itertools
import json
import random
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APP_ID = "360846524940903967"
OA_ID = "388613280878808645"
OA_SECRET = "bench-oa-secret"
TELEGRAM_SECRET = "bench-telegram-secret"

_SYLLABLES = tuple(first + second for first in "bcdghklmnprstvx" for second in "aeiou")
_FIRST_PERSON = {"zalo": 2_460_000_000_000_000_000, "telegram": 4_000_000_000}


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the business, how many messages answer it, and what a peer is told instead."""

    says: str
    replies: int = 1
    peer: str = ""

    def said_by(self, number: int, *, peer: bool = False) -> str:
        """The line as this person says it: `{own}` becomes words that nobody else uses."""
        return ((self.peer if peer else "") or self.says).replace("{own}", own_words(number))


def own_words(number: int) -> str:
    """Eight made-up words of one person: a matter in the same words as another's would be offered to be joined."""
    drawn = random.Random(number)
    return " ".join("".join(drawn.choice(_SYLLABLES) for _ in range(3)) for _ in range(8))


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns in order, and what the last reply contains when all went well."""

    turns: tuple[Turn, ...]
    ends: str

    @classmethod
    def load(cls) -> "Conversation":
        """Read the conversation from its data file."""
        file = Path(__file__).with_name("conversation.toml")
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        turns = tuple(Turn(turn["says"], turn.get("replies", 1), turn.get("peer", "")) for turn in data["turn"])
        return cls(turns, data["ends"])


@dataclass(frozen=True, slots=True)
class Script:
    """One person's conversation on the wire: `person` as the sink sees it, one request per turn."""

    person: bytes
    requests: tuple[bytes, ...]


def scripts(conversation: Conversation, dialect: str, port: int) -> Iterator[Script]:
    """Endless persons, no two alike, all saying the same things to 127.0.0.1:port."""
    write = {"zalo": zalo_request, "telegram": telegram_request}[dialect]
    for number in itertools.count():
        person = str(_FIRST_PERSON[dialect] + number)
        peer = dialect == "telegram"
        requests = tuple(
            write(port, person, step, turn.said_by(number, peer=peer)) for step, turn in enumerate(conversation.turns)
        )
        yield Script(person.encode(), requests)


def mac(body: bytes, timestamp: str) -> str:
    """Zalo's webhook signature: plain SHA-256 over app id, body, timestamp and OA secret."""
    return hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode()).hexdigest()


def zalo_request(port: int, person: str, step: int, text: str) -> bytes:
    """A signed `user_send_text` event as Zalo posts it."""
    timestamp = str(time.time_ns() // 1_000_000)
    event = {
        "app_id": APP_ID,
        "user_id_by_app": person[::-1],
        "sender": {"id": person},
        "recipient": {"id": OA_ID},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": f"{int(person):x}{step:02d}"},
        "timestamp": timestamp,
    }
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return _post(port, "/zalo/webhook", f"X-ZEvent-Signature: mac={mac(body, timestamp)}", body)


def telegram_request(port: int, person: str, step: int, text: str) -> bytes:
    """The same line as a Telegram update, with the secret header that stands in for a signature."""
    number = int(person) * 100 + step
    chat = {"id": int(person), "type": "private", "first_name": "An"}
    sender = {"id": int(person), "is_bot": False, "first_name": "An", "language_code": "vi"}
    message = {"message_id": step + 1, "from": sender, "chat": chat, "date": int(time.time()), "text": text}
    body = json.dumps({"update_id": number, "message": message}, ensure_ascii=False, separators=(",", ":")).encode()
    return _post(port, "/webhook", f"X-Telegram-Bot-Api-Secret-Token: {TELEGRAM_SECRET}", body)


def _post(port: int, path: str, header: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"{header}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
