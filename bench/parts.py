"""Fills a database with open parts: a few through the product's own verb, the rest as copies made by the database.

The one rule: what has to be right (the due ones) came through the verb; only what merely has to be there is copied.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, text, update
from sqlmodel import Session, col, select

from zalobot import reference
from zalobot.store.database import Store, write_rows_so_far
from zalobot.store.ids import new_id
from zalobot.store.models import Conversation, DeadlineReceipt, Officer, Part, PartState, Person, Role, Ticket
from zalobot.tickets.opening import Draft, open_ticket

RECEIVED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # a Monday; Tuesday is a day off: due on Friday at 17:00
LATER = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # due on Tuesday, December 1st
OFFICERS = 300

_SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last)",
    "postgresql": "WITH s(n) AS (SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)))",
}


class Parts:
    """Open parts on one database; `count` is how many there are."""

    def __init__(self, store: Store, description: str) -> None:
        self._store = store
        self._description = description
        self._people = 0
        self._model = ""
        self.count = 0

    def grow_to(self, total: int) -> None:
        """Copy until so many parts are open; none of the copies is due for a reminder for days."""
        if not self._model:
            self._model = self._store.run_now(self._open, LATER, 1)[0]
            self.count += 1
        first, self.count = self.count + 1, max(total, self.count)
        if first <= self.count:
            self._store.run_now(_copy, self._model, first, self.count)
        self._store.run_now(_analyze)

    def add_due(self, count: int) -> None:
        """Open so many parts that are due today, each taken up by one of 300 fresh officers."""
        tickets = self._store.run_now(self._open, RECEIVED, count)
        self._store.run_now(_take_up, tickets)
        self.count += count

    def _open(self, session: Session, at: datetime, count: int) -> list[str]:
        province = reference.current(session)
        hard = [topic for topic in province.topics.values() if topic.klass == "hard"]
        opened = []
        for number in range(count):
            self._people += 1
            topic = hard[number % len(hard)]
            draft = Draft(f"79{self._people:012}", self._description, topic.code, (topic.lead,), contact="0912000345")
            opened.append(open_ticket(session, draft, at).ticket.id)
        return opened


def _analyze(session: Session) -> None:
    """As autovacuum would have done long since."""
    session.execute(text("ANALYZE"))


def _take_up(session: Session, tickets: Sequence[str]) -> None:
    """Give the parts to officers whom Zalo knows; they told nobody yet, and the ladder goes on."""
    write_rows_so_far(session)
    session.execute(update(Officer).values(active=False))  # those of an earlier sweep have had their pushes of the day
    parts = session.exec(select(Part).where(col(Part.ticket_id).in_(tickets)).order_by(col(Part.id))).all()
    agencies = sorted({part.agency for part in parts})
    each = max(OFFICERS // len(agencies), 1)
    officers = {agency: [_officer(session, agency, RECEIVED) for _ in range(each)] for agency in agencies}
    for number, part in enumerate(parts):
        part.state, part.officer_id = PartState.ACCEPTED, officers[part.agency][number % each].id
        part.accepted_at = part.received_at + timedelta(hours=1)
        part.remind_at = part.due_at and part.due_at - timedelta(days=1, minutes=5)


def _officer(session: Session, agency: str, at: datetime) -> Officer:
    officer = Officer(
        id=new_id(), agency=agency, name="Bench", role=Role.OFFICER, person_id=new_id(), linked_at=at, created_at=at
    )
    session.add(Person(id=officer.person_id or "", created_at=at))
    session.flush()
    session.add(Conversation(person_id=officer.person_id or "", follows=True, last_interaction_at=at, updated_at=at))
    session.add(officer)
    return officer


def _copy(session: Session, ticket: str, first: int, last: int) -> None:
    """Numbered copies of a ticket, its part and its receipt."""
    dialect = session.get_bind().dialect.name
    number = "printf('%022d', n)" if dialect == "sqlite" else "lpad(n::text, 22, '0')"
    receipt_part = session.exec(select(Part).where(col(Part.ticket_id) == ticket)).one().id
    models: tuple[tuple[Any, str, dict[str, str]], ...] = (
        (Ticket, f"m.id = '{ticket}'", {"id": f"'COPY' || {number}", "code": f"'COPY-' || {number}"}),
        (
            Part,
            f"m.ticket_id = '{ticket}'",
            {
                "id": f"'COPY' || {number}",
                "ticket_id": f"'COPY' || {number}",
                "code": f"'COPY-' || {number} || '/1'",
            },
        ),
        (
            DeadlineReceipt,
            f"m.part_id = '{receipt_part}'",
            {"id": f"'COPY' || {number}", "part_id": f"'COPY' || {number}", "data": "'{}'"},
        ),
    )
    for model, which, changed in models:
        table: Table = model.__table__
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(changed.get(column.name, f'm."{column.name}"') for column in table.columns)
        copy = f'{_SERIES[dialect]} INSERT INTO "{table.name}" ({names}) SELECT {values} FROM "{table.name}" m, s'
        if dialect == "sqlite":  # SQLite wants the INSERT first
            copy = f'INSERT INTO "{table.name}" ({names}) {_SERIES[dialect]} SELECT {values} FROM "{table.name}" m, s'
        session.execute(text(f"{copy} WHERE {which}"), {"first": first, "last": last})
