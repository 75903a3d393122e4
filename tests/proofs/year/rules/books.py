"""Everything that was written in the year, read once; and what a rule is.

The one rule: a violation is a sentence: who, when, which part, which rule.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from tests.proofs.year.clerk import Told, histories
from tests.proofs.year.machine import outbox_rows
from tests.proofs.year.walls import local
from tests.proofs.year.year import Year
from zalobot.store.models import DeadlineReceipt, Part, PartState, ReminderEntry, Ticket, TicketEvent

OPEN = {PartState.WAITING, PartState.ACCEPTED, PartState.PAUSED, PartState.DECLINED, PartState.REOPENED}
ROLE_OF = {"half": "officer", "day_before": "officer", "hours_before": "officer", "due": "officer"}
ROLE_OF |= {"overdue_n": "officer", "overdue_1": "head", "overdue_2": "leader"}  # who is told of a step of the ladder


@dataclass
class Books:
    """Everything that was written in the year, read once. `swept` are the keys with which sweeps began."""

    year: Year
    tickets: list[Any] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    events: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    receipts: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    outbox: list[Any] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    pushed: dict[tuple[str, date], set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, year: Year) -> "Books":
        """From the database, and the clerk's account of it."""
        books = cls(year)
        year.machine.store.read_now(books._read)
        books.swept = [first for first, _ in year.machine.sweeps]
        books.told = histories(year.walls, books.tickets, books.events)
        return books

    def _read(self, session: Session) -> None:
        self.tickets = list(session.execute(select(Ticket).order_by(col(Ticket.id))).scalars())
        self.parts = list(session.execute(select(Part).order_by(col(Part.id))).scalars())
        names = ("ticket_id", "kind", "at", "part_number", "actor_role", "agency", "data", "seq")
        columns = [getattr(TicketEvent, name) for name in names]
        for event in session.execute(select(*columns).order_by(col(TicketEvent.seq))):
            self.events[event.ticket_id].append(event)
        for row in session.execute(select(DeadlineReceipt).order_by(col(DeadlineReceipt.id))).scalars():
            self.receipts[row.part_id].append(row)
        for entry in session.execute(select(ReminderEntry)).scalars():
            self.steps[entry.part_id].append(entry)
            if entry.outbox_id:
                self.pushed[entry.officer_id, local(entry.taken_at).date()].add(entry.outbox_id)
        self.outbox = outbox_rows(session)

    def left(self, row: Any) -> datetime:
        """When a message left."""
        left: datetime = row.sent_at or row.not_before
        return left


Rule = Callable[[Books, Counter[str]], Iterator[str]]
