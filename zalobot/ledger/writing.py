"""Writing entries: gathered while a verb runs, numbered and chained right before the commit.

The one rule: the head is one row, locked last of all, read once and written once per transaction however many entries
there are. What a savepoint undoes is not written.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.ledger.chain import body, commitment, digest, genesis, new_salt
from zalobot.store.bulk import insert_rows
from zalobot.store.database import at_last, awaiting
from zalobot.store.ids import new_id
from zalobot.store.models import LedgerHead, LedgerSalt, TicketEvent

HEAD = 1

_head = LedgerHead.__table__  # type: ignore[attr-defined]
_insert_entry = TicketEvent.__table__.insert()  # type: ignore[attr-defined]
_insert_salt = LedgerSalt.__table__.insert()  # type: ignore[attr-defined]
_lock_head = select(_head.c.seq, _head.c.hash).where(_head.c.id == HEAD).with_for_update()
_first_head = insert(_head).on_conflict_do_nothing(index_elements=["id"])
_move_head = _head.update().where(_head.c.id == HEAD)

Gathered = list[tuple[dict[str, Any], Mapping[str, str]]]


def add(session: Session, values: dict[str, Any], texts: Mapping[str, str]) -> None:
    """Have an entry written with the transaction: the columns of TicketEvent, and the words it is committed to."""
    awaiting(session, "ledger").append((values, texts))
    at_last(session, _chain)


def gathered(session: Session, ticket_id: str) -> list[dict[str, Any]]:
    """A ticket's entries of this transaction, which no query finds yet, oldest first."""
    entries: Gathered = awaiting(session, "ledger")
    return [values for values, _ in entries if values["ticket_id"] == ticket_id]


def head(session: Session) -> tuple[int, str]:
    """The last entry's number and hash, locked until the transaction ends; made at the first call."""
    row = session.connection().execute(_lock_head).one_or_none()
    if row is None:
        installation = new_id()
        first = {"id": HEAD, "installation": installation, "seq": 0, "hash": genesis(installation)}
        session.connection().execute(_first_head, first)
        row = session.connection().execute(_lock_head).one()
    return row.seq, row.hash


def _chain(session: Session) -> None:
    waiting: Gathered = awaiting(session, "ledger")
    if not waiting:
        return
    seq, last = head(session)
    entries, salts = [], []
    for values, texts in waiting:
        seq += 1
        made = [(name, new_salt(), text) for name, text in texts.items() if text]
        values["commitments"] = {name: commitment(salt, text) for name, salt, text in made}
        salts += [{"seq": seq, "name": name, "salt": salt, "text": text} for name, salt, text in made]
        before, last = last, digest(body(seq, last, values))
        entries.append({"seq": seq, **values, "prev_hash": before, "hash": last})
    insert_rows(session, _insert_entry, entries)
    if salts:
        insert_rows(session, _insert_salt, salts)
    session.connection().execute(_move_head, {"seq": seq, "hash": last})
    waiting.clear()
