"""What the page of one ticket tells: its parts, its public history, its receipts.

The one rule: of a sealed ticket it gives who, when, which agencies and times, and nothing of what was said.
"""

from collections.abc import Sequence

from sqlalchemy import Row, and_, or_, select
from sqlmodel import Session, col

from zalobot.store.models import DeadlineReceipt, EventKind, LedgerSalt, Ticket, TicketEvent, Tier
from zalobot.store.queries import public
from zalobot.store.queries.public_rows import PublicEvent, PublicReceipt, Story

_SAID = frozenset({"why", "reason", "verdict", "missing", "alike"})  # facts of events that a sealed ticket keeps back


def story(session: Session, code: str) -> Story | None:
    """A ticket by its code, with parts, public history and receipts; None where there is none."""
    row = session.execute(select(*public.TICKET).where(col(Ticket.code) == code)).one_or_none()
    if row is None:
        return None
    (ticket,) = public.with_parts(session, [row])
    events = session.execute(
        select(
            col(TicketEvent.seq),
            col(TicketEvent.hash),
            col(TicketEvent.kind),
            col(TicketEvent.at),
            col(TicketEvent.part_number),
            col(TicketEvent.actor_role),
            col(TicketEvent.agency),
            col(TicketEvent.data),
            col(LedgerSalt.text).label("why"),
        )
        .outerjoin(LedgerSalt, and_(col(LedgerSalt.seq) == col(TicketEvent.seq), col(LedgerSalt.name) == "why"))
        .where(col(TicketEvent.ticket_id) == ticket.id, col(TicketEvent.public).is_(True))
        .order_by(col(TicketEvent.seq))
    )
    sealed = row.tier == Tier.SEALED
    lines = tuple(_event(row, hidden=sealed) for row in events)
    return Story(ticket, lines, _receipts(session, [part.id for part in ticket.parts]))


def _event(row: Row[tuple[object, ...]], *, hidden: bool) -> PublicEvent:
    """The public reason is kept beside the ledger, which holds only a commitment to it.

    Of a sealed ticket nothing of what was said or judged is given: who, when, which agencies and times remain.
    """
    values = dict(row._mapping)
    why = values.pop("why")
    data = {**(row.data or {}), **({"why": why} if why else {})}
    if hidden and row.kind not in (EventKind.RECOUNTED, EventKind.SUCCEEDED):  # their reasons are the province's
        data = {name: value for name, value in data.items() if name not in _SAID}
    return PublicEvent(**{**values, "kind": str(row.kind), "data": data})


def _receipts(session: Session, part_ids: Sequence[str]) -> tuple[PublicReceipt, ...]:
    """Those that held once: one struck as it was made only keeps a pause that cannot be counted yet."""
    struck, made = col(DeadlineReceipt.struck_at), col(DeadlineReceipt.made_at)
    rows = session.execute(
        select(
            col(DeadlineReceipt.part_id),
            col(DeadlineReceipt.clock),
            col(DeadlineReceipt.due_at),
            col(DeadlineReceipt.data),
            col(DeadlineReceipt.made_at),
            col(DeadlineReceipt.struck_at),
            col(DeadlineReceipt.struck_reason),
        )
        .where(col(DeadlineReceipt.part_id).in_(part_ids), or_(struck.is_(None), struck != made))
        .order_by(col(DeadlineReceipt.id))
    )
    return tuple(PublicReceipt(**row._mapping) for row in rows)
