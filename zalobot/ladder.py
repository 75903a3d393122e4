"""The reminder ladder: which step of a part comes when, as data and as instants. Pure; sends nothing.

The one rule: every moment is working time. What would fall at night comes when work begins again, except that a notice
for a closing moment (17:00) is out `MARGIN` before it: after it, it would be false.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zalobot.errors import PastHorizon
from zalobot.receipt import last_day
from zalobot.rules import Klass
from zalobot.workdays import LOCAL, WorkCalendar

MARGIN = timedelta(minutes=5)
MORNING = timedelta(minutes=30)
MORNING_LASTS = timedelta(hours=1)  # so late a digest may still come


class Role(StrEnum):
    """Who is told: the officer of the part, the head of the agency, the leader of the province."""

    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"


class When(StrEnum):
    """What a step is counted from."""

    ASSIGNED = "assigned"
    HALF = "half"
    DAYS_BEFORE = "days_before"
    HOURS_BEFORE = "hours_before"
    DUE = "due"
    DAYS_AFTER = "days_after"
    EVERY_DAY_AFTER = "every_day_after"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Step:
    """A rung. `amount` is working days or hours; `only_if_idle`: not needed once the officer has acted on the part.

    `urgent`: where it is not seen within `UNSEEN_AFTER`, the head of the agency is told too.
    """

    name: str
    role: Role
    template: str
    when: When
    amount: int = 0
    only_if_idle: bool = False
    urgent: bool = False


LADDER = (
    Step("assigned", Role.OFFICER, "officer/assigned", When.ASSIGNED),
    Step("half", Role.OFFICER, "reminders/half", When.HALF, only_if_idle=True),
    Step("day_before", Role.OFFICER, "reminders/day_before", When.DAYS_BEFORE, 1),
    Step("hours_before", Role.OFFICER, "reminders/hours_before", When.HOURS_BEFORE, 2, urgent=True),
    Step("due", Role.OFFICER, "reminders/due", When.DUE, urgent=True),
    Step("overdue_n", Role.OFFICER, "reminders/overdue_officer", When.EVERY_DAY_AFTER),
    Step("overdue_1", Role.HEAD, "reminders/overdue_head", When.DAYS_AFTER, 1),
    Step("overdue_2", Role.LEADER, "reminders/overdue_leader", When.DAYS_AFTER, 2),
)


# The rung of an urgent notice nobody looked at: it comes by what Zalo says of the notice, not by the clock alone.
UNSEEN = Step("unseen", Role.HEAD, "reminders/unseen", When.UNSEEN)
UNSEEN_AFTER = timedelta(hours=2)  # of working time


@dataclass(frozen=True, slots=True)
class Moment:
    """A step at its instant (UTC). `number` is the working day since the due time, 0 before it."""

    step: Step
    at: datetime
    number: int = 0

    @property
    def key(self) -> str:
        """What the reminder ledger is unique on, with part and due: the step, and its day where it comes every day."""
        return f"{self.step.name}/{self.number}" if self.step.when is When.EVERY_DAY_AFTER else self.step.name


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a part stands on the ladder: the latest moment that has come for each role, and when to look again.

    `next_at` is None when nothing is left to come within the known calendar; look again when the calendar grows.
    """

    come: tuple[Moment, ...]
    next_at: datetime | None

    def of(self, role: Role) -> Moment | None:
        """The latest moment of one role."""
        return next((moment for moment in self.come if moment.step.role is role), None)


def plan(
    received: datetime,
    due: datetime,
    klass: str,
    calendar: WorkCalendar,
    *,
    assigned: datetime | None = None,
    ladder: Sequence[Step] = LADDER,
) -> tuple[Moment, ...]:
    """The moments of a part in order, up to the last escalation; the daily ones are `overdue`'s.

    `assigned` is when the present holder got it (receipt, when not given). Steps that would come before that, or not
    before the next one (a simple part), are left out: the later one stands. So are those past the known days.
    """
    close = calendar.last_working_moment(due)
    begin = _begin(received, klass, calendar)
    got = calendar.next_working_moment(assigned or received)
    rungs = [
        Moment(step, got if step.when is When.ASSIGNED else _settled(at, calendar))
        for step in ladder
        if step.when not in (When.DAYS_AFTER, When.EVERY_DAY_AFTER)
        for at in _instants(step, got, begin, close, calendar)
    ]
    climbing = [
        moment
        for number, moment in enumerate(rungs)
        if (moment.at > got or moment.step.when is When.ASSIGNED)
        and all(moment.at < m.at for m in rungs[number + 1 :] if m.at > got)
    ]
    return tuple(sorted([*climbing, *_escalations(due, calendar, ladder)], key=lambda moment: moment.at))


