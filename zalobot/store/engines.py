"""Connections to the database, each prepared for what it is used for.

The one rule: what a statement may do is settled when its connection is opened.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url


def driver_url(url: str) -> str:
    """The address as SQLAlchemy wants it: psycopg 3 for PostgreSQL."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def open_engine(url: str, *, reading: bool, size: int) -> Engine:
    """The pool of connections for so many threads; one for `reading` can change nothing."""
    if not url.startswith("sqlite"):
        return _postgres(driver_url(url), reading=reading, size=size)
    path = make_url(url).database
    if path:
        Path(path).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=size, max_overflow=0, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    if reading:
        event.listen(engine, "connect", _only_reading_sqlite)
    # A deferred BEGIN that reads and then writes fails under load; IMMEDIATE makes "seen?" and its insert one snapshot.
    event.listen(engine, "begin", _begin if reading else _begin_immediate)
    return engine


def _postgres(url: str, *, reading: bool, size: int) -> Engine:
    """Readers run each statement by itself: at READ COMMITTED a BEGIN around them gave no common moment, but cost two
    more journeys to the server in every read. See `of_one_moment`."""
    if not reading:
        return create_engine(url, pool_size=size, max_overflow=0)
    engine = create_engine(url, pool_size=size, max_overflow=0, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", _only_reading)
    return engine


def _only_reading(connection: Any, _record: Any) -> None:
    before, connection.autocommit = connection.autocommit, True
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    connection.autocommit = before


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _only_reading_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
