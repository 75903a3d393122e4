"""That a process is here and does a duty, told to the others on the same database for as long as it lives.

The one rule: it is told by holding a lock of PostgreSQL, so that it ends with the process however that ends. SQLite has
one process.
"""

import hashlib
import threading
from contextlib import suppress

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from zalobot.store.database import driver_url


class Presence:
    """One process's presence for one duty, on a connection of its own. Calls block."""

    def __init__(self, url: str, duty: str) -> None:
        self._key = int.from_bytes(hashlib.sha256(duty.encode()).digest()[:8], signed=True)
        self._engine = None
        if not url.startswith("sqlite"):
            self._engine = create_engine(driver_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def alone(self) -> bool:
        """Whether nobody else does the duty now. False where that cannot be told."""
        if self._engine is None:
            return True
        with self._lock:
            try:
                return self._asked(self._connection or self._announced())
            except DBAPIError:
                self._drop()
                return False

    def close(self) -> None:
        """Be gone, and have that known before this returns."""
        with self._lock, suppress(DBAPIError):
            if self._connection is not None:
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
            self._drop()

    def _announced(self) -> Connection:
        assert self._engine is not None
        self._connection = self._engine.connect()
        self._connection.execute(text("SELECT pg_advisory_lock_shared(:key)"), {"key": self._key})
        return self._connection

    def _asked(self, connection: Connection) -> bool:
        alone = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}).scalar_one()
        if alone:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
        return bool(alone)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
