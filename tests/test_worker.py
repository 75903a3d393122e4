"""The worker: wakes up, survives what fails, and leaves nothing waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.rooms import NOW, Handle, inbox_rows, incoming, said, say, text_event
from zalobot import inbox, metrics
from zalobot.config import Settings
from zalobot.inbox import Waiting
from zalobot.province import load
from zalobot.services import Services
from zalobot.store import database
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import InboxState, Person
from zalobot.worker import FEW, Worker


def worker(store: Store, handle: Handle) -> Worker:
    services = Services(Settings(), store, InProcess(), load("quang-ninh"), lambda: NOW)
    return Worker(services, handle)


@asynccontextmanager
async def running(made: Worker) -> AsyncIterator[InProcess]:
    task = asyncio.create_task(made.run())
    coordination = made._services.coordination
    assert isinstance(coordination, InProcess)
    yield coordination
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def handled(store: Store, seconds: float = 20.0) -> list[InboxState]:
    """The states once nothing is new any more."""
    for _ in range(round(seconds / 0.02)):
        states = [row.state for row in await store.read(inbox_rows)]
        if InboxState.NEW not in states:
            return states
        await asyncio.sleep(0.02)
    raise TimeoutError


def fails_at_faulty(session: Session, event: Waiting, now: datetime) -> None:
    say(session, event.person_id, "reply")
    if said(event) == "faulty":
        raise KeyError("a bug")


async def test_what_came_before_it_started_is_handled(store: Store) -> None:
    await store.run(inbox.keep, [incoming(text_event("lan", "1")), incoming(text_event("huy", "1"))])
    async with running(worker(store, fails_at_faulty)):
        assert await handled(store) == [InboxState.DONE] * 2


async def test_it_wakes_up_when_something_comes(store: Store) -> None:
    async with running(worker(store, fails_at_faulty)) as coordination:
        await asyncio.sleep(0.2)  # it has found nothing and waits
        await store.run(inbox.keep, [incoming(text_event("lan", "1"))])
        await coordination.publish(inbox.TOPIC)
        assert await handled(store, 10) == [InboxState.DONE]


async def test_it_looks_by_itself_when_the_wake_up_is_lost(store: Store) -> None:
    async with running(worker(store, fails_at_faulty)):
        await asyncio.sleep(0.2)
        await store.run(inbox.keep, [incoming(text_event("lan", "1"))])
        assert await handled(store, 10) == [InboxState.DONE]


async def test_a_faulty_event_costs_only_itself(store: Store) -> None:
    bodies = [text_event("lan", "1"), text_event("huy", "faulty"), text_event("mai", "1"), text_event("huy", "2")]
    await store.run(inbox.keep, [incoming(body) for body in bodies])
    made = worker(store, fails_at_faulty)
    await made.drain()
    assert [row.state for row in store.read_now(inbox_rows)] == [
        InboxState.DONE,
        InboxState.FAILED,
        InboxState.DONE,
        InboxState.DONE,
    ]


async def test_an_event_that_leaves_a_row_the_database_refuses_is_not_tried_for_ever(store: Store) -> None:
    """The row is written at the commit, after the handler came back: the round is run again, carefully."""

    def careless(session: Session, event: Waiting, now: datetime) -> None:
        say(session, event.person_id, "reply")
        if said(event) == "faulty":
            session.add(Person(id=event.person_id, created_at=now))  # there is one of this id already

    await store.run(inbox.keep, [incoming(text_event("lan", "faulty")), incoming(text_event("huy", "1"))])
    async with running(worker(store, careless)):
        assert await handled(store) == [InboxState.FAILED, InboxState.DONE]


async def test_the_databases_trouble_is_nobodys_fault_and_passes(store: Store) -> None:
    """An event is not marked as failed because the database was gone for a while."""
    trouble = iter([True])

    def troubled(session: Session, event: Waiting, now: datetime) -> None:
        if next(trouble, False):
            raise OperationalError("select", {}, Exception("server closed the connection"))

    await store.run(inbox.keep, [incoming(text_event("lan", "1"))])
    async with running(worker(store, troubled)):
        assert await handled(store) == [InboxState.DONE]


async def test_what_fails_is_counted_by_its_kind(store: Store) -> None:
    counted = metrics.HANDLER_FAILURES.labels("message")
    before = counted._value.get()
    await store.run(inbox.keep, [incoming(text_event("lan", "faulty")), incoming(text_event("huy", "1"))])
    await worker(store, fails_at_faulty).drain()
    assert counted._value.get() == before + 1


async def test_while_a_crowd_waits_at_the_webhook_a_round_serves_few(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their commit waits for the round's on SQLite, where there is one writer; on PostgreSQL it waits for nobody."""
    await store.run(inbox.keep, [incoming(text_event(f"p{number}", "1")) for number in range(FEW * 2 + 1)])
    made = worker(store, fails_at_faulty)
    store.hurry()
    served = await made.once()
    assert served == (FEW if store.sqlite else FEW * 2 + 1)
    monkeypatch.setattr(database, "HURRY", 0.0)
    store.hurry()
    assert not store.hurried
    assert await made.once() == FEW * 2 + 1 - served


async def test_between_two_full_rounds_there_is_no_rest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zalobot.worker.GATHER", 3600.0)
    monkeypatch.setattr(database, "HURRY", 3600.0)
    await store.run(inbox.keep, [incoming(text_event(f"p{number}", "1")) for number in range(FEW * 2 + 1)])
    store.hurry()
    async with running(worker(store, fails_at_faulty)):
        assert await handled(store) == [InboxState.DONE] * (FEW * 2 + 1)
