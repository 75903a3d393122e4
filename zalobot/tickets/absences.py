"""An officer is away and a colleague of the same agency is told in their place.

The one rule: whoever is told for somebody else is told for whom. Where the deputy cannot be told nothing
changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from zalobot import templating
from zalobot.errors import Refused
from zalobot.store.database import memo
from zalobot.store.ids import new_id
from zalobot.store.models import Absence, Officer
from zalobot.templating import Rendered
from zalobot.workdays import LOCAL


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told, and for whom (nobody else, mostly)."""

    officer: Officer
    instead_of: tuple[Officer, ...] = ()

    def words(self, said: Rendered) -> Rendered:
        """What was rendered for the one who is away, with a line that says so."""
        if not self.instead_of:
            return said
        line = templating.render("officer/in_place_of", absent=self.instead_of).text
        return Rendered(f"{line}\n\n{said.text}", said.buttons, said.template, said.version)


def set_absence(session: Session, officer_id: str, deputy_id: str, first: date, last: date, now: datetime) -> Absence:
    """Note that an officer is away from the first day to the last; what was noted of these days before is replaced.

    Raises Refused: no_such_officer, deputy_elsewhere, absence_backwards.
    """
    officer, deputy = session.get(Officer, officer_id), session.get(Officer, deputy_id)
    if officer is None or deputy is None or not deputy.active:
        raise Refused("no_such_officer", officer=officer_id if officer is None else deputy_id)
    if deputy.id == officer.id or deputy.agency != officer.agency:
        raise Refused("deputy_elsewhere", agency=officer.agency)
    if last < first or last < now.astimezone(LOCAL).date():
        raise Refused("absence_backwards")
    of_these_days = (col(Absence.officer_id) == officer.id, col(Absence.first_day) <= last)
    session.execute(delete(Absence).where(*of_these_days, col(Absence.last_day) >= first))
    made = Absence(id=new_id(), officer_id=officer.id, deputy_id=deputy.id, first_day=first, last_day=last, made_at=now)
    session.add(made)
    session.flush()
    memo(session).pop("deputies", None)
    return made


def end_absence(session: Session, officer_id: str, now: datetime) -> bool:
    """The officer is back: from today on nobody stands in. False where nothing was noted."""
    today = now.astimezone(LOCAL).date()
    mine = col(Absence.officer_id) == officer_id
    coming = session.execute(delete(Absence).where(mine, col(Absence.first_day) >= today))
    running = session.execute(
        update(Absence)
        .where(mine, col(Absence.last_day) >= today)
        .values(last_day=date.fromordinal(today.toordinal() - 1))
    )
    memo(session).pop("deputies", None)
    return bool(coming.rowcount + running.rowcount)  # type: ignore[attr-defined]


def officer_named(session: Session, name: str) -> Officer:
    """The active member of staff of this name or key. Raises Refused: no_such_officer, officer_unclear."""
    query = select(Officer).where(
        or_(col(Officer.id) == name, col(Officer.name) == name), col(Officer.active).is_(True)
    )
    found: list[Officer] = list(session.execute(query.limit(2)).scalars())
    if not found:
        raise Refused("no_such_officer", officer=name)
    if len(found) > 1:
        raise Refused("officer_unclear", officer=name)
    return found[0]


def present(session: Session, officers: Iterable[Officer], now: datetime) -> Sequence[Told]:
    """Who is told instead of these: themselves, or for those who are away their deputies; nobody twice."""
    officers = list(officers)
    stand_in = deputies(session, now)
    away = [officer for officer in officers if officer.id in stand_in]
    if not away:
        return [Told(officer) for officer in officers]
    here = {officer.id: Told(officer) for officer in officers if officer.id not in stand_in}
    for officer in away:
        deputy = stand_in[officer.id]
        already = here.get(deputy.id)
        if already is None or already.instead_of:
            here[deputy.id] = Told(deputy, (*(already.instead_of if already else ()), officer))
    return list(here.values())


def deputies(session: Session, now: datetime) -> dict[str, Officer]:
    """Who stands in for whom today, by the key of the one who is away: asked once a transaction, nearly always empty.

    Where the deputy is away too, their deputy does. A ring of absences is none.
    """
    known: dict[date, dict[str, Officer]] = memo(session).setdefault("deputies", {})
    today = now.astimezone(LOCAL).date()
    if today not in known:
        query = (
            select(col(Absence.officer_id), Officer)
            .join(Officer, col(Officer.id) == col(Absence.deputy_id))
            .where(col(Absence.last_day) >= today, col(Absence.first_day) <= today)
            .where(col(Officer.active).is_(True), col(Officer.person_id).is_not(None))
        )
        direct: dict[str, Officer] = {row[0]: row[1] for row in session.execute(query)}
        known[today] = {officer_id: end for officer_id in direct if (end := _end(officer_id, direct))}
    return known[today]


def _end(officer_id: str, direct: dict[str, Officer]) -> Officer | None:
    seen, deputy = {officer_id}, direct[officer_id]
    while deputy.id in direct:
        if deputy.id in seen:
            return None
        seen.add(deputy.id)
        deputy = direct[deputy.id]
    return deputy
