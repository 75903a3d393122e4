"""Persons talk with a service over real connections, and what they see is counted."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bench.conversation import Conversation
from bench.crowd import Astray
from bench.load import Load
from bench.machine import CpuWatch
from bench.sink import words
from bench.wire import Caller, Receiver, ok

LINES = len(Conversation.load().turns)


async def listen(protocol: Callable[[], asyncio.Protocol]) -> tuple[asyncio.Server, int]:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


class Bot:
    """Acknowledges every event and answers it through the sink, the last one of a person with `last`."""

    def __init__(self, last: str) -> None:
        self.last = last
        self.sink_port = 0
        self.heard: dict[bytes, int] = {}
        self.telling: set[asyncio.Task[None]] = set()

    def webhook(self, head: bytes, body: bytes) -> bytes:
        found = re.search(rb'"sender":\{"id":"(\d+)"', body)
        assert found
        number = self.heard[found[1]] = self.heard.get(found[1], 0) + 1
        text = self.last if number == LINES else "?"
        message = b'{"recipient":{"user_id":"%b"},"message":{"text":"%b"}}' % (found[1], text.encode())
        task = asyncio.get_running_loop().create_task(self.tell(message))
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)
        return ok(b"{}")

    async def tell(self, message: bytes) -> None:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[int] = loop.create_future()
        _, caller = await loop.create_connection(lambda: Caller(told.set_exception), "127.0.0.1", self.sink_port)
        head = b"POST /v3.0/oa/message/cs HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(message)
        caller.send(head + message, told.set_result)
        assert await told == 200
        caller.close()


@asynccontextmanager
async def against(bot: Bot) -> AsyncIterator[Load]:
    server, port = await listen(lambda: Receiver(bot.webhook))
    load = Load(port, "zalo", CpuWatch({}), replies=True)
    sink, bot.sink_port = await listen(load.sink.protocol)
    yield load
    await asyncio.gather(*bot.telling)
    server.close()
    sink.close()
    await asyncio.sleep(0.05)  # let both ends of every connection be closed


async def test_a_conversation_goes_on_when_each_line_is_answered():
    async with against(Bot("Mã QN-1")) as load:
        measured = await load.converse(persons=3, warm=0.05, seconds=0.3)
    assert measured.conversations > 0
    assert len(measured.replies) == pytest.approx(measured.events, abs=3)


async def test_a_conversation_that_ends_without_a_ticket_is_no_measurement():
    async with against(Bot("sorry")) as load:
        with pytest.raises(Astray, match="sorry"):
            await load.converse(persons=1, warm=0.05, seconds=2)


async def test_a_steady_rate_counts_every_acknowledgement():
    async with against(Bot("Mã QN-1")) as load:
        measured = await load.steady(rate=100, seconds=0.4, gap=0.05)
    assert measured.events == pytest.approx(40, abs=10)
    assert len(measured.acks) == measured.events


async def test_a_transcript_shows_what_is_said_after_each_line():
    async with against(Bot("Mã QN-1")) as load:
        said = await load.transcript(pause=0.05)
    assert said == [["?"]] * (LINES - 1) + [["Mã QN-1"]]


def test_words_are_read_from_either_kind_of_message():
    assert words('{"message":{"text":"Kính chào"}}'.encode()) == "Kính chào"
    assert words(b"chat_id=7&text=K%C3%ADnh+ch%C3%A0o") == "Kính chào"
