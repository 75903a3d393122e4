"""The threads that write: what somebody waits for goes before what can wait.

The one rule: a webhook's commit never stands behind a batch of conversations. On SQLite there is one such thread.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from queue import PriorityQueue
from typing import Any, TypeVar

T = TypeVar("T")
FIRST, IN_TURN, LAST = 0, 1, 2


def carried(work: Callable[[], T]) -> T:
    """What the work gives. StopIteration becomes a RuntimeError: asyncio carries it to nobody, and whoever waits for a
    thread's answer would wait for ever."""
    try:
        return work()
    except StopIteration as error:
        raise RuntimeError("StopIteration left a piece of work") from error


class Hands:
    """So many threads, one queue. Work of equal rank goes in the order in which it came."""

    def __init__(self, threads: int, name: str) -> None:
        self._queue: PriorityQueue[tuple[int, int, Callable[[], Any] | None, Future[Any] | None]] = PriorityQueue()
        self._numbers = count()
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def do(self, work: Callable[[], T], rank: int = IN_TURN) -> T:
        """Have the work done by one of the threads and wait for what it gives."""
        future: Future[T] = Future()
        self._queue.put((rank, next(self._numbers), work, future))
        return await asyncio.wrap_future(future)

    def rest(self) -> None:
        """Finish what was handed in and end the threads."""
        for _ in self._threads:
            self._queue.put((LAST, next(self._numbers), None, None))
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            _, _, work, future = self._queue.get()
            if work is None or future is None:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(carried(work))
            except BaseException as error:
                future.set_exception(error)
            del work, future  # nothing is kept alive while waiting for the next
