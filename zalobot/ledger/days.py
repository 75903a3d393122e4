"""Daily heads: where the ledger stood at the end of each day of the province, kept for good and published.

The one rule: a head is written once. Whoever copied it can tell when entries up to it were written anew.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.store.models import LedgerDay, LedgerHead, TicketEvent
from zalobot.workdays import LOCAL

_insert = insert(LedgerDay.__table__).on_conflict_do_nothing(index_elements=["day"])  # type: ignore[attr-defined]
_last_day = select(LedgerDay).order_by(col(LedgerDay.day).desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Published:
    """What anybody may copy: the installation, its daily heads, oldest first."""

    installation: str
    days: tuple[LedgerDay, ...]


def due(session: Session, now: datetime) -> bool:
    """Whether a day has ended whose head is not written yet."""
    first = _next_day(session)
    return first is not None and first < now.astimezone(LOCAL).date()


def close_days(session: Session, now: datetime) -> int:
    """Write the heads of all days that have ended and lack one; gives back how many. Two may do it at once."""
    day = _next_day(session)
    rows = []
    while day is not None and day < now.astimezone(LOCAL).date():
        if (last := _stood(session, day)) is not None:
            rows.append({"day": day, "seq": last[0], "hash": last[1], "made_at": now})
        day += timedelta(days=1)
    if rows:
        session.execute(_insert, rows)
    return len(rows)


def latest(session: Session) -> LedgerDay | None:
    """The last daily head; None before the first day has ended."""
    return session.execute(_last_day).scalar_one_or_none()


def published(session: Session) -> Published:
    """Every daily head."""
    installation = session.execute(select(col(LedgerHead.installation))).scalar_one_or_none()
    days = session.execute(select(LedgerDay).order_by(col(LedgerDay.day))).scalars()
    return Published(installation or "", tuple(days))


def _next_day(session: Session) -> date | None:
    """The first day without a head: after the last one, or that of the first entry."""
    last = latest(session)
    if last is not None:
        return last.day + timedelta(days=1)
    first = session.execute(select(col(TicketEvent.at)).order_by(col(TicketEvent.seq)).limit(1)).scalar_one_or_none()
    return first.astimezone(LOCAL).date() if first is not None else None


def _stood(session: Session, day: date) -> tuple[int, str] | None:
    """The last entry made before the day ended. One that was on its way at midnight may belong to the next head."""
    midnight = datetime.combine(day + timedelta(days=1), time(), LOCAL)
    query = (
        select(col(TicketEvent.seq), col(TicketEvent.hash))
        .where(col(TicketEvent.at) < midnight)
        .order_by(col(TicketEvent.seq).desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return (row.seq, row.hash) if row else None
