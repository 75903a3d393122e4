"""The admin chain: what accounts do that is no act on a ticket, hashed like the ledger and kept beside it.

The one rule: `data` holds facts and no personal text. The head is locked last, so two transactions cannot wait for
each other over it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.ledger.chain import Entry, digest, genesis, instant
from zalobot.ledger.checking import Claim, Fault, check
from zalobot.store.database import at_last, awaiting, of_one_moment
from zalobot.store.models import Account, AdminEvent, AdminHead

INSTALLATION = "admin"  # what the chain's first entry follows
_HEAD = 1
_head = AdminHead.__table__  # type: ignore[attr-defined]
_insert = AdminEvent.__table__.insert()  # type: ignore[attr-defined]


def note(session: Session, kind: str, by: Account | None, now: datetime, **data: Any) -> None:
    """Have it written down with the transaction: who, as what, did what, when."""
    values = {
        "at": now,
        "kind": kind,
        "account_id": by.id if by else "",
        "role": str(by.role) if by else "",
        "data": data,
    }
    awaiting(session, "admin_chain").append(values)
    at_last(session, _chain)


def verify(session: Session) -> Fault | None:
    """The first fault of the admin chain, or None."""
    of_one_moment(session)
    head = session.get(AdminHead, _HEAD)
    claim = Claim(INSTALLATION, head.seq, head.hash) if head else Claim(INSTALLATION, 0, genesis(INSTALLATION))
    return check(_entries(session), claim)


def _entries(session: Session) -> Iterator[Entry]:
    rows = session.execute(select(AdminEvent).order_by(col(AdminEvent.seq)).execution_options(yield_per=1000))
    for row in rows.scalars():
        yield Entry(_body(row.seq, row.prev_hash, row.model_dump()), row.hash)


def _body(seq: int, prev_hash: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seq": seq,
        "prev_hash": prev_hash,
        "at": instant(values["at"]),
        "kind": values["kind"],
        "account": values["account_id"],
        "role": values["role"],
        "data": values["data"],
    }


def _chain(session: Session) -> None:
    waiting = awaiting(session, "admin_chain")
    if not waiting:
        return
    connection = session.connection()
    locked = select(_head.c.seq, _head.c.hash).where(_head.c.id == _HEAD).with_for_update()
    row = connection.execute(locked).one_or_none()
    if row is None:
        first = {"id": _HEAD, "seq": 0, "hash": genesis(INSTALLATION)}
        connection.execute(insert(_head).on_conflict_do_nothing(index_elements=["id"]), first)
        row = connection.execute(locked).one()
    seq, last = row.seq, row.hash
    rows = []
    for values in waiting:
        seq, before = seq + 1, last
        last = digest(_body(seq, before, values))
        rows.append({"seq": seq, **values, "prev_hash": before, "hash": last})
    connection.execute(_insert, rows)
    connection.execute(text("UPDATE admin_head SET seq = :seq, hash = :hash WHERE id = 1"), {"seq": seq, "hash": last})
    waiting.clear()
