"""The other ends that services talk to: a fake Zalo and a fake Telegram that accept every message.

The one rule: they answer as little as a client accepts, and tell who was written to. What Zalo refuses is the
simulator's business (zalobot/simulator), not the bench's.
"""

import itertools
import json
import re
import urllib.parse
from collections.abc import Callable

from bench.wire import Receiver, ok

Arrived = Callable[[bytes, bytes], None]

_ZALO_PERSON = re.compile(rb'"user_id": *"(\d+)"')
_TELEGRAM_PERSON = re.compile(rb"chat_id=(\d+)|\"chat_id\": *\"?(\d+)")
_TOKENS = b'{"access_token":"bench-access","refresh_token":"bench-refresh","expires_in":"90000"}'


class Sink:
    """Counts what arrives and hands (person, body) of each message to `arrived`."""

    def __init__(self, dialect: str, arrived: Arrived) -> None:
        self._answer = self._zalo if dialect == "zalo" else self._telegram
        self._arrived = arrived
        self._number = itertools.count(1)
        self.strays = 0

    def protocol(self) -> Receiver:
        """A protocol for one more connection."""
        return Receiver(self._answer)

    def _zalo(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"POST /v3.0/oa/message/cs") and (found := _ZALO_PERSON.search(body)):
            self._arrived(found[1], body)
            return ok(b'{"error":0,"message":"Success","data":{"message_id":"b%d"}}' % next(self._number))
        self.strays += 1
        return ok(_TOKENS if b"/oa/access_token" in head else b'{"error":0,"message":"Success","data":{}}')

    def _telegram(self, head: bytes, body: bytes) -> bytes:
        if b"/sendMessage" in head and (found := _TELEGRAM_PERSON.search(body)):
            person = found[1] or found[2]
            self._arrived(person, body)
            return ok(
                b'{"ok":true,"result":{"message_id":%d,"date":1700000000,"text":"-","chat":{"id":%b,"type":"private"}}}'
                % (next(self._number), person)
            )
        self.strays += 1
        return ok(b'{"ok":true,"result":true}')


def words(body: bytes) -> str:
    """The text of a message that arrived, whichever of the two wrote it (for transcripts and failures)."""
    if body.startswith(b"{"):
        message = json.loads(body)
        return str(message.get("message", message).get("text", "(no text)"))
    return urllib.parse.parse_qs(body.decode()).get("text", ["(no text)"])[0]
