"""The published figures, kept for a few minutes: every page and file of a process shows the same ones.

The one rule: nobody asks for figures but here, so a page and the file beside it cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from sqlmodel import Session

from zalobot.figures.parts import CountedPart, Period, latest
from zalobot.figures.reading import parts
from zalobot.figures.share import Share
from zalobot.figures.table import Figures, figures, table
from zalobot.workdays import WorkCalendar

FRESH = timedelta(minutes=5)


@dataclass(frozen=True)
class Published:
    """The parts of the period and what is worked out of them."""

    period: Period
    parts: tuple[CountedPart, ...]
    read_at: datetime

    @cached_property
    def table(self) -> tuple[Figures, ...]:
        """The agencies, the most parts first."""
        return table(self.parts)

    @cached_property
    def whole(self) -> Figures:
        """The province."""
        return figures(self.parts)

    @cached_property
    def of(self) -> dict[str, Figures]:
        """The figures of each agency that has any."""
        return {line.agency: line for line in self.table}

    def parts_of(self, agency: str) -> Sequence[CountedPart]:
        """The parts that an agency holds."""
        return [part for part in self.parts if part.agency == agency]

    def nothing(self, agency: str) -> Figures:
        """The figures of an agency that has no part in the period."""
        return figures((), agency)

    def share(self, agency: str) -> Share:
        """An agency's share in time; none of none where it has no part in the period."""
        return self.of[agency].on_time if agency in self.of else Share(0, 0)


class Board:
    """Reads the figures when they are five minutes old or a new day has begun; one reader at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: Published | None = None

    def at(self, session: Session, now: datetime, calendar: WorkCalendar) -> Published:
        """What is published at `now`."""
        with self._lock:
            kept, period = self._kept, latest(now)
            if kept is None or kept.period != period or not kept.read_at <= now < kept.read_at + FRESH:
                kept = self._kept = Published(period, parts(session, period, calendar), now)
            return kept
