"""Who is told of a recount: each person once per change, however many parts; officers only in working time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import reference, templating
from zalobot.calendars.rows import Recounted
from zalobot.province import Province
from zalobot.store.models import Officer
from zalobot.templating import Rendered
from zalobot.tickets import pushing, telling


@dataclass(frozen=True, slots=True)
class Moved:
    """One due time that moved, as the wording sees it; `before` is None where no date had been promised."""

    code: str
    agency: str
    province: Province
    before: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Everything one person is told of one change."""

    moved: tuple[Moved, ...]
    reason: str


def concerned(
    session: Session, moved: Iterable[Recounted]
) -> tuple[dict[str, list[Recounted]], dict[str, list[Recounted]]]:
    """Who is told of which parts: the businesses and the officers, by their accounts in Zalo."""
    businesses: dict[str, list[Recounted]] = defaultdict(list)
    for one in moved:
        businesses[one.part.ticket.person_id].append(one)
    return businesses, _officers(session, moved)


def tell(session: Session, moved: Sequence[Recounted], reason: str, now: datetime) -> int:
    """Queue one message to everybody concerned; gives back to how many."""
    if not moved:
        return 0
    province = reference.current(session)
    hold = telling.until_working_time(session, now)
    businesses, officers = concerned(session, moved)
    for person, parts in businesses.items():
        said = _said("status/recounted", parts, reason, province)
        telling.push_of(session, person, said, [one.part.ticket for one in parts], now)
    for person, parts in officers.items():
        said = _said("officer/recounted", parts, reason, province)
        pushing.push(session, person, said, now, ticket_id=_only(parts), hold=hold)
    return len(businesses) + len(officers)


def _officers(session: Session, moved: Iterable[Recounted]) -> dict[str, list[Recounted]]:
    """Whoever took a part up, else everybody on duty for its holder, by their accounts in Zalo."""
    query = select(col(Officer.id), col(Officer.person_id)).where(
        col(Officer.active).is_(True), col(Officer.person_id).is_not(None)
    )
    reachable = {row.id: row.person_id for row in session.execute(query)}
    found: dict[str, list[Recounted]] = defaultdict(list)
    for one in moved:
        own = reachable.get(one.part.officer_id or "")
        duty = telling.duty(session, one.part.agency) if own is None else ()
        for person in {own} if own else {officer.person_id for officer in duty if officer.person_id}:
            found[person].append(one)
    return found


def _only(parts: Sequence[Recounted]) -> str | None:
    """The ticket that all these parts belong to, if it is one."""
    tickets = {one.part.ticket.id for one in parts}
    return tickets.pop() if len(tickets) == 1 else None


def _said(message: str, parts: Sequence[Recounted], reason: str, province: Province) -> Rendered:
    return templating.render(message, recount=Told(tuple(_moved(one, province) for one in parts), reason))


def _moved(one: Recounted, province: Province) -> Moved:
    return Moved(one.part.code, one.part.agency, province, one.part.due_at, one.due)
