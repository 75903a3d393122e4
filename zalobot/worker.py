"""The inbox worker: handles what was kept, many people in one transaction.

The one rule: a round that fails is run again carefully, so that one faulty event costs only itself.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from zalobot import inbox, metrics
from zalobot.inbox import Waiting, Worked
from zalobot.relay import TOPIC as OUTBOX
from zalobot.services import Services
from zalobot.understanding import reader_for
from zalobot.zalo.kinds import kind_of

log = logging.getLogger(__name__)

PEOPLE = 64
FEW = 8  # while a crowd waits at the webhook: on SQLite a round is a transaction that their commit has to wait for
GATHER = 0.01  # seconds: a person does not notice them, and several people's events share one transaction


class Worker:
    """Turns events into turns. Any number of them, in any number of processes, may run on PostgreSQL."""

    def __init__(self, services: Services, handle: Callable[[Session, Waiting, datetime], None]) -> None:
        self._services = services
        self._handle = handle

    async def run(self) -> None:
        """Go on until cancelled."""
        # What reading words is learnt from takes a second: not in the transaction of whoever writes first.
        await asyncio.to_thread(reader_for(self._services.province).read, "")
        bell = self._services.coordination.subscribe(inbox.TOPIC)
        while True:
            try:
                worked = await self.once()
            except Exception:
                log.exception("a round of the inbox failed")
                await asyncio.sleep(1)
                continue
            if not worked:
                await bell.wait(1.0)
            if worked < self._people():  # else more is waiting already
                await asyncio.sleep(GATHER)

    async def once(self) -> int:
        """One round; gives back how many events it handled."""
        store, now = self._services.store, self._services.now()
        people = self._people()
        try:
            worked = await store.run(inbox.work, self._handle, now, people=people)
        except OperationalError:
            raise  # the database's trouble, not the events'
        except Exception:  # EventFailed, or what an event left to be written was refused
            worked = await store.run(inbox.work, self._handle, now, people=people, careful=True)
        self._report(worked)
        if worked.handled:
            await self._services.coordination.publish(OUTBOX)
        return worked.handled

    def _people(self) -> int:
        """How many a round serves. PostgreSQL keeps what comes in beside a round: nothing waits for it there."""
        store = self._services.store
        return FEW if store.sqlite and store.hurried else PEOPLE

    async def drain(self) -> None:
        """Handle everything that waits."""
        while await self.once():
            pass

    def _report(self, worked: Worked) -> None:
        for failed in worked.failed:
            metrics.HANDLER_FAILURES.labels(str(kind_of(failed.name))).inc()
            log.error("event %s failed and is kept for replay: %s", failed.id, failed.error)
