"""What a leader's page reads: what is late or about to be, why and who has it; and answers to score.

The one rule: the words of a sealed ticket are not read, and each list is one statement with a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session, col

from zalobot.store.models import (
    GONE_TICKET,
    AnswerScore,
    EventKind,
    Officer,
    Part,
    PartState,
    Ticket,
    TicketEvent,
    Tier,
)
from zalobot.store.queries.answers import newest_answers
from zalobot.store.queries.public import OPEN_PART, unanswered

MOST = 100
ANSWERS = 6
LATELY = timedelta(days=30)
STEEP = 4  # tickets more than before: fewer may be chance
_TITLE = case((col(Ticket.tier) == Tier.SEALED, ""), else_=col(Ticket.title)).label("title")


@dataclass(frozen=True, slots=True)
class Urgent:
    """An unanswered part. `explanation` is the head's reason, given at `explained_at`, owed by `explain_until`."""

    code: str
    number: int
    ticket_code: str
    title: str
    topic: str
    agency: str
    officer: str | None
    state: PartState
    klass: str
    clock: int
    clock_started_at: datetime
    due_at: datetime
    explanation: str
    explained_at: datetime | None
    explain_until: datetime | None
    new_date: Any
    hand_overs: int


@dataclass(frozen=True, slots=True)
class Rising:
    """A topic and how many tickets it had in the last 30 days and in the 30 before."""

    topic: str
    lately: int
    before: int


@dataclass(frozen=True, slots=True)
class Held:
    """A part of a ticket as a leader acts on it; `officer` is who holds it, '' for nobody."""

    code: str
    number: int
    agency: str
    state: PartState
    version: int
    officer: str


@dataclass(frozen=True, slots=True)
class Scorable:
    """An answer, and what this account thinks of it ('' for nothing yet)."""

    code: str
    number: int
    ticket_code: str
    title: str
    agency: str
    answer: str
    answered_at: datetime
    verdict: str | None
    score: str | None


def urgent(session: Session, now: datetime, until: datetime, agency: str = "") -> list[Urgent]:
    """The parts (of one agency, if it is named) whose due time has passed, and those due by `until`, the oldest first.

    Each of the two has a limit of its own: however much is late, what is due today is seen.
    """
    late, ahead = col(Part.due_at) < now, and_(col(Part.due_at) >= now, col(Part.due_at) <= until)
    return [*_due(session, late, agency), *_due(session, ahead, agency)]


def _due(session: Session, when: ColumnElement[bool], agency: str) -> list[Urgent]:
    rows = session.execute(
        select(
            col(Part.code), col(Part.number), col(Ticket.code).label("ticket_code"), _TITLE, col(Ticket.topic),
            col(Part.agency), col(Officer.name).label("officer"), col(Part.state), col(Part.klass), col(Part.clock),
            col(Part.clock_started_at), col(Part.due_at), col(Part.explanation), col(Part.explained_at),
            col(Part.explain_until), col(Part.new_date), col(Part.hand_overs),
        )
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(Officer, col(Officer.id) == col(Part.officer_id))
        .where(unanswered(), col(Part.state).in_(_moving()), when, _of(agency))
        .order_by(col(Part.due_at), col(Part.id))
        .limit(MOST)
    )  # fmt: skip
    return [Urgent(**row._mapping) for row in rows]


def directed(session: Session, urgent: Sequence[Urgent]) -> dict[str, datetime]:
    """When a direction was last given about these parts, by the part's code; those about which one was."""
    if not urgent:
        return {}
    rows = session.execute(
        select(col(TicketEvent.ticket_code), col(TicketEvent.part_number), func.max(col(TicketEvent.at)))
        .join(Ticket, col(Ticket.id) == col(TicketEvent.ticket_id))
        .where(col(Ticket.code).in_({row.ticket_code for row in urgent}))
        .where(col(TicketEvent.kind) == EventKind.DIRECTED)
        .group_by(col(TicketEvent.ticket_code), col(TicketEvent.part_number))
    )
    return {f"{code}/{number}": at for code, number, at in rows}


def rising(session: Session, now: datetime, limit: int = 5) -> list[Rising]:
    """The topics of which more came in the last 30 days than in the 30 before, by at least four; the steepest first."""
    half = now - LATELY
    lately = func.count(case((col(Ticket.received_at) > half, 1)))
    before = func.count(case((col(Ticket.received_at) <= half, 1)))
    query = (
        select(col(Ticket.topic), lately, before)
        .where(col(Ticket.received_at) > half - LATELY, col(Ticket.received_at) <= now)
        .where(col(Ticket.state).not_in(GONE_TICKET))
        .group_by(col(Ticket.topic))
        .having(lately - before >= STEEP)
        .order_by((lately - before).desc(), col(Ticket.topic))
        .limit(limit)
    )
    return [Rising(*row) for row in session.execute(query)]


def held(session: Session, ticket_code: str) -> list[Held]:
    """The parts of a ticket, in order, with who holds them."""
    query = (
        select(
            col(Part.code), col(Part.number), col(Part.agency), col(Part.state), col(Part.version), col(Officer.name)
        )
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(Officer, col(Officer.id) == col(Part.officer_id))
        .where(col(Ticket.code) == ticket_code)
        .order_by(col(Part.number))
    )
    return [
        Held(code, number, agency, state, version, name or "")
        for code, number, agency, state, version, name in session.execute(query)
    ]


def answers(session: Session, account_id: str, agency: str = "") -> list[Scorable]:
    """The latest answers, with this account's score."""
    own = and_(
        col(AnswerScore.part_id) == col(Part.id),
        col(AnswerScore.clock) == col(Part.clock),
        col(AnswerScore.account_id) == account_id,
    )
    rows = session.execute(
        select(
            col(Part.code), col(Part.number), col(Ticket.code).label("ticket_code"), _TITLE, col(Part.agency),
            col(Part.answer), col(Part.answered_at), col(Part.verdict), col(AnswerScore.score),
        )
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .outerjoin(AnswerScore, own)
        .where(col(Part.id).in_(newest_answers(ANSWERS, _of(agency))), col(Ticket.tier) != Tier.SEALED)
        .order_by(col(Part.answered_at).desc())
        .limit(ANSWERS)
    )  # fmt: skip
    return [Scorable(**row._mapping) for row in rows]


def _moving() -> list[PartState]:
    return [state for state in OPEN_PART if state is not PartState.PAUSED]


def _of(agency: str) -> ColumnElement[bool]:
    return col(Part.agency) == agency if agency else col(Part.agency) != ""
