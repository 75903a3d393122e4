"""What happens when nobody says anything: a pause ends, an unjudged answer is closed, a lateness stays unexplained.

The one rule: the row is the schedule (`wait_until`, `close_at`, `explain_until`), claimed with its ticket. An instant
that has become pointless, or later by a change of the calendar, is put right and nothing else happens.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import reference, templating
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import EventKind, Part, PartState, Ticket
from zalobot.tickets import explaining, life, patience, telling
from zalobot.tickets.facts import PartFacts
from zalobot.tickets.record import SYSTEM, record
from zalobot.tickets.working import end_pause
from zalobot.workdays import LOCAL

FROM, UNTIL = 7, 20  # local hours in which a business is told what the clock did
BATCH = 200

Claimed = tuple[Ticket, Part, list[Part]]


def end_pauses(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Let parts go on whose business did not reply in time; gives back how many were looked at.

    The due time moves as by a reply at the end of the wait, however late this runs. Both sides are told.
    """
    if not _daytime(now):
        return 0
    looked = 0
    for ticket, part, parts in _claimed(session, "wait_until", now, limit):
        looked += 1
        ends = patience.pause_ends(session, ticket, part.paused_at) if part.paused_at else None
        if part.paused_at is None or ends is None or ends > now:
            part.wait_until = None if part.paused_at is None else ends or patience.look_again(session, now)
            continue
        part.wait_until = None
        life.move(part, PartState.ACCEPTED)
        end_pause(session, part, ends)
        life.settle(ticket, parts, now)
        record(session, ticket, EventKind.PAUSE_ENDED, SYSTEM, now, part=part)
        telling.the_agency(session, "officer/pause_ended", ticket, part, now)
        telling.the_business(session, "status/pause_ended", ticket, part, now)
    return looked


def close_unjudged(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Close answers that nobody judged in time; gives back how many were looked at. A business is told in one message.

    The event is `closed` by the system, with `who` = silence.
    """
    if not _daytime(now):
        return 0
    looked, told = 0, dict[str, list[PartFacts]]()
    for ticket, part, parts in _claimed(session, "close_at", now, limit):
        looked += 1
        answered = part.answered_at if part.state is PartState.ANSWERED else None
        closes = patience.closes(session, ticket, answered) if answered else None
        if answered is None or closes is None or closes > now:
            part.close_at = None if answered is None else closes or patience.look_again(session, now)
            continue
        part.close_at, part.closed_at = None, now
        life.move(part, PartState.CLOSED)
        life.settle(ticket, parts, now)
        record(session, ticket, EventKind.CLOSED, SYSTEM, now, part=part, who="silence")
        for person_id in telling.told(session, ticket):
            told.setdefault(person_id, []).append(PartFacts(ticket, part, None, reference.current(session), now))
    for person_id, work in told.items():
        said = templating.render("status/closed_by_silence", work=work)
        telling.push_of(session, person_id, said, [one.ticket for one in work], now)
    return looked


def note_unexplained(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Put on record, in public and once, that a lateness was not explained in time; gives back how many were looked at.

    The day that was given stays, whatever the calendar says later: the head was told of it.
    """
    looked = 0
    for ticket, part, _ in _claimed(session, "explain_until", now, limit):
        looked, until, part.explain_until = looked + 1, part.explain_until, None
        if part.state in life.OPEN and not explaining.explained(part):
            record(session, ticket, EventKind.NOT_EXPLAINED, SYSTEM, now, part=part, until=_written(until))
    return looked


def _claimed(session: Session, instant: str, now: datetime, limit: int) -> Iterator[Claimed]:
    """The parts whose instant has come, with their tickets locked; those somebody else is at are left for later."""
    write_rows_so_far(session)
    column = getattr(Part, instant)
    query = (
        select(Ticket, col(Part.id))
        .join(Part, col(Part.ticket_id) == col(Ticket.id))
        .where(col(column) <= now)
        .order_by(col(column), col(Part.id))
        .limit(limit)
        .with_for_update(of=Ticket, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = [(ticket, part_id) for ticket, part_id in session.execute(query)]
    if not rows:
        return
    # Read after the lock: whoever held the ticket until now may have changed its parts.
    ids = {ticket.id for ticket, _ in rows}
    all_parts = select(Part).where(col(Part.ticket_id).in_(ids)).order_by(col(Part.number))
    of_ticket: dict[str, list[Part]] = {}
    for part in session.execute(all_parts.execution_options(populate_existing=True)).scalars():
        of_ticket.setdefault(part.ticket_id, []).append(part)
    for ticket, part_id in rows:
        parts = of_ticket[ticket.id]
        part = next(part for part in parts if part.id == part_id)
        come: datetime | None = getattr(part, instant)
        if come is not None and come <= now:
            yield ticket, part, parts


def _daytime(now: datetime) -> bool:
    return FROM <= now.astimezone(LOCAL).hour < UNTIL


def _written(instant: datetime | None) -> Any:
    return instant.astimezone(LOCAL).isoformat() if instant else None