def overdue(due: datetime, calendar: WorkCalendar, ladder: Sequence[Step] = LADDER, start: int = 1) -> Iterator[Moment]:
    """The reminders of each working day after the due time, from the `start`-th on, as far as the calendar is known."""
    daily = [step for step in ladder if step.when is When.EVERY_DAY_AFTER]
    number = start
    while daily and (at := _morning(due, number, calendar)):
        yield from (Moment(step, at, number) for step in daily)
        number += 1


def latest(
    moments: Sequence[Moment],
    now: datetime,
    due: datetime,
    calendar: WorkCalendar,
    *,
    idle: bool = True,
    ladder: Sequence[Step] = LADDER,
) -> Standing:
    """Where a part stands at `now`: only the latest step of each role counts, whatever was missed before it.

    `idle`: nothing has happened on the part yet. Whether a step was already sent is the ledger's to know.
    """
    wanted = [moment for moment in moments if idle or not moment.step.only_if_idle]
    # From yesterday's on: today's may still be ahead.
    for moment in overdue(due, calendar, ladder, max(_days_over(due, now, calendar) - 1, 1)):
        wanted.append(moment)
        if moment.at > now:
            break
    wanted.sort(key=lambda moment: moment.at)
    come = {moment.step.role: moment for moment in wanted if moment.at <= now}
    ahead = (moment.at for moment in wanted if moment.at > now)
    return Standing(tuple(sorted(come.values(), key=lambda moment: moment.at)), next(ahead, None))


def unseen_at(told: datetime, calendar: WorkCalendar) -> datetime | None:
    """When an urgent notice told at this moment is looked after; None past the known days."""
    try:
        return calendar.add_working(told, UNSEEN_AFTER)
    except PastHorizon:
        return None


def this_morning(now: datetime, calendar: WorkCalendar) -> datetime | None:
    """When the digests of today go: half an hour after work begins. None on a day that is not worked, or not known."""
    today = now.astimezone(LOCAL).date()
    try:
        return calendar.opens(today) + MORNING if calendar.is_working(today) else None
    except PastHorizon:
        return None


def _begin(received: datetime, klass: str, calendar: WorkCalendar) -> datetime:
    """Where half time is measured from: a hard part's day 0 does not count, so from day 1."""
    if Klass(klass) is Klass.SIMPLE:
        return calendar.next_working_moment(received)
    return calendar.opens(calendar.next_working_day(received.astimezone(LOCAL).date()))


def _instants(
    step: Step, got: datetime, begin: datetime, close: datetime, calendar: WorkCalendar
) -> tuple[datetime, ...]:
    """When a step would come, before it is settled into working time; nothing where the question makes no sense."""
    match step.when:
        case When.ASSIGNED:
            return (got,)
        case When.HALF:
            return (calendar.add_working(begin, calendar.working_between(begin, close) / 2),) if begin < close else ()
        case When.HOURS_BEFORE:
            return _before(close, timedelta(hours=step.amount), calendar)
        case When.DAYS_BEFORE:
            return _days_before(close, step.amount, calendar)
        case _:
            return (close,)


def _before(close: datetime, amount: timedelta, calendar: WorkCalendar) -> tuple[datetime, ...]:
    try:
        return (calendar.add_working(close, -amount),)
    except PastHorizon:
        return ()


def _days_before(close: datetime, days: int, calendar: WorkCalendar) -> tuple[datetime, ...]:
    """The same hour, so many working days earlier."""
    local = close.astimezone(LOCAL)
    try:
        day = calendar.nth_working_day(local.date(), -days)
    except PastHorizon:
        return ()
    return (datetime.combine(day, local.time(), LOCAL),)


def _settled(at: datetime, calendar: WorkCalendar) -> datetime:
    if not calendar.is_working_time(at) and calendar.last_working_moment(at) == at:
        return calendar.add_working(at, -MARGIN)
    return calendar.next_working_moment(at)


def _escalations(due: datetime, calendar: WorkCalendar, ladder: Sequence[Step]) -> Iterator[Moment]:
    for step in ladder:
        if step.when is When.DAYS_AFTER and (at := _morning(due, step.amount, calendar)):
            yield Moment(step, at, step.amount)


def _morning(due: datetime, number: int, calendar: WorkCalendar) -> datetime | None:
    """A little after work begins on the `number`-th working day after the due one; None past the known days."""
    try:
        return calendar.add_working(calendar.opens(calendar.nth_working_day(last_day(due), number)), MORNING)
    except PastHorizon:
        return None


def _days_over(due: datetime, now: datetime, calendar: WorkCalendar) -> int:
    """How many working days have begun since the due one, as far as they are known; 0 when it is not due yet."""
    today = min(now.astimezone(LOCAL).date(), calendar.last)
    return calendar.working_days(last_day(due), today) if today > last_day(due) else 0
