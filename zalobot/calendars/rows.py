"""The open parts as a recount reads them: one query and plain values, a fifth of what objects of the ORM would cost.

The one rule: their tickets are locked first, so that no officer's verb changes a part between reading and writing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from zalobot.receipt import Receipt
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import DeadlineReceipt, Part, Ticket
from zalobot.store.types import Json
from zalobot.tickets import clocks
from zalobot.tickets.life import OPEN

_part, _ticket = Part.__table__, Ticket.__table__  # type: ignore[attr-defined]
_receipt = DeadlineReceipt.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """What of a ticket a recount needs."""

    id: str
    code: str
    person_id: str


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part that runs. `data` is its receipt, `receipt_id` its key where it is in force."""

    id: str
    number: int
    code: str
    agency: str
    officer_id: str | None
    klass: str
    clock: int
    clock_started_at: datetime
    due_at: datetime | None
    first_due_at: datetime | None
    remind_at: datetime | None
    paused_at: datetime | None
    idle: bool
    ticket: OpenTicket
    rule_version: str
    receipt_id: str | None
    data: Json | None

    @property
    def counted_as(self) -> tuple[object, ...]:
        """What tells its receipt from that of another part with the same clock."""
        if not self.data:
            return ()
        pauses = tuple((pause["start"], pause["end"]) for pause in self.data["waits"])
        return self.data["calendar_version"], self.data["convention"], self.data["klass"], pauses


@dataclass(frozen=True, slots=True)
class Recounted:
    """A part and how it is counted now; `receipt` is None where nothing of that changed."""

    part: OpenPart
    receipt: Receipt | None
    remind_at: datetime | None

    @property
    def due(self) -> datetime | None:
        """When it is due now."""
        return self.receipt.due if self.receipt else self.part.due_at

    @property
    def moved(self) -> bool:
        """Is it due at another instant than before?"""
        return self.receipt is not None and self.receipt.due != self.part.due_at


_holds = or_(_receipt.c.struck_at.is_(None), _receipt.c.struck_reason == clocks.PAST_HORIZON)
_of_its_clock = and_(_receipt.c.part_id == _part.c.id, _receipt.c.clock == _part.c.clock, _holds)
_open = (
    select(
        *(_part.c[name] for name in ("id", "number", "code", "agency", "officer_id", "klass", "clock")),
        *(_part.c[name] for name in ("clock_started_at", "due_at", "first_due_at", "remind_at", "paused_at")),
        *(_part.c.accepted_at, _part.c.ticket_id, _ticket.c.code.label("ticket_code")),
        *(_ticket.c.person_id, _ticket.c.rule_version, _receipt.c.id.label("receipt_id")),
        *(_receipt.c.data, _receipt.c.struck_at),
    )
    .select_from(_part)
    .join(_ticket, _ticket.c.id == _part.c.ticket_id)
    .outerjoin(_receipt, _of_its_clock)
    .where(_part.c.state.in_(OPEN), _part.c.answered_at.is_(None))
    .order_by(_part.c.id, _receipt.c.id)
)
_held = (
    select(col(Ticket.id))
    .where(col(Ticket.id).in_(select(_part.c.ticket_id).where(_part.c.state.in_(OPEN), _part.c.answered_at.is_(None))))
    .order_by(col(Ticket.id))
    .with_for_update()
)


def open_parts(session: Session, only: Sequence[str] | None = None, *, lock: bool = False) -> list[OpenPart]:
    """The parts that run (of `only` these), each with the receipt of its present clock: the newest, were there two."""
    write_rows_so_far(session)
    query = _open if only is None else _open.where(_part.c.id.in_(only))
    if lock:
        session.execute(_held).all()
    rows = {row.id: row for row in session.execute(query)}
    return [
        OpenPart(
            id=row.id,
            number=row.number,
            code=row.code,
            agency=row.agency,
            officer_id=row.officer_id,
            klass=row.klass,
            clock=row.clock,
            clock_started_at=row.clock_started_at,
            due_at=row.due_at,
            first_due_at=row.first_due_at,
            remind_at=row.remind_at,
            paused_at=row.paused_at,
            idle=row.accepted_at is None,
            ticket=OpenTicket(row.ticket_id, row.ticket_code, row.person_id),
            rule_version=row.rule_version,
            receipt_id=None if row.struck_at else row.receipt_id,
            data=row.data,
        )
        for row in rows.values()
    ]
