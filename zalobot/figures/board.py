"""The published figures, kept for a few minutes: every page and file of a process shows the same ones.

The one rule: nobody asks for figures but here, so a page and the file beside it cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from sqlmodel import Session

from zalobot.figures.parts import CountedPart, Period, PeriodKind, period_of
from zalobot.figures.reading import parts
from zalobot.figures.share import Share
from zalobot.figures.table import Figures, Week, exchanged, figures, speeds, table, verdicts, weeks
from zalobot.store.queries.leading import Rising, rising
from zalobot.workdays import WorkCalendar

FRESH = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What is worked out of one agency's parts: those it is late with, the newest due time first; how fast it was and
    how it was judged; from whom it took parts over and to whom it passed them on."""

    late: Sequence[CountedPart]
    speeds: tuple[int, ...]
    verdicts: dict[str, int]
    taken: dict[str, int]
    passed: dict[str, int]


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

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """The province's last weeks."""
        return weeks(self.parts, self.period.last)

    @cached_property
    def weeks_of(self) -> dict[str, tuple[Week, ...]]:
        """The last weeks of each agency that holds a part."""
        return {agency: weeks(parts, self.period.last) for agency, parts in self._held.items()}

    def told(self, agency: str) -> Told:
        """What its page says besides the figures, worked out once."""
        if agency not in self._told:
            own = self._held.get(agency, ())
            late = sorted((part for part in own if not part.in_time), key=lambda part: (part.due_at, part.code))
            self._told[agency] = Told(late[::-1], speeds(own), verdicts(own), *exchanged(self._moved, agency))
        return self._told[agency]

    @cached_property
    def _told(self) -> dict[str, Told]:
        return {}

    @cached_property
    def _moved(self) -> list[CountedPart]:
        return [part for part in self.parts if part.former]

    @cached_property
    def _held(self) -> dict[str, list[CountedPart]]:
        found: dict[str, list[CountedPart]] = {}
        for part in self.parts:
            found.setdefault(part.agency, []).append(part)
        return found

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
        self._kept: dict[PeriodKind, Published] = {}
        self._rising: tuple[datetime, list[Rising]] | None = None

    def at(
        self, session: Session, now: datetime, calendar: WorkCalendar, kind: PeriodKind = PeriodKind.DAYS
    ) -> Published:
        """What is published at `now` of a period; the open data are those of the 90 days."""
        with self._lock:
            kept, period = self._kept.get(kind), period_of(kind, now)
            if kept is None or kept.period != period or not kept.read_at <= now < kept.read_at + FRESH:
                kept = self._kept[kind] = Published(period, parts(session, period, calendar), now)
            return kept

    def renew(self, session: Session, now: datetime, calendar: WorkCalendar) -> None:
        """Read anew what will be old within a minute, beside those who look: none of them waits for it."""
        for kind, kept in list(self._kept.items()):
            if now >= kept.read_at + FRESH - AHEAD:
                period = period_of(kind, now)
                made = Published(period, parts(session, period, calendar), now)
                for agency in made.of:
                    made.weeks_of.get(agency)
                    made.told(agency)
                with self._lock:
                    self._kept[kind] = made

    def rising(self, session: Session, now: datetime) -> list[Rising]:
        """The topics that rise: all tickets of two months are looked at, so it is kept like the figures."""
        with self._lock:
            if self._rising is None or not self._rising[0] <= now < self._rising[0] + FRESH:
                self._rising = (now, rising(session, now))
            return self._rising[1]
