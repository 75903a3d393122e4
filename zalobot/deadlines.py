"""How a due time is counted. Pure.

The one rule: the day of receipt is day 0, whatever the hour (Bộ luật Dân sự 2015, điều 147, 148), so nobody gains or
loses a day by the clock. Convention A17, the default, ends day N at the end of its working time instead of at 24:00.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from zalobot.receipt import Counted, Receipt, Skipped, Span, Wait, last_day
from zalobot.rules import Convention, Klass, RuleVersion, rule_in_force
from zalobot.workdays import LOCAL, WorkCalendar

__all__ = [
    "Convention",
    "Counted",
    "Klass",
    "Receipt",
    "RuleVersion",
    "Skipped",
    "Span",
    "Wait",
    "count",
    "last_day",
    "recount",
    "rule_in_force",
    "wait",
]


def count(
    received: datetime,
    rule: RuleVersion,
    klass: str,
    calendar: WorkCalendar,
    convention: str | None = None,
) -> Receipt:
    """When an answer is due, with its receipt. `convention` is the rule's own when not given.

    Raises PastHorizon when the calendar does not reach that far: then no date is promised.
    """
    received = received.astimezone(UTC) if received.tzinfo else _naive()
    how = Convention(convention or rule.convention)
    amount = rule.simple_hours if Klass(klass) is Klass.SIMPLE else rule.hard_days
    day0 = received.astimezone(LOCAL).date()
    if Klass(klass) is Klass.SIMPLE:
        counted: tuple[Counted, ...] = ()
        due = calendar.add_working(calendar.next_working_moment(received), timedelta(hours=amount))
        spans = _spans(received, due, calendar)
    else:
        if how is Convention.B:
            day0 = _day_of_receipt(received, calendar)
        counted = tuple(Counted(calendar.nth_working_day(day0, n), n) for n in range(1, amount + 1))
        due = _end_of(counted[-1].date, how, calendar)
        spans = ()
    return Receipt(
        received=received,
        klass=Klass(klass),
        amount=amount,
        day0=day0,
        counted=counted,
        skipped=_skipped(received, day0, due, calendar),
        due=due,
        rule_version=rule.version,
        calendar_version=calendar.version,
        convention=how,
        law=rule.law,
        decision=rule.decision,
        spans=spans,
    )


def wait(receipt: Receipt, start: datetime, end: datetime, calendar: WorkCalendar) -> Receipt:
    """The receipt after a pause for the business: the due time moves by the working time between, no more and no less.

    Counted between the minutes that are shown: a reply within the same minute must not push 17:00 to the next morning.
    Raises ValueError when the pause ends before it begins, PastHorizon past the known days.
    """
    if end < start:
        raise ValueError("a pause cannot end before it begins")
    waited = calendar.working_between(_minute(start), _minute(end))
    pause = Wait(start.astimezone(UTC), end.astimezone(UTC), waited)
    due = calendar.add_working(receipt.due, waited)
    if waited and receipt.convention is Convention.A and receipt.klass is Klass.HARD:
        due = _midnight_after(last_day(due))
    skipped = _skipped(receipt.received, receipt.day0, due, calendar)
    return replace(receipt, due=due, skipped=skipped, waits=(*receipt.waits, pause), calendar_version=calendar.version)


def recount(receipt: Receipt, rule: RuleVersion, calendar: WorkCalendar, now: datetime) -> Receipt:
    """The receipt under another calendar, its pauses kept. A due time that has passed at `now` never moves.

    The very same receipt is returned when nothing in it changes. Raises PastHorizon.
    """
    if receipt.due <= now:
        return receipt
    fresh = count(receipt.received, rule, receipt.klass, calendar, receipt.convention)
    for pause in receipt.waits:
        fresh = wait(fresh, pause.start, pause.end, calendar)
    return receipt if replace(fresh, calendar_version=receipt.calendar_version) == receipt else fresh


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _naive() -> datetime:
    raise ValueError("naive datetime")


def _day_of_receipt(received: datetime, calendar: WorkCalendar) -> date:
    """Convention B: after the last shift, or on a day off, it counts as received on the next working day."""
    on = received.astimezone(LOCAL).date()
    if calendar.is_working(on) and received < calendar.closes(on):
        return on
    return calendar.next_working_day(on)


def _end_of(on: date, how: Convention, calendar: WorkCalendar) -> datetime:
    return _midnight_after(on) if how is Convention.A else calendar.closes(on)


def _midnight_after(on: date) -> datetime:
    return datetime.combine(on + timedelta(1), time(), LOCAL).astimezone(UTC)


def _skipped(received: datetime, day0: date, due: datetime, calendar: WorkCalendar) -> tuple[Skipped, ...]:
    first = received.astimezone(LOCAL).date()
    span = (first + timedelta(n) for n in range((last_day(due) - first).days + 1))
    days = (calendar.day(on) for on in span if on != day0 and not calendar.is_working(on))
    return tuple(Skipped(day.date, day.name, day.source, day.kind) for day in days)


def _spans(received: datetime, due: datetime, calendar: WorkCalendar) -> tuple[Span, ...]:
    """The shifts between receipt and due, clipped to them."""
    found = []
    on = received.astimezone(LOCAL).date()
    while on <= last_day(due):
        for shift in calendar.day(on).shifts:
            start = max(received, datetime.combine(on, shift.start, LOCAL).astimezone(UTC))
            end = min(due, datetime.combine(on, shift.end, LOCAL).astimezone(UTC))
            if start < end:
                found.append(Span(start, end))
        on += timedelta(1)
    return tuple(found)
