"""What is read for many at once and is the same for all of them, kept until something happens or a minute has passed.

The one rule: it is as old as the newest entry of the ledger at most. When news of one ticket wakes twenty coordinators,
one of them reads and the others wait for what was read.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from sqlmodel import Session

from zalobot.store.queries import news

T = TypeVar("T")


class Freshest(Generic[T]):
    """Values by their key, all of the same instant. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: tuple[object, ...] = ()
        self._kept: dict[Hashable, T] = {}

    def at(self, session: Session, key: Hashable, now: datetime, make: Callable[[], T], beside: object = None) -> T:
        """The value of a key at this minute, at this entry of the ledger and with what is `beside` the store (the
        province); made by whoever asks first."""
        with self._lock:
            of = (news.head(session), now.replace(second=0, microsecond=0), beside)
            if of != self._of:
                self._of, self._kept = of, {}
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]
