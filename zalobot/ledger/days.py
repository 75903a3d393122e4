"""Daily heads: where the ledger stood at the end of each day of the province, kept for good and published.

The one rule: a head is written once. Whoever copied it can tell when entries up to it were written anew.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
    """Write the heads of all days that have ended and lack one; gives back how many. Two may do it at once.

    An entry that was on its way at midnight may belong to the next head.
    """
    head, day = latest(session), _next_day(session)
    if day is None:
        return 0
    stood = (head.seq, head.hash) if head else (0, "")
    last_of = _last_of_days(session, stood[0])
    late = [last for made, last in last_of.items() if made < day]
    rows = []
    while day < now.astimezone(LOCAL).date():
        stood, late = max(stood, last_of.get(day, stood), *late), []
        rows.append({"day": day, "seq": stood[0], "hash": stood[1], "made_at": now})
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


def _last_of_days(session: Session, after: int) -> dict[date, tuple[int, str]]:
    """The last entry made on each day among those that follow a head; each is looked at once, however many days."""
    query = select(col(TicketEvent.at), col(TicketEvent.seq), col(TicketEvent.hash))
    made = session.execute(query.where(col(TicketEvent.seq) > after).order_by(col(TicketEvent.seq)))
    return {at.astimezone(LOCAL).date(): (seq, digest) for at, seq, digest in made}
