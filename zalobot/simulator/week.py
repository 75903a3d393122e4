"""Which days the page's strip shows as worked, and where its clock buttons lead.

The one rule: this is only for the page. Weekends are off, the days given are off or worked; deadlines are the bot's own
business and are never asked for or computed here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

LOCAL = timezone(timedelta(hours=7), "+07:00")
DEFAULT_SHIFTS = ((time(7, 30), time(11, 30)), (time(13, 0), time(17, 0)))


@dataclass(frozen=True, slots=True)
class Week:
    """Days off by name (`off`), days worked although they are a weekend (`worked`), and the hours of a working day."""

    off: Mapping[date, str] = field(default_factory=dict)
    worked: Collection[date] = ()
    shifts: tuple[tuple[time, time], ...] = DEFAULT_SHIFTS

    def is_working(self, day: date) -> bool:
        """Whether people are at work on `day`."""
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def is_working_time(self, instant: datetime) -> bool:
        """Whether people are at work at `instant`."""
        local = instant.astimezone(LOCAL)
        return self.is_working(local.date()) and any(a <= local.time() < b for a, b in self.shifts)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        day += timedelta(days=1)
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def next_morning(self, now: datetime, at: time = time(8, 0)) -> datetime:
        """`at` of the next working day, in UTC."""
        return _instant(self.next_working_day(now.astimezone(LOCAL).date()), at)

    def next_evening(self, now: datetime, at: time = time(17, 0)) -> datetime:
        """`at` of today if it is worked and not over, else of the next working day, in UTC."""
        today = now.astimezone(LOCAL).date()
        if self.is_working(today) and now < _instant(today, at):
            return _instant(today, at)
        return _instant(self.next_working_day(today), at)

    def strip(self, now: datetime) -> list[dict[str, object]]:
        """The seven days, Monday first, of the week `now` is in, as the page draws them."""
        today = now.astimezone(LOCAL).date()
        monday = today - timedelta(days=today.weekday())
        return [
            {"date": day.isoformat(), "off": not self.is_working(day), "name": self.off.get(day, ""),
             "when": (day > today) - (day < today)}
            for day in (monday + timedelta(days=n) for n in range(7))
        ]  # fmt: skip


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LOCAL).astimezone(UTC)
