"""What a morning holds for a member of staff: their own parts, an agency's, or the province's, each named once.

The one rule: a part stands in its most urgent group; what waits for the business is nobody's work today.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import reference, spoken, templating
from zalobot.errors import PastHorizon
from zalobot.province import Province
from zalobot.receipt import last_day
from zalobot.store.database import memo
from zalobot.store.models import Agency, Officer, Part, PartState, Role, Ticket
from zalobot.templating import Rendered
from zalobot.tickets import absences, disputes, explaining, proposals
from zalobot.tickets.facts import PartFacts, TicketFacts
from zalobot.workdays import LOCAL

MOVING = (PartState.WAITING, PartState.ACCEPTED, PartState.DECLINED, PartState.REOPENED)
MOST = 200  # parts of one agency that are looked at, the first due first
BUTTONS = 4  # of late parts to explain; the fifth leads to all work

Work = Sequence[tuple[Part, Ticket]]


@dataclass(frozen=True, slots=True)
class Digest:
    """A morning as the wording sees it. `late_agencies` are names with how many parts are overdue, the most first.

    `proposals` are tickets whose agencies nobody has confirmed (a coordinator's).
    """

    officer: Officer
    province: Province
    now: datetime
    overdue: tuple[PartFacts, ...] = ()
    today: tuple[PartFacts, ...] = ()
    next_day: tuple[PartFacts, ...] = ()
    untaken: tuple[PartFacts, ...] = ()
    reminded: tuple[PartFacts, ...] = ()
    disputed: tuple[PartFacts, ...] = ()
    proposals: tuple[TicketFacts, ...] = ()
    late_agencies: tuple[tuple[str, int], ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        parts = (self.overdue, self.today, self.next_day, self.untaken, self.reminded, self.disputed)
        return any(parts) or bool(self.late_agencies or self.proposals)


def of_person(session: Session, officer: Officer, due: Work, now: datetime) -> Digest:
    """The morning of somebody, with the parts they are reminded of at this moment."""
    empty = Digest(officer, reference.current(session), now)
    if officer.role in (Role.LEADER, Role.COORDINATOR):
        province = empty.province
        return replace(
            empty,
            reminded=tuple(PartFacts(ticket, part, None, province, now) for part, ticket in due),
            disputed=tuple(PartFacts(ticket, part, None, province, now) for part, ticket in disputes.waiting(session)),
            proposals=_proposals(session, now) if officer.role is Role.COORDINATOR else (),
            late_agencies=_late_agencies(session, now),
        )
    mine = [row for row in _open(session, officer.agency) if _is_theirs(session, row[0], officer, now)]
    rows = {part.id: (part, ticket) for part, ticket in [*due, *mine]}
    return _grouped(empty, rows.values(), {part.id for part, _ in due})


def words(digest: Digest) -> Rendered:
    """The message: a head's carries a button for each late part that is still to be explained, and one for all work."""
    role = digest.officer.role
    name = "province" if role in (Role.LEADER, Role.COORDINATOR) else "head" if role is Role.HEAD else "officer"
    said = templating.render(f"reminders/digest_{name}", digest=digest)
    if role is not Role.HEAD:
        return said
    late = [fact.part.code for fact in digest.overdue if not explaining.explained(fact.part)][:BUTTONS]
    explain = str(spoken.spoken("explain"))
    sent = [*(f"{explain} {code}" for code in late), str(spoken.spoken("all_work"))]
    return replace(said, buttons=tuple((f"{number}. {one}", one) for number, one in enumerate(sent, 1)))


def _grouped(empty: Digest, rows: Iterable[tuple[Part, Ticket]], due: Container[str]) -> Digest:
    today = empty.now.astimezone(LOCAL).date()
    next_day = _next_day(empty.province, today)
    found: dict[str, list[PartFacts]] = {}
    for part, ticket in sorted(rows, key=lambda row: (row[0].due_at or empty.now, row[0].code)):
        group = _group(part, empty.now, today, next_day)
        if group != "reminded" or part.id in due:
            found.setdefault(group, []).append(PartFacts(ticket, part, None, empty.province, empty.now))
    in_group = {name: tuple(facts) for name, facts in found.items()}
    return replace(
        empty,
        overdue=in_group.get("overdue", ()),
        today=in_group.get("today", ()),
        next_day=in_group.get("next_day", ()),
        untaken=in_group.get("untaken", ()),
        reminded=in_group.get("reminded", ()),
    )


def _group(part: Part, now: datetime, today: date, next_day: date) -> str:
    if part.due_at is not None:
        if part.due_at < now:
            return "overdue"
        if last_day(part.due_at) <= next_day:
            return "today" if last_day(part.due_at) == today else "next_day"
    return "untaken" if part.state is PartState.WAITING else "reminded"


def _is_theirs(session: Session, part: Part, officer: Officer, now: datetime) -> bool:
    """A head's is everything; an officer's what they took up, or somebody they stand in for, or nobody on duty did."""
    if officer.role is Role.HEAD or part.officer_id in (None, officer.id):
        return True
    stand_in = absences.deputies(session, now).get(part.officer_id or "")
    if stand_in is not None:
        return stand_in.id == officer.id
    return part.officer_id not in _officers(session, officer.agency)


def _officers(session: Session, agency: str) -> set[str]:
    known: dict[str, set[str]] = memo(session).setdefault("officers_of", {})
    if agency not in known:
        query = select(col(Officer.id)).where(col(Officer.agency) == agency, col(Officer.role) == Role.OFFICER)
        here = query.where(col(Officer.active).is_(True), col(Officer.person_id).is_not(None))
        known[agency] = set(session.execute(here).scalars())
    return known[agency]


def _open(session: Session, agency: str) -> list[tuple[Part, Ticket]]:
    """The open parts of an agency that are due first, read along the index on open parts; asked once a transaction."""
    known: dict[str, list[tuple[Part, Ticket]]] = memo(session).setdefault("morning", {})
    if agency not in known:
        first = (
            select(col(Part.id))
            .where(col(Part.agency) == agency, col(Part.answered_at).is_(None), col(Part.state).in_(MOVING))
            .order_by(col(Part.due_at))
            .limit(MOST)
        )
        query = select(Part, Ticket).join(Ticket, col(Ticket.id) == col(Part.ticket_id)).where(col(Part.id).in_(first))
        known[agency] = [(part, ticket) for part, ticket in session.execute(query)]
    return known[agency]


def _proposals(session: Session, now: datetime) -> tuple[TicketFacts, ...]:
    known: dict[datetime, tuple[TicketFacts, ...]] = memo(session).setdefault("proposals", {})
    if now not in known:
        known[now] = proposals.waiting(session, now)
    return known[now]


def _late_agencies(session: Session, now: datetime) -> tuple[tuple[str, int], ...]:
    """How many parts each agency has overdue, each counted along the index on open parts; asked once a transaction."""
    known: dict[datetime, tuple[tuple[str, int], ...]] = memo(session).setdefault("late_agencies", {})
    if now not in known:
        count = (
            select(func.count())
            .where(col(Part.agency) == col(Agency.code), col(Part.answered_at).is_(None))
            .where(col(Part.due_at) < now, col(Part.state).in_(MOVING))
            .scalar_subquery()
        )
        rows = [(row[0], row[1]) for row in session.execute(select(col(Agency.name), count)) if row[1]]
        known[now] = tuple(sorted(rows, key=lambda row: (-row[1], row[0])))
    return known[now]


def _next_day(province: Province, today: date) -> date:
    try:
        return province.calendar.next_working_day(today)
    except PastHorizon:
        return today
