"""Every open part counted again: read in two queries, reckoned in memory, written in a few statements.

The one rule: a due time that has passed never moves, pauses are kept, and the rule a ticket was born under counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from zalobot.deadlines import count, recount, wait
from zalobot.errors import PastHorizon, Refused
from zalobot.province import Province
from zalobot.receipt import Receipt
from zalobot.rules import RuleVersion
from zalobot.store.bulk import update_rows
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import DeadlineReceipt, EventKind, Part, Ticket
from zalobot.tickets import clocks
from zalobot.tickets.life import OPEN
from zalobot.tickets.record import Actor, record
from zalobot.workdays import LOCAL, WorkCalendar

_PART, _RECEIPT = Part.__table__, DeadlineReceipt.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Recounted:
    """A part and how it is counted now; `receipt` is None where nothing of that changed."""

    ticket: Ticket
    part: Part
    before: datetime | None
    old_receipt: str | None
    receipt: Receipt | None

    @property
    def moved(self) -> bool:
        """Is it due at another instant than before?"""
        return self.receipt is not None and self.receipt.due != self.before


def recounted(
    session: Session, province: Province, now: datetime, *, only: Sequence[str] | None = None, lock: bool = False
) -> list[Recounted]:
    """Every open part (or `only` these) under the province's calendar; nothing is written.

    With `lock` their tickets are held, as a verb of an officer would hold them. Raises Refused where a promise would
    fall past the known days.
    """
    write_rows_so_far(session)
    rules = {rule.version: rule for rule in province.rules}
    pairs = _open(session, only, lock=lock)
    receipts = _receipts(session, only)
    found = []
    for part, ticket in pairs:
        row_id, receipt = receipts.get((part.id, part.clock), (None, None))
        fresh = _fresh(part, receipt, rules[ticket.rule_version], province.calendar, now)
        found.append(Recounted(ticket, part, part.due_at, row_id, fresh))
    return found


def keep(
    session: Session, found: Sequence[Recounted], reason: str, calendar: WorkCalendar, by: Actor, now: datetime
) -> list[Recounted]:
    """Write what changed: receipts, due times, reminders, the history of what moved; gives back what moved."""
    changed = [one for one in found if one.receipt is not None]
    struck = [{"id": one.old_receipt} for one in changed if one.old_receipt]
    if struck:
        update_rows(session, _RECEIPT, struck, struck_at=now, struck_reason=reason)
    moved = [one for one in changed if one.moved]
    for one in changed:
        assert one.receipt is not None
        set_committed_value(one.part, "due_at", one.receipt.due)
        clocks.keep_receipt(session, one.part, one.receipt, now)
    rows = [row for one in found if (row := _row(one, calendar, now))]
    if rows:
        update_rows(session, _PART, rows)
    for one in moved:
        _record(session, one, reason, calendar, by, now)
    return moved


def _open(session: Session, only: Sequence[str] | None, *, lock: bool) -> list[tuple[Part, Ticket]]:
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.state).in_(OPEN), col(Part.answered_at).is_(None))
        .order_by(col(Ticket.id), col(Part.number))
        .execution_options(populate_existing=True)
    )
    if only is not None:
        query = query.where(col(Part.id).in_(only))
    if lock:
        query = query.with_for_update(of=Ticket)
    return [(part, ticket) for part, ticket in session.execute(query)]


def _receipts(session: Session, only: Sequence[str] | None) -> dict[tuple[str, int], tuple[str | None, Receipt]]:
    """The receipt of each open part and clock: in force (with its key), or the uncounted one kept past the horizon."""
    in_force = col(DeadlineReceipt.struck_at).is_(None)
    query = (
        select(_RECEIPT.c.id, _RECEIPT.c.part_id, _RECEIPT.c.clock, _RECEIPT.c.data, _RECEIPT.c.struck_at)
        .join(_PART, _PART.c.id == _RECEIPT.c.part_id)
        .where(_PART.c.state.in_(OPEN), or_(in_force, _RECEIPT.c.struck_reason == clocks.PAST_HORIZON))
        .order_by(_RECEIPT.c.id)
    )
    if only is not None:
        query = query.where(_PART.c.id.in_(only))
    return {
        (row.part_id, row.clock): (None if row.struck_at else row.id, Receipt.from_json(row.data))
        for row in session.execute(query)
    }


def _fresh(
    part: Part, receipt: Receipt | None, rule: RuleVersion, calendar: WorkCalendar, now: datetime
) -> Receipt | None:
    if part.due_at is None:
        return _first(part, receipt, rule, calendar)
    if receipt is None:
        return None
    try:
        # While the business is waited for the clock stands still: what counts is whether it had run out before.
        fresh = recount(receipt, rule, calendar, part.paused_at or now)
    except PastHorizon as error:
        raise Refused("calendar_too_short", part=part.code, last=calendar.last) from error
    return None if fresh is receipt else fresh


def _first(part: Part, kept: Receipt | None, rule: RuleVersion, calendar: WorkCalendar) -> Receipt | None:
    """The due time of a part that had none, because the calendar did not reach that far; None if it still does not."""
    try:
        fresh = count(part.clock_started_at, rule, part.klass, calendar, kept.convention if kept else None)
        for pause in kept.waits if kept else ():
            fresh = wait(fresh, pause.start, pause.end, calendar)
    except PastHorizon:
        return None
    return fresh


def _row(one: Recounted, calendar: WorkCalendar, now: datetime) -> dict[str, Any] | None:
    """What of the part's row changes: its due time, and when the ladder has something to say."""
    part = one.part
    remind_at = None if part.paused_at else clocks.next_reminder(part, calendar, now)
    first = part.first_due_at or part.due_at
    if one.receipt is None and remind_at == part.remind_at:
        return None
    set_committed_value(part, "remind_at", remind_at)
    set_committed_value(part, "first_due_at", first)
    return {"id": part.id, "due_at": part.due_at, "first_due_at": first, "remind_at": remind_at}


def _record(session: Session, one: Recounted, reason: str, calendar: WorkCalendar, by: Actor, now: datetime) -> None:
    assert one.receipt is not None
    record(
        session,
        one.ticket,
        EventKind.RECOUNTED,
        by,
        now,
        part=one.part,
        before=_local(one.before),
        due=_local(one.receipt.due),
        why=reason,
        calendar=calendar.version,
        clock=one.part.clock,
    )


def _local(instant: datetime | None) -> str:
    return instant.astimezone(LOCAL).isoformat() if instant else ""
