"""The least HTTP/1.1 that drives a service and receives its messages: keep-alive, Content-Length bodies only.

The one rule: cheaper than anything it measures, so no parser, no futures, no tasks per request.
"""

import asyncio
import re
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class BadAnswer(Exception):
    """The other side closed the connection or spoke something else than the HTTP known here."""


def _take(buffer: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Split head, body and rest off the buffer, or None while the message is incomplete."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    found = _LENGTH.search(buffer, 0, end)
    stop = end + 4 + (int(found[1]) if found else 0)
    if len(buffer) < stop:
        return None
    return buffer[:end], buffer[end + 4 : stop], buffer[stop:]


class Caller(asyncio.Protocol):
    """A client connection with at most one request under way."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._buffer = b""
        self._done: Callable[[int], None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it

    def send(self, request: bytes, done: Callable[[int], None]) -> None:
        """Write a whole request; `done` gets the status of its answer."""
        if self._transport is None or self._transport.is_closing():
            self._failed(BadAnswer("the connection is closed"))
            return
        self._done = done
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        taken = _take(self._buffer)
        if taken is None:
            return
        head, _, self._buffer = taken
        done, self._done = self._done, None
        if done is None:
            self._failed(BadAnswer(f"an answer nobody waits for: {head!r}"))
        else:
            done(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done is not None:
            self._failed(BadAnswer(f"the service closed the connection before it answered ({exc})"))

    def close(self) -> None:
        """Drop the connection without waiting."""
        self._done = None
        if self._transport is not None:
            self._transport.abort()


class Receiver(asyncio.Protocol):
    """A server connection: each request goes to `answer(head, body)`, whose bytes go back."""

    def __init__(self, answer: Callable[[bytes, bytes], bytes]) -> None:
        self._answer = answer
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (taken := _take(self._buffer)) is not None:
            head, body, self._buffer = taken
            assert self._transport is not None
            self._transport.write(self._answer(head, body))


def ok(body: bytes) -> bytes:
    """A 200 with a JSON body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
