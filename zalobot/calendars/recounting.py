"""Every open part counted again: read in one query, reckoned in memory, written in a few statements.

The one rule: a due time that has passed never moves, pauses are kept, and the rule a ticket was born under counts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from zalobot.calendars.rows import OpenPart, Recounted, open_parts
from zalobot.deadlines import count, recount, wait
from zalobot.errors import PastHorizon, Refused
from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.rules import RuleVersion
from zalobot.store.bulk import update_rows
from zalobot.store.models import DeadlineReceipt, EventKind, Part
from zalobot.tickets import clocks
from zalobot.tickets.record import Actor, record
from zalobot.workdays import LOCAL, WorkCalendar

_PART, _RECEIPT = Part.__table__, DeadlineReceipt.__table__  # type: ignore[attr-defined]
Key = tuple[Any, ...]


def recounted(
    session: Session, province: Province, now: datetime, *, only: Sequence[str] | None = None, lock: bool = False
) -> list[Recounted]:
    """Every open part (or `only` these) under the province's calendar; nothing is written.

    With `lock` their tickets are held, as a verb of an officer would hold them. Raises Refused (`calendar_too_short`)
    where a promise would fall past the known days.
    """
    rules = {rule.version: rule for rule in province.rules}
    fresh: dict[Key, Receipt | None] = {}  # the parts of a ticket are mostly counted alike
    reminders: dict[Key, datetime | None] = {}
    found = []
    for part in open_parts(session, only, lock=lock):
        counted = (part.clock_started_at, part.klass, part.due_at, part.paused_at, part.rule_version, part.counted_as)
        if counted not in fresh:
            fresh[counted] = _fresh(part, rules[part.rule_version], province.calendar, now)
        receipt = fresh[counted]
        due = receipt.due if receipt else part.due_at
        climbed = (part.clock_started_at, part.klass, due, part.idle)
        if climbed not in reminders:
            reminders[climbed] = clocks.look_again(
                part.clock_started_at, due, part.klass, province.calendar, now, idle=part.idle
            )
        found.append(Recounted(part, receipt, _remind_at(part, due, reminders[climbed], now)))
    return found


def keep(
    session: Session, found: Sequence[Recounted], reason: str, calendar: WorkCalendar, by: Actor, now: datetime
) -> list[Recounted]:
    """Write what changed: receipts, due times, reminders, the history of what moved; gives back what moved."""
    struck = [{"id": one.part.receipt_id} for one in found if one.receipt and one.part.receipt_id]
    if struck:
        update_rows(session, _RECEIPT, struck, struck_at=now, struck_reason=reason)
    rows = [row for one in found if (row := _row(one))]
    if rows:
        update_rows(session, _PART, rows)
    for one in found:
        if one.receipt is not None:
            clocks.keep_receipt(session, one.part, one.receipt, now)
    moved = [one for one in found if one.moved]
    for one in moved:
        _record(session, one, reason, calendar, by, now)
    return moved


def _remind_at(part: OpenPart, due: datetime | None, coming: datetime | None, now: datetime) -> datetime | None:
    """When to look at the ladder. What came while no day was known, or no sweep ran, comes now, as after an outage."""
    if part.paused_at is not None:
        return None
    if due is None or due != part.due_at:
        return coming
    missed = part.remind_at <= now if part.remind_at else due < now
    return now if missed else coming


def _fresh(part: OpenPart, rule: RuleVersion, calendar: WorkCalendar, now: datetime) -> Receipt | None:
    """The new receipt; None where nothing of the old one changes, or there can be none yet."""
    kept = Receipt.from_json(part.data) if part.data else None
    if part.due_at is None:
        return _first(part, kept, rule, calendar)
    if kept is None:
        return None
    try:
        # While the business is waited for the clock stands still: what counts is whether it had run out before.
        fresh = recount(kept, rule, calendar, part.paused_at or now)
    except PastHorizon as error:
        raise Refused("calendar_too_short", part=part.code, last=calendar.last) from error
    return None if fresh is kept else fresh


def _first(part: OpenPart, kept: Receipt | None, rule: RuleVersion, calendar: WorkCalendar) -> Receipt | None:
    """The due time of a part that had none, because the calendar did not reach that far; None if it still does not."""
    try:
        fresh = count(part.clock_started_at, rule, part.klass, calendar, kept.convention if kept else None)
        for pause in kept.waits if kept else ():
            fresh = wait(fresh, pause.start, pause.end, calendar)
    except PastHorizon:
        return None
    return fresh


def _row(one: Recounted) -> dict[str, Any] | None:
    """What of the part's row changes: its due time, and when the ladder has something to say."""
    part = one.part
    if one.receipt is None and one.remind_at == part.remind_at:
        return None
    first = part.first_due_at or one.due
    return {"id": part.id, "due_at": one.due, "first_due_at": first, "remind_at": one.remind_at}


def _record(session: Session, one: Recounted, reason: str, calendar: WorkCalendar, by: Actor, now: datetime) -> None:
    record(
        session,
        one.part.ticket,
        EventKind.RECOUNTED,
        by,
        now,
        part=one.part,
        before=_local(one.part.due_at),
        due=_local(one.due),
        why=reason,
        calendar=calendar.version,
        clock=one.part.clock,
    )


def _local(instant: datetime | None) -> str:
    return instant.astimezone(LOCAL).isoformat() if instant else ""
