"""The working calendar: real days, shift by shift, and sums of working time over them. Pure.

The one rule: a day that is not known is never guessed. Outside `first`..`last` every question is `PastHorizon`.
Local time is Asia/Ho_Chi_Minh, which is a fixed +07:00: no zone of the server and no tz database has a say.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

from zalobot.days import (
    Day,
    DayKind,
    Season,
    Shift,
    Shifts,
    Week,
    day_problems,
    week_from_json,
    week_problems,
    week_to_json,
)
from zalobot.errors import PastHorizon

__all__ = ["LOCAL", "Day", "DayKind", "Season", "Shift", "Shifts", "Week", "WorkCalendar"]

LOCAL = timezone(timedelta(hours=7))
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """All known days from `first` to `last`: `days` where they are named, else what the week (or season) says.

    `week` is Monday to Sunday. Raises ValueError, with every reason, for a calendar that makes no sense.
    """

    version: str
    week: Week
    days: tuple[Day, ...]
    first: date
    last: date
    seasons: tuple[Season, ...] = ()
    _named: dict[date, Day] = field(init=False, repr=False, compare=False)
    _shifts: list[tuple[tuple[int, int], ...]] = field(init=False, repr=False, compare=False)
    _before: "array[int]" = field(init=False, repr=False, compare=False)
    _working: "array[int]" = field(init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        """By the version and the horizon alone: a calendar is a key of what is kept, and has hundreds of days."""
        return hash((self.version, self.last))

    def __post_init__(self) -> None:
        problems = [*day_problems(self.days, self.first, self.last), *week_problems(self.week, self.seasons)]
        if problems:
            raise ValueError("; ".join(problems))
        put = object.__setattr__
        put(self, "_named", {day.date: day for day in self.days})
        known = range(self.first.toordinal(), self.last.toordinal() + 1)
        shifts = [tuple(_microseconds(shift) for shift in self._hours(date.fromordinal(n))) for n in known]
        before = array("q", [0])
        for day in shifts:
            before.append(before[-1] + sum(end - start for start, end in day))
        put(self, "_shifts", shifts)
        put(self, "_before", before)
        put(self, "_working", array("q", [n for n, day in zip(known, shifts, strict=True) if day]))
        if not before[-1]:
            raise ValueError("no working time from the first known day to the last")

    # -- days ---------------------------------------------------------------------------------------------------------

    def day(self, on: date) -> Day:
        """What is known of a day."""
        self._known(on)
        if named := self._named.get(on):
            return named
        if shifts := self._hours(on):
            return Day(on, shifts)
        return Day(on, (), DayKind.WEEKEND)

    def usual(self, on: date) -> Shifts:
        """The hours of the first worked day of the week in that season: those of a day worked instead of another."""
        return next((shifts for shifts in self._week(on) if shifts), ())

    def is_working(self, on: date) -> bool:
        """Is any part of the day worked?"""
        return bool(self._shifts[self._known(on)])

    def nth_working_day(self, after: date, n: int) -> date:
        """The n-th working day strictly after `after`; before it, when n is negative."""
        self._known(after)
        if n > 0:
            at = bisect_right(self._working, after.toordinal()) + n - 1
        elif n < 0:
            at = bisect_left(self._working, after.toordinal()) + n
        else:
            raise ValueError("the 0th working day is no day")
        if not 0 <= at < len(self._working):
            raise PastHorizon(last=self.last)
        return date.fromordinal(self._working[at])

    def next_working_day(self, after: date) -> date:
        """The first working day strictly after `after`."""
        return self.nth_working_day(after, 1)

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and with `until`."""
        self._known(after)
        self._known(until)
        return bisect_right(self._working, until.toordinal()) - bisect_right(self._working, after.toordinal())

    def worked_on(self, on: date) -> timedelta:
        """The working time of one day; none on a day off."""
        index = self._known(on)
        return (self._before[index + 1] - self._before[index]) * _US

    def opens(self, on: date) -> datetime:
        """When the first shift of a working day begins."""
        index = self._known(on)
        return self._instant(index, self._worked_day(on)[0][0])

    def closes(self, on: date) -> datetime:
        """When the last shift of a working day ends."""
        index = self._known(on)
        return self._instant(index, self._worked_day(on)[-1][1])

    # -- instants -----------------------------------------------------------------------------------------------------

    def is_working_time(self, instant: datetime) -> bool:
        """Is it within a shift? Its first moment is, its end is not."""
        index, moment = self._place(instant)
        return index < len(self._shifts) and any(start <= moment < end for start, end in self._shifts[index])

    def is_usually_working_time(self, instant: datetime) -> bool:
        """The same by the week alone, for days past the known ones: whether one may be disturbed, never what counts."""
        local = instant.astimezone(LOCAL)
        return any(shift.start <= local.time() < shift.end for shift in self._week(local.date())[local.weekday()])

    def next_working_moment(self, instant: datetime) -> datetime:
        """The instant itself when it is working time, else the beginning of the next shift."""
        return self._latest(self._worked(instant))

    def last_working_moment(self, instant: datetime) -> datetime:
        """The instant itself when it is within a shift or its closing moment, else the end of the last shift before."""
        return self._earliest(self._worked(instant))

    def add_working(self, instant: datetime, amount: timedelta) -> datetime:
        """The instant `amount` of working time later; a negative amount goes back.

        Forwards it is the earliest such instant (17:00, not 07:30 of the next day), backwards the latest.
        """
        if not amount:
            return instant.astimezone(UTC)
        target = self._worked(instant) + amount // _US
        return self._earliest(target) if amount > timedelta(0) else self._latest(target)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`, negative when `end` is the earlier."""
        return (self._worked(end) - self._worked(start)) * _US

    # -- other calendars ----------------------------------------------------------------------------------------------

    def with_days(self, version: str, days: Iterable[Day], without: Iterable[date] = ()) -> "WorkCalendar":
        """A new version: `days` take the place of what was known of them, `without` go back to what the week says."""
        fresh = {day.date: day for day in days}
        gone = fresh.keys() | set(without)
        kept = [day for day in self.days if day.date not in gone]
        merged = sorted([*kept, *fresh.values()], key=lambda day: day.date)
        return replace(self, version=version, days=tuple(merged))

    def to_json(self) -> dict[str, Any]:
        """Plain data, from which `from_json` makes an equal calendar."""
        return {
            "version": self.version,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "week": week_to_json(self.week),
            "seasons": [{"starts": s.starts.isoformat(), "week": week_to_json(s.week)} for s in self.seasons],
            "days": [day.to_json() for day in self.days],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "WorkCalendar":
        """The calendar `to_json` wrote. Raises ValueError or KeyError when it is none."""
        return cls(
            version=data["version"],
            week=week_from_json(data["week"]),
            days=tuple(Day.from_json(day) for day in data["days"]),
            first=date.fromisoformat(data["first"]),
            last=date.fromisoformat(data["last"]),
            seasons=tuple(
                Season(date.fromisoformat(s["starts"]), week_from_json(s["week"])) for s in data.get("seasons", ())
            ),
        )

    # -- inside: positions in working time, in microseconds since the first known day ------------------------------

    def _hours(self, on: date) -> Shifts:
        named = self._named.get(on)
        return named.shifts if named else self._week(on)[on.weekday()]

    def _week(self, on: date) -> Week:
        week = self.week
        for season in self.seasons:
            if season.starts <= on:
                week = season.week
        return week

    def _known(self, on: date) -> int:
        if not self.first <= on <= self.last:
            raise PastHorizon(last=self.last)
        return on.toordinal() - self.first.toordinal()

    def _worked_day(self, on: date) -> tuple[tuple[int, int], ...]:
        shifts = self._shifts[self._known(on)]
        if not shifts:
            raise ValueError(f"{on} is not worked")
        return shifts

    def _place(self, instant: datetime) -> tuple[int, int]:
        """Index of the day and microseconds into it. The midnight that ends the last known day is still known."""
        if instant.tzinfo is None:
            raise ValueError("naive datetime")
        local = instant.astimezone(LOCAL)
        index = local.toordinal() - self.first.toordinal()
        moment = _microsecond(local)
        if not (0 <= index < len(self._shifts) or (index == len(self._shifts) and not moment)):
            raise PastHorizon(last=self.last)
        return index, moment

    def _worked(self, instant: datetime) -> int:
        index, moment = self._place(instant)
        done = self._before[index]
        if index < len(self._shifts):
            done += sum(min(moment, end) - start for start, end in self._shifts[index] if start < moment)
        return done

    def _earliest(self, position: int) -> datetime:
        """The first instant at which `position` has been worked: inside a shift or at its end."""
        index = bisect_left(self._before, position) - 1
        if index < 0 or index >= len(self._shifts):
            raise PastHorizon(last=self.last)
        left = position - self._before[index]
        for start, end in self._shifts[index]:
            if left <= end - start:
                return self._instant(index, start + left)
            left -= end - start
        raise AssertionError("positions and shifts disagree")

    def _latest(self, position: int) -> datetime:
        """The last instant at which `position` has been worked: inside a shift or at its beginning."""
        index = bisect_right(self._before, position) - 1
        if index < 0 or index >= len(self._shifts):
            raise PastHorizon(last=self.last)
        left = position - self._before[index]
        for start, end in self._shifts[index]:
            if left < end - start:
                return self._instant(index, start + left)
            left -= end - start
        raise AssertionError("positions and shifts disagree")

    def _instant(self, index: int, moment: int) -> datetime:
        midnight = datetime.combine(self.first + timedelta(index), time(), LOCAL)
        return (midnight + moment * _US).astimezone(UTC)


def _microsecond(at: time | datetime) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


@lru_cache(256)  # a calendar of years has a handful of different shifts
def _microseconds(shift: Shift) -> tuple[int, int]:
    return _microsecond(shift.start), _microsecond(shift.end)
