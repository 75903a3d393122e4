"""The load generator, a process of its own that holds the sink too.

The one rule: it is told what to do in JSON lines on standard input and reports in JSON lines on standard output,
so that it can make everything it needs before the clock starts.
"""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

import uvloop

from bench.conversation import Conversation, Script, scripts
from bench.crowd import Astray, Crowd, Measured, Person
from bench.machine import CpuWatch, percentile
from bench.sink import Sink, words
from bench.steady import Steady, plan
from bench.wire import BadAnswer, Caller

_PATIENCE = 15.0


class Load:
    """What the generator can do to the service on `port`, one thing at a time."""

    def __init__(self, port: int, dialect: str, watch: CpuWatch, *, replies: bool) -> None:
        self._port = port
        self._replies = replies
        self._watch = watch
        self._conversation = Conversation.load()
        self._people = scripts(self._conversation, dialect, port)
        self._arrived: Callable[[bytes, bytes], None] = lambda person, body: None
        self.sink = Sink(dialect, lambda person, body: self._arrived(person, body))

    async def converse(self, persons: int, warm: float, seconds: float) -> Measured:
        """`persons` at a time talk as fast as they are answered; counted after `warm` seconds."""
        crowd = Crowd(self._conversation, self._prepared(int((warm + seconds) * 500)), replies=self._replies)
        self._arrived = crowd.arrived
        callers = [await self._connect(crowd.fail) for _ in range(persons)]
        try:
            for caller in callers:
                Person(crowd, caller).sit_down()
            await crowd.last(warm, _PATIENCE)
            measured = crowd.measured = Measured()
            self._watch.begin()
            await crowd.last(seconds, _PATIENCE)
            measured.seconds, measured.cpu = self._watch.spent()
            await crowd.disperse(_PATIENCE)
        finally:
            for caller in callers:
                caller.close()
        return measured

    async def steady(self, rate: float, seconds: float, gap: float) -> Measured:
        """`rate` events a second whatever the service does; each person speaks about every `gap` seconds."""
        warm = gap * (len(self._conversation.turns) + 0.5)
        events = plan(self._people, len(self._conversation.turns), rate, gap, warm + seconds)
        steady = Steady(self._conversation, self._watch, replies=self._replies)
        self._arrived = steady.arrived
        return await steady.run(events, self._connect, warm, _PATIENCE)

    async def transcript(self, pause: float, times: int = 1) -> list[list[str]]:
        """Everything that is said to one person, line by line, waiting `pause` seconds for more after each message.

        `times`: how often each event is delivered, one delivery right after the other's answer.
        """
        heard: list[str] = []
        self._arrived = lambda person, body: heard.append(words(body))
        caller = await self._connect(lambda error: heard.append(f"({error})"))
        said = []
        for request in next(self._people).requests:
            heard.clear()
            for _ in range(times):
                status = await self._deliver(caller, request)
                if status != 200:
                    heard.append(f"(status {status})")
            known = -1
            while len(heard) > known:
                known = len(heard)
                await asyncio.sleep(pause)
            said.append(list(heard))
        caller.close()
        return said

    async def _deliver(self, caller: Caller, request: bytes) -> int:
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        caller.send(request, answered.set_result)
        return await asyncio.wait_for(answered, _PATIENCE)

    def _prepared(self, count: int) -> Iterator[Script]:
        return chain(list(islice(self._people, count)), self._people)

    async def _connect(self, failed: Callable[[Exception], None]) -> Caller:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: Caller(failed), "127.0.0.1", self._port))[1]


def report(measured: Measured) -> dict[str, Any]:
    """The figures of one stretch, ready for JSON: milliseconds and events per second."""
    thousand = measured.events / 1000 or 1.0
    return {
        "events": measured.events,
        "conversations": measured.conversations,
        "seconds": measured.seconds,
        "events_per_second": measured.events / measured.seconds,
        "cpu_per_1000": {name: seconds / thousand for name, seconds in measured.cpu.items()},
        "generator_busy": measured.cpu["generator"] / measured.seconds,
        **_milliseconds("ack", measured.acks),
        **_milliseconds("reply", measured.replies),
        **_milliseconds("late", measured.late),
    }


def _milliseconds(name: str, seconds: list[float]) -> dict[str, float]:
    return {f"{name}_p{share}": percentile(seconds, share / 100) * 1000 for share in (50, 99)}


async def _serve(options: argparse.Namespace) -> None:
    watch = CpuWatch(json.loads(options.watch))
    load = Load(options.port, options.dialect, watch, replies=options.replies)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(load.sink.protocol, "127.0.0.1", options.sink_port)
    _say({"ready": True})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        gc.collect()
        gc.freeze()
        try:
            _say(await _obey(load, order.pop("do"), order))
        except (Astray, BadAnswer, OSError, TimeoutError) as error:
            _say({"astray": str(error)})
    server.close()


async def _obey(load: Load, what: str, order: dict[str, Any]) -> dict[str, Any]:
    match what:
        case "converse":
            return report(await load.converse(**order))
        case "steady":
            return report(await load.steady(**order))
        case "transcript":
            return {"said": await load.transcript(**order)}
    raise ValueError(what)


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    """Run until standard input is closed."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where the service listens")
    parser.add_argument("--sink-port", type=int, required=True, help="where the service sends its messages")
    parser.add_argument("--dialect", choices=("zalo", "telegram"), default="zalo")
    parser.add_argument("--replies", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--watch", default="{}", help="JSON object of names and process ids")
    uvloop.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
