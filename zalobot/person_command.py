"""Erasing a person from the command line: first what would go, then, told so once more, it goes.

The one rule: without `--yes` nothing is changed.
"""

import sys
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import app
from zalobot.config import Settings
from zalobot.ledger.erasing import erase_person
from zalobot.store import migrations
from zalobot.store.blobs import BlobStore
from zalobot.store.models import Addition, Attachment, InboxEvent, OutboxMessage, Person, Ticket


def erase(settings: Settings, person_id: str, now: datetime, *, yes: bool) -> int:
    """Erase everything a person wrote and what leads to them, files too; gives back the exit code.

    1 where nobody has this id, or where it was not said that it is meant.
    """
    migrations.upgrade(settings.database_url)
    store, _ = app.open_store(settings, now)
    try:
        found = store.read_now(_found, person_id)
        if found is None:
            print(f"refused: nobody has the id {person_id}", file=sys.stderr)
            return 1
        if not yes:
            print(f"Would be erased: {found}. The tickets stay, without words or names. Repeat with --yes.")
            return 1
        gone = store.run_now(erase_person, person_id, now)
    finally:
        store.close_now()
    blobs = BlobStore(settings.files_folder)
    for name in gone.files:
        blobs.remove(name)
    print(f"Erased: {found}. The ledger still holds: `zalobot ledger verify`.")
    return 0


def _found(session: Session, person_id: str) -> str | None:
    """What there is of a person, in words; None where nobody has this id."""
    if session.get(Person, person_id) is None:
        return None
    query = select(col(Ticket.code)).where(col(Ticket.person_id) == person_id).order_by(col(Ticket.id))
    codes = list(session.execute(query).scalars())
    counted = [
        f"{_count(session, table, person_id)} {name}"
        for name, table in (
            ("additions", Addition),
            ("files", Attachment),
            ("events", InboxEvent),
            ("messages to them", OutboxMessage),
        )
    ]
    tickets = f"the words of {len(codes)} tickets" + (f" ({', '.join(codes)})" if codes else "")
    return ", ".join([tickets, *counted])


def _count(session: Session, table: type[Addition | Attachment | InboxEvent | OutboxMessage], person_id: str) -> int:
    return int(session.execute(select(func.count()).where(col(table.person_id) == person_id)).scalar_one())
