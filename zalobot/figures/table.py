"""The table of the agencies, and what is drawn beside it: a pure function of the parts.

The one rule: the order is by the number of parts, never by how well anybody did; below five there is no percentage.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from zalobot.figures.parts import CountedPart
from zalobot.figures.share import Share
from zalobot.workdays import LOCAL

SOLVED = "solved"
WEEKS = 13
_SPEEDS = (4 * 60, 8 * 60, 16 * 60)  # working minutes: a morning, a day, two days
_A_DAY = 8 * 60


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one agency, or (with agency '') of the whole province. Minutes are working time."""

    agency: str
    on_time: Share
    answered: int
    median_minutes: float | None
    ninety_minutes: int | None
    solved: Share
    taken_over: int
    passed_on: int

    @property
    def median_hours(self) -> float | None:
        """The median in hours, to a tenth."""
        return None if self.median_minutes is None else round(self.median_minutes / 60, 1)

    @property
    def ninety_hours(self) -> float | None:
        """Nine of ten answers took no longer; in hours, to a tenth."""
        return None if self.ninety_minutes is None else round(self.ninety_minutes / 60, 1)

    @property
    def unjudged(self) -> int:
        """Answered parts of which the business has said nothing."""
        return self.answered - self.solved.of


@dataclass(frozen=True, slots=True)
class Week:
    """The parts due in a week that begins on `monday`."""

    monday: date
    share: Share

    @property
    def late(self) -> int:
        """How many were not answered in time."""
        return self.share.of - self.share.hits


def table(parts: Sequence[CountedPart]) -> tuple[Figures, ...]:
    """One line for each agency that holds or held a part, the most parts first."""
    held: dict[str, list[CountedPart]] = {}
    moves: list[tuple[str, str]] = []
    for part in parts:
        held.setdefault(part.agency, []).append(part)
        moves += ((old, new) for old, new in pairwise((*part.former, part.agency)) if old != new)
    codes = {*held, *(old for old, _ in moves)}
    lines = [figures(held.get(code, ()), code, moves) for code in codes]
    return tuple(sorted(lines, key=lambda line: (-line.on_time.of, line.agency)))


def figures(parts: Sequence[CountedPart], agency: str = "", moves: Sequence[tuple[str, str]] = ()) -> Figures:
    """The figures of these parts; `moves` are hand-overs as (from, to)."""
    minutes = sorted(part.minutes for part in parts if part.minutes is not None)
    verdicts = [part.verdict for part in parts if part.verdict]
    return Figures(
        agency=agency,
        on_time=Share(sum(part.in_time for part in parts), len(parts)),
        answered=sum(part.answered_at is not None for part in parts),
        median_minutes=median(minutes) if minutes else None,
        ninety_minutes=minutes[-(-9 * len(minutes) // 10) - 1] if minutes else None,
        solved=Share(verdicts.count(SOLVED), len(verdicts)),
        taken_over=sum(new == agency for _, new in moves),
        passed_on=sum(old == agency for old, _ in moves),
    )


def exchanged(parts: Iterable[CountedPart], agency: str) -> tuple[dict[str, int], dict[str, int]]:
    """From whom an agency took parts over, and to whom it passed parts on, each with how many."""
    moves = [move for part in parts for move in pairwise((*part.former, part.agency)) if move[0] != move[1]]
    taken = Counter(old for old, new in moves if new == agency)
    passed = Counter(new for old, new in moves if old == agency)
    return dict(taken.most_common()), dict(passed.most_common())


def verdicts(parts: Iterable[CountedPart]) -> dict[str, int]:
    """How many parts were judged how, by the verdict; none that nobody gave."""
    return dict(Counter(part.verdict for part in parts if part.verdict))


def weeks(parts: Iterable[CountedPart], last: date) -> tuple[Week, ...]:
    """The thirteen weeks up to that of `last`, the oldest first."""
    newest = last - timedelta(last.weekday())
    mondays = [newest - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    found: dict[date, list[bool]] = {monday: [] for monday in mondays}
    for part in parts:
        day = (part.due_at.astimezone(LOCAL) - timedelta(microseconds=1)).date()
        found.get(day - timedelta(day.weekday()), []).append(part.in_time)
    return tuple(Week(monday, Share(sum(hits), len(hits))) for monday, hits in found.items())


def speeds(parts: Iterable[CountedPart]) -> tuple[int, ...]:
    """How many parts were answered in time within 4, 8, 16 working hours and later; late by up to a day and by more;
    and not answered at all."""
    counts = [0] * 7
    for part in parts:
        counts[_speed(part)] += 1
    return tuple(counts)


def _speed(part: CountedPart) -> int:
    if part.answered_at is None:
        return 6
    if part.in_time:
        return sum((part.minutes or 0) > limit for limit in _SPEEDS)
    return 4 if (part.late_minutes or 0) <= _A_DAY else 5
