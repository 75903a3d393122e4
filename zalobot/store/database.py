"""The one door to the database: a verb runs in one transaction on a worker thread.

The one rule: nothing awaits inside a transaction. SQLite has a single writer thread that owns the write connection
(WAL, FULL, BEGIN IMMEDIATE); PostgreSQL has a small pool. Reads go to threads of their own, and can change nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, Insert, MetaData, Table
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from zalobot.store.bulk import insert_rows
from zalobot.store.engines import open_engine
from zalobot.store.hands import FIRST, Hands, carried

P = ParamSpec("P")
T = TypeVar("T")
Finish = Callable[[Session], None]

HURRY = 0.5  # seconds
_RETRIED = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock: the same verb may simply run again


class Store:
    """A database. `info` is what every session carries (`session.info`): the province, for one. Each transaction is
    put inside `around()`. On SQLite, whose statements run in this very process, three threads read: more of
    them only make short pages wait for long ones."""

    def __init__(
        self,
        url: str,
        *,
        info: dict[str, Any] | None = None,
        writers: int = 4,
        readers: int | None = None,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.url = url
        self._around = around
        self.sqlite = url.startswith("sqlite")
        self.info: dict[str, Any] = info if info is not None else {}
        self._hurried_until = 0.0
        readers = readers or (3 if self.sqlite else 4)
        self._write_engine = open_engine(url, reading=False, size=1 if self.sqlite else writers)
        # Of the same pool: only how a transaction of it ends is another.
        self._alone_engine = self._write_engine
        if not self.sqlite:
            self._alone_engine = self._write_engine.execution_options(isolation_level="AUTOCOMMIT")
        self._read_engine = open_engine(url, reading=True, size=readers)
        self._writers = Hands(1 if self.sqlite else writers, "store-write")
        self._readers = ThreadPoolExecutor(readers, "store-read")

    async def run(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in one transaction and give back what it returns; whatever it raises undoes all of it."""
        return await self._writers.do(lambda: self.run_now(verb, *args, **kwargs))

    async def run_first(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run`, before everything that waits for the writer: for what Zalo's two seconds depend on."""
        return await self._writers.do(lambda: self.run_now(verb, *args, **kwargs), FIRST)

    async def run_alone(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run_first` of a verb that is one statement and may be repeated: on PostgreSQL it commits by itself, which
        spares two of three journeys to the server."""
        return await self._writers.do(lambda: self._run(self._alone_engine, verb, *args, **kwargs), FIRST)

    def hurry(self) -> None:
        """Many wait for `run_first`: for the next half second long transactions had better be short ones."""
        self._hurried_until = time.monotonic() + HURRY

    @property
    def hurried(self) -> bool:
        """Whether somebody asked for short transactions just now."""
        return time.monotonic() < self._hurried_until

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query that changes nothing, beside the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, carried, lambda: self.read_now(query, *args, **kwargs))

    def run_now(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for the command line and tests, on the calling thread."""
        return self._run(self._write_engine, verb, *args, **kwargs)

    def _run(self, engine: Engine, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(4):
            committing = False
            try:
                with self._session(engine) as session:
                    result = verb(session, *args, **kwargs)
                    write_later_rows(session)
                    write_last_rows(session)
                    committing = True
                    session.commit()
                    return result
            except OperationalError as error:
                if attempt == 3 or not _undone(error, committing):
                    raise
        raise AssertionError("unreachable")

    def read_now(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for the command line and tests, on the calling thread."""
        try:
            with self._session(self._read_engine) as session:
                return query(session, *args, **kwargs)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        with self._session(self._read_engine) as session:
            return query(session, *args, **kwargs)

    async def close(self) -> None:
        """Wait for what is running, then let go of the database."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """`close` on the calling thread."""
        self._writers.rest()
        self._readers.shutdown(wait=True)
        self._write_engine.dispose()
        self._read_engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        with self._around(), Session(engine, expire_on_commit=False, autoflush=False) as session:
            session.info.update(self.info)
            yield session


def later(session: Session, statement: Insert, row: dict[str, Any]) -> None:
    """Write a row just before the commit, together with all others of the same statement (one executemany)."""
    rows: dict[Insert, list[dict[str, Any]]] = session.info.setdefault("later", {})
    rows.setdefault(statement, []).append(row)


def is_waiting(session: Session, table: Table, **values: Any) -> bool:
    """Whether `later` holds a row of this table with these values, which a query does not find yet."""
    waiting: dict[Insert, list[dict[str, Any]]] = session.info.get("later", {})
    rows = (row for statement, rows in waiting.items() if statement.table is table for row in rows)
    return any(all(row.get(name) == value for name, value in values.items()) for row in rows)


def before_commit(session: Session, finish: Finish) -> None:
    """Have `finish` called once, before the later rows are written: for what is gathered in memory meanwhile."""
    hooks: list[Finish] = session.info.setdefault("before_commit", [])
    if finish not in hooks:
        hooks.append(finish)


def at_last(session: Session, finish: Finish) -> None:
    """Have `finish` called once, after all other rows: for what takes a lock that every transaction wants.

    Taken last and held for a moment, such a lock makes nobody wait for long, and two can never wait for each other.
    A rollback inside the transaction does not forget it: see `awaiting`.
    """
    hooks: list[Finish] = session.info.setdefault("at_last", [])
    if finish not in hooks:
        hooks.append(finish)


def awaiting(session: Session, name: str) -> list[Any]:
    """What waits for an `at_last` hook, in order. A savepoint that is undone takes what was put there in it."""
    lists: dict[str, list[Any]] = session.info.setdefault("awaiting", {})
    return lists.setdefault(name, [])


def savepoint_held(session: Session) -> None:
    """The savepoint was committed: what waits until now is no longer forgotten."""
    session.info["held"] = {name: len(items) for name, items in session.info.get("awaiting", {}).items()}


def memo(session: Session) -> dict[str, Any]:
    """What a transaction has asked once and need not ask again; gone with it, or with a rollback inside it."""
    remembered: dict[str, Any] = session.info.setdefault("memo", {})
    return remembered


def write_later_rows(session: Session) -> None:
    """Write everything that waits for the commit: what hooks gathered, what the ORM changed, what `later` collected."""
    while hooks := session.info.pop("before_commit", ()):  # a hook may gather for another
        for finish in hooks:
            finish(session)
    write_rows_so_far(session)


def write_last_rows(session: Session) -> None:
    """Write what has to be written after everything else."""
    for finish in session.info.pop("at_last", ()):
        finish(session)


def write_rows_so_far(session: Session) -> None:
    """Write what the ORM changed and `later` collected, so that a query in the same transaction finds it.

    Tables go in the order of their foreign keys, whichever statement came first.
    """
    session.flush()
    waiting: dict[Insert, list[dict[str, Any]]] = session.info.pop("later", {})
    for statement in sorted(waiting, key=_rank) if len(waiting) > 1 else waiting:
        if waiting[statement]:
            insert_rows(session, statement, waiting[statement])


def _rank(statement: Insert) -> int:
    table = getattr(statement, "table", None)
    return _order(table.metadata).get(table, 0) if isinstance(table, Table) else 0


@cache
def _order(metadata: MetaData) -> dict[Table, int]:
    return {table: index for index, table in enumerate(metadata.sorted_tables)}


def forget_later_rows(session: Session) -> None:
    """Drop what `later` has gathered and `memo` remembers: the work it belongs to was rolled back."""
    session.info.pop("memo", None)
    session.info.pop("before_commit", None)
    session.info.pop("later", None)
    held = session.info.get("held", {})
    for name, items in session.info.get("awaiting", {}).items():
        del items[held.get(name, 0) :]


def sqlite(session: Session) -> bool:
    """Whether this is SQLite, whose one writer needs no locks on rows."""
    return session.get_bind().dialect.name == "sqlite"


def of_one_moment(session: Session) -> None:
    """Before the first statement of a `read`: everything it reads is as it was at one moment, and may come by
    `yield_per`. SQLite gives that to every transaction."""
    if not sqlite(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _undone(error: OperationalError, committing: bool) -> bool:
    """Whether the transaction certainly left nothing behind, so that it may simply run again.

    A connection that was lost (the server was restarted) undoes everything, except where the commit was under way.
    """
    if getattr(error.orig, "sqlstate", None) in _RETRIED:
        return True
    return error.connection_invalidated and not committing
