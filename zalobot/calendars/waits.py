"""Waits that a change of the calendar moves besides due times: the end of a pause, and of the silence after an answer.

The one rule: they follow quietly. Nobody was promised these instants, only the number of working days.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from zalobot.province import Province
from zalobot.store.bulk import update_rows
from zalobot.store.models import Part, PartState, Ticket
from zalobot.tickets.patience import end_of_day

_table = Part.__table__  # type: ignore[attr-defined]


def follow(session: Session, province: Province, now: datetime) -> int:
    """Work out anew what is still ahead; gives back how many instants moved."""
    rules = {rule.version: rule for rule in province.rules}
    paused = _rows(session, "paused_at", "wait_until", PartState.PAUSED, now)
    silent = _rows(session, "answered_at", "close_at", PartState.ANSWERED, now)
    ends = [_moved(row, "wait_until", rules[row.rule_version].wait_days, province) for row in paused]
    closes = [_moved(row, "close_at", rules[row.rule_version].close_days, province) for row in silent]
    return sum(_write(session, rows) for rows in (ends, closes))


def _rows(session: Session, begins: str, ends: str, state: PartState, now: datetime) -> Iterable[Row[Any]]:
    start, end = _table.c[begins].label("start"), _table.c[ends].label("end")
    query = select(_table.c.id, start, end, col(Ticket.rule_version)).join(Ticket, col(Ticket.id) == _table.c.ticket_id)
    return session.execute(query.where(_table.c.state == state, end > now, start.is_not(None)))


def _moved(row: Row[Any], name: str, days: int, province: Province) -> dict[str, Any] | None:
    end = end_of_day(row.start, days, province.calendar)
    return {"id": row.id, name: end} if end is not None and end != row.end else None


def _write(session: Session, rows: Iterable[dict[str, Any] | None]) -> int:
    moved = [row for row in rows if row is not None]
    if moved:
        update_rows(session, _table, moved)
    return len(moved)
