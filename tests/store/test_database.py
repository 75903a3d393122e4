"""The one door to the database: all or nothing, and what was certainly undone simply runs again."""

import asyncio
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, select

from tests import services
from tests.rooms import NOW
from zalobot import conversations
from zalobot.store.database import Store, before_commit, later, of_one_moment, write_rows_so_far
from zalobot.store.models import Person
from zalobot.store.types import storable

_insert = Person.__table__.insert()  # type: ignore[attr-defined]


def add(session: Session, person_id: str) -> str:
    session.add(Person(id=person_id, created_at=NOW))
    return person_id


def people(session: Session) -> set[str]:
    return set(session.exec(select(Person.id)))


async def test_a_verb_is_committed_and_gives_back_what_it_returns(store: Store) -> None:
    assert await store.run(add, "lan") == "lan"
    assert await store.read(people) == {"lan"}


async def test_whatever_a_verb_raises_undoes_all_of_it(store: Store) -> None:
    def fail(session: Session) -> None:
        add(session, "lan")
        later(session, _insert, {"id": "huy", "created_at": NOW})
        write_rows_so_far(session)
        assert people(session) == {"lan", "huy"}
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        await store.run(fail)
    assert await store.read(people) == set()


async def test_after_a_verb_that_commits_by_itself_a_transaction_is_one_again(store: Store) -> None:
    """On PostgreSQL both come from the same few connections."""
    for number in range(8):
        await store.run_alone(conversations.known, [f"alone {number}"], NOW)

    def broken(session: Session) -> None:
        conversations.known(session, ["undone"], NOW)
        raise LookupError

    for _ in range(8):
        with pytest.raises(LookupError):
            await store.run(broken)
    assert await store.read(people) == {f"alone {number}" for number in range(8)}


async def test_a_verb_that_looks_for_what_is_not_there_fails_and_nobody_waits_for_ever(store: Store) -> None:
    """asyncio cannot carry StopIteration: the page that waits for it would hang."""

    def seek(session: Session) -> str:
        return next(one for one in people(session) if one == "huy")

    async with asyncio.timeout(30):
        with pytest.raises(RuntimeError, match="StopIteration"):
            await store.run(seek)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await store.read(seek)


async def test_a_read_can_change_nothing(store: Store) -> None:
    def change(session: Session) -> None:
        session.execute(_insert, {"id": "lan", "created_at": NOW})

    with pytest.raises(DBAPIError, match=r"read-?only"):
        await store.read(change)
    assert await store.read(people) == set()
    assert await store.run(add, "huy") == "huy"


async def test_a_read_of_one_moment_sees_nothing_that_comes_while_it_reads(store: Store) -> None:
    def watch(session: Session) -> tuple[set[str], set[str]]:
        of_one_moment(session)
        before = people(session)
        store.run_now(add, "huy")
        return before, people(session)

    await store.run(add, "lan")
    assert await store.read(watch) == ({"lan"}, {"lan"})
    assert await store.read(people) == {"lan", "huy"}


async def test_hooks_run_once_and_before_the_rows_they_leave(store: Store) -> None:
    runs = count()

    def finish(session: Session) -> None:
        later(session, _insert, {"id": f"run {next(runs)}", "created_at": NOW})

    def verb(session: Session) -> None:
        before_commit(session, finish)
        before_commit(session, finish)

    await store.run(verb)
    assert await store.read(people) == {"run 0"}


class Deadlock(Exception):
    sqlstate = "40P01"


async def test_the_victim_of_a_deadlock_runs_again(store: Store) -> None:
    attempts = count(1)

    def verb(session: Session) -> int:
        attempt = next(attempts)
        add(session, f"attempt {attempt}")
        if attempt < 3:
            raise OperationalError("update", {}, Deadlock())
        return attempt

    assert await store.run(verb) == 3
    assert await store.read(people) == {"attempt 3"}


async def test_a_trouble_that_may_have_left_something_is_not_repeated(store: Store) -> None:
    attempts = count(1)

    def verb(session: Session) -> None:
        next(attempts)
        raise OperationalError("select", {}, Exception("disk full"))

    with pytest.raises(OperationalError):
        await store.run(verb)
    assert next(attempts) == 2


@pytest.mark.postgres
async def test_a_restart_of_the_server_is_not_noticed(postgres_url: str) -> None:
    """Between two transactions, and in the middle of one before it commits."""
    store, attempts = Store(postgres_url), count(1)
    await store.run(add, "before")
    await store.read(people)
    services.disconnect(postgres_url)
    assert await store.read(people) == {"before"}
    services.disconnect(postgres_url)
    await store.run(add, "after")

    def interrupted(session: Session) -> None:
        add(session, f"attempt {next(attempts)}")
        session.flush()
        if next(attempts) == 2:
            services.disconnect(postgres_url)
        session.execute(text("SELECT 1"))

    await store.run(interrupted)
    assert await store.read(people) == {"before", "after", "attempt 3"}
    await store.close()


@pytest.mark.parametrize(
    ("given", "kept"), [("chữ Việt 🙂", "chữ Việt 🙂"), ("a\0b", "a\ufffdb"), ("half \ud83d", "half ?"), ("", "")]
)
def test_a_text_is_kept_without_what_no_database_keeps(given: str, kept: str) -> None:
    assert storable(given) == kept
