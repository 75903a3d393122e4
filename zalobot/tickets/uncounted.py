"""Pauses of a part that has no due time, because the calendar does not reach that far.

The one rule: such a pause is kept in a receipt that never held, and counted when the calendar grows.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.receipt import Receipt, Wait
from zalobot.rules import Klass, RuleVersion
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import DeadlineReceipt, Part, Ticket
from zalobot.tickets import clocks
from zalobot.workdays import LOCAL


def keep_pause(session: Session, part: Part, now: datetime, *, before: Receipt | None = None) -> None:
    """Keep the pause that ends at `now`, after those of `before` or those that were kept so already."""
    assert part.paused_at is not None
    known = before or _kept(session, part) or _empty(session, part)
    pause = Wait(part.paused_at, now, timedelta(0))
    clocks.keep_receipt(session, part, replace(known, waits=(*known.waits, pause)), now, struck=clocks.PAST_HORIZON)


def _kept(session: Session, part: Part) -> Receipt | None:
    write_rows_so_far(session)
    query = (
        select(DeadlineReceipt)
        .where(
            col(DeadlineReceipt.part_id) == part.id,
            col(DeadlineReceipt.clock) == part.clock,
            col(DeadlineReceipt.struck_reason) == clocks.PAST_HORIZON,
        )
        .order_by(col(DeadlineReceipt.id).desc())
        .limit(1)
    )
    row = session.execute(query).scalar_one_or_none()
    return Receipt.from_json(row.data) if row else None


def _empty(session: Session, part: Part) -> Receipt:
    """A receipt that promises nothing: the beginning of the clock and the rule."""
    rule = _rule(session, part)
    started = part.clock_started_at
    return Receipt(
        received=started,
        klass=Klass(part.klass),
        amount=rule.simple_hours if part.klass == Klass.SIMPLE else rule.hard_days,
        day0=started.astimezone(LOCAL).date(),
        counted=(),
        skipped=(),
        due=started,
        rule_version=rule.version,
        calendar_version=reference.fresh(session).calendar.version,
        convention=rule.convention,
        law=rule.law,
        decision=rule.decision,
    )


def _rule(session: Session, part: Part) -> RuleVersion:
    version = session.get_one(Ticket, part.ticket_id).rule_version
    return next(rule for rule in reference.current(session).rules if rule.version == version)
