"""How often a member of staff is pushed, and the ledger that makes each step of a reminder unique.

The one rule: nobody gets more than two pushes a day besides new assignments and what others did on a part.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.store.database import later
from zalobot.store.models import Officer, ReminderEntry
from zalobot.workdays import LOCAL

A_DAY: Final = 2
DIGEST: Final = "digest"

ledger = ReminderEntry.__table__  # type: ignore[attr-defined]
_take = insert(ledger).on_conflict_do_nothing()


def take(
    session: Session, part_id: str, step: str, due_at: datetime, officer_id: str, outbox_id: str | None, now: datetime
) -> None:
    """Write down that a step was taken for somebody; without an outbox key it was passed over."""
    row = {"part_id": part_id, "step": step, "due_at": due_at, "officer_id": officer_id}
    later(session, _take, {**row, "taken_at": now, "outbox_id": outbox_id})


def most(now: datetime, morning: datetime | None) -> int:
    """How many pushes somebody may have had by now and get another. Before the digest of the morning one is kept free.

    Whoever got two at the beginning of work would get no digest, and no word of what is overdue.
    """
    return A_DAY - 1 if morning is not None and now < morning else A_DAY


def had_digest(session: Session, now: datetime) -> set[str]:
    """Who has had the digest of this morning."""
    midnight = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    query = select(ledger.c.officer_id).where(ledger.c.part_id == "", ledger.c.step == DIGEST)
    return set(session.execute(query.where(ledger.c.due_at >= midnight)).scalars())


def told_today(session: Session, officers: Sequence[str], now: datetime) -> dict[str, int]:
    """How many pushes each has got since local midnight. Until the commit no other process pushes them reminders."""
    session.execute(
        select(col(Officer.id))
        .where(col(Officer.id).in_(officers))
        .order_by(col(Officer.id))  # one order for all, so that two processes never wait for each other
        .with_for_update(key_share=True)
    )
    midnight = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    query = (
        select(ledger.c.officer_id, func.count(func.distinct(ledger.c.outbox_id)))
        .where(ledger.c.officer_id.in_(officers), ledger.c.taken_at >= midnight, ledger.c.outbox_id.is_not(None))
        .group_by(ledger.c.officer_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
