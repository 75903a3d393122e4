"""That a process is here and does a duty, told to the others on the same database for as long as it lives.

The one rule: it is told by holding a lock of PostgreSQL, so that it ends with the process however that ends. SQLite has
one process.
"""

import hashlib
import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from zalobot.store.engines import driver_url
from zalobot.store.ids import new_id

CONFIRM = 4.0


class Presence:
    """One process's presence for one duty, on a connection of its own. Calls block.

    `id` is told to the others with what this process takes. Whoever seems gone has to be so for `confirm` seconds: a
    restart of the database ends all connections at once, and the living are back in a second if they `announce` often.
    """

    def __init__(self, url: str, duty: str, *, confirm: float = CONFIRM) -> None:
        self.id = new_id()
        self._duty, self._confirm = duty, confirm
        self._engine = None
        if not url.startswith("sqlite"):
            self._engine = create_engine(driver_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._missing: dict[str, float] = {}

    def announce(self) -> bool:
        """Be there, again if the connection was lost; False where that cannot be had now."""
        if self._engine is None:
            return True
        with self._lock:
            try:
                (self._connection or self._announced()).execute(text("SELECT 1"))
            except DBAPIError:
                self._drop()
                return False
            return True

    def gone(self, ids: Iterable[str]) -> set[str]:
        """Those of these processes that have surely ended. Nobody where that cannot be told now; never this one."""
        others = {other for other in ids if other != self.id}
        if self._engine is None or not others:
            return others
        with self._lock:
            try:
                connection = self._connection or self._announced()
                missing = {other for other in others if self._is_missing(connection, other)}
            except DBAPIError:
                self._drop()
                return set()
        now = time.monotonic()
        self._missing = {other: self._missing.get(other, now) for other in missing}
        return {other for other, since in self._missing.items() if now - since >= self._confirm}

    def close(self) -> None:
        """Be gone, and have that known before this returns."""
        with self._lock, suppress(DBAPIError):
            if self._connection is not None:
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._drop()

    def _announced(self) -> Connection:
        assert self._engine is not None
        self._connection = self._engine.connect()
        # Shared: a former connection of ours that the server still holds must not keep us out.
        self._connection.execute(text("SELECT pg_advisory_lock_shared(:key)"), {"key": self._key(self.id)})
        return self._connection

    def _is_missing(self, connection: Connection, other: str) -> bool:
        key = {"key": self._key(other)}
        free = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one()
        if free:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        return bool(free)

    def _key(self, process: str) -> int:
        digest = hashlib.sha256(f"{self._duty}:{process}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
