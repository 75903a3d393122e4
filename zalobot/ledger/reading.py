"""The ledger as the database has it: its entries as they were hashed, what they must come to, the words behind them.

The one rule: values are read as the driver gives them. What was tampered with may fit no type of ours, and is a fault
to be named, not an error to be raised.
"""

import json
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlmodel import Session, col

from zalobot.ledger.chain import Entry, body, commitment, genesis
from zalobot.ledger.checking import Claim, DayHead, Fault, Wrong, check
from zalobot.store.database import of_one_moment
from zalobot.store.models import LedgerDay, LedgerHead

_ENTRIES = text(
    "SELECT seq, ticket_code, part_number, kind, at, actor_role, agency, public, CAST(data AS TEXT) AS data, "
    "CAST(commitments AS TEXT) AS commitments, prev_hash, hash FROM ticket_event WHERE seq <= :last ORDER BY seq"
).execution_options(yield_per=1000)
_WORDS = text(
    "SELECT s.seq, s.name, s.salt, s.text, CAST(e.commitments AS TEXT) AS commitments FROM ledger_salt s "
    "JOIN ticket_event e ON e.seq = s.seq ORDER BY s.seq"
).execution_options(yield_per=1000)
# What pages show is what was committed to: the description of a ticket, and the last answer of a part.
_SHOWN = (
    text(
        "SELECT s.seq, s.name FROM ledger_salt s JOIN ticket_event e ON e.seq = s.seq "
        "JOIN ticket t ON t.code = e.ticket_code WHERE s.name = 'description' AND t.description <> s.text "
        "ORDER BY s.seq LIMIT 1"
    ),
    text(
        "SELECT s.seq, s.name FROM (SELECT max(e.seq) AS seq FROM ticket_event e WHERE e.kind = 'answered' "
        "GROUP BY e.ticket_id, e.part_number) last JOIN ticket_event e ON e.seq = last.seq "
        "JOIN ledger_salt s ON s.seq = e.seq AND s.name = 'answer' "
        "JOIN part p ON p.ticket_id = e.ticket_id AND p.number = e.part_number WHERE p.answer <> s.text "
        "ORDER BY s.seq LIMIT 1"
    ),
)


def claim(session: Session) -> Claim:
    """What the entries must come to."""
    head = session.execute(select(LedgerHead)).scalar_one_or_none()
    days = session.execute(select(LedgerDay).order_by(col(LedgerDay.day))).scalars()
    listed = tuple(DayHead(day.day.isoformat(), day.seq, day.hash) for day in days)
    if head is None:
        return Claim("", 0, genesis(""), listed)
    return Claim(head.installation, head.seq, head.hash, listed)


def entries(session: Session, last: int) -> Generator[Entry | None, None, None]:
    """The entries up to a number, as they were hashed; None for one that can no longer be read."""
    with session.execute(_ENTRIES, {"last": last}) as rows:
        for row in rows:
            yield _entry(row)


def verify(session: Session) -> Fault | None:
    """The first fault of the ledger in the database, or of the words kept behind it."""
    of_one_moment(session)
    claimed = claim(session)
    beyond = session.execute(text("SELECT max(seq) FROM ticket_event")).scalar_one() or 0
    with closing(entries(session, max(beyond, claimed.count))) as kept:
        fault = check(kept, claimed)
    return fault or _changed_words(session) or _shown_otherwise(session)


def _entry(row: Row[Any]) -> Entry | None:
    try:
        values = dict(row._mapping) | {
            "at": _instant(row.at),
            "public": {0: False, 1: True}[row.public],
            "data": json.loads(row.data),
            "commitments": json.loads(row.commitments),
        }
        return Entry(body(row.seq, row.prev_hash, values), row.hash)
    except (ValueError, TypeError, KeyError):
        return None


def _instant(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _changed_words(session: Session) -> Fault | None:
    with session.execute(_WORDS) as rows:
        for row in rows:
            if json.loads(row.commitments).get(row.name) != commitment(row.salt, row.text):
                detail = f"the words kept as its {row.name} are not those it binds"
                return Fault(row.seq, Wrong.CHANGED, row.seq, detail)
    return None


def _shown_otherwise(session: Session) -> Fault | None:
    for query in _SHOWN:
        row = session.execute(query).one_or_none()
        if row is not None:
            return Fault(row.seq, Wrong.CHANGED, row.seq, f"the {row.name} that is shown is not the one it binds")
    return None
