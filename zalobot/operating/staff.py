"""Officers entered, given a new one-time code, stopped; who is away and who is told instead.

The one rule: a code is given back once, to be handed to that person; only its hash is kept.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import officers
from zalobot.accounts import log, managing
from zalobot.errors import Refused
from zalobot.store.models import Absence, Account, Officer, Part, Role
from zalobot.store.types import storable
from zalobot.tickets import absences
from zalobot.tickets.life import OPEN
from zalobot.workdays import LOCAL


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as the lists show them. `code_until`: a code waits to be sent in Zalo, until then.

    `away` are the days of the present or next absence with who is told instead.
    """

    id: str
    name: str
    role: Role
    agency: str
    email: str
    active: bool
    linked_at: datetime | None
    code_until: datetime | None
    holds: int
    away: tuple[date, date, str] | None


def listed(session: Session, now: datetime, agency: str = "") -> list[Member]:
    """Everybody (of an agency), by agency and name; who was stopped stands last."""
    query = select(Officer).order_by(col(Officer.active).desc(), col(Officer.agency), col(Officer.name))
    if agency:
        query = query.where(col(Officer.agency) == agency)
    rows = list(session.execute(query).scalars())
    held = select(col(Part.officer_id), func.count()).where(col(Part.state).in_(OPEN)).group_by(col(Part.officer_id))
    holds = {row[0]: row[1] for row in session.execute(held)}
    away = _away(session, now)
    return [
        Member(
            row.id,
            row.name,
            row.role,
            row.agency,
            row.email,
            row.active,
            row.linked_at if row.person_id else None,
            row.code_expires_at if row.code_hash and not row.person_id else None,
            holds.get(row.id, 0),
            away.get(row.id),
        )
        for row in rows
    ]


def enter(session: Session, agency: str, name: str, role: str, email: str, now: datetime, *, by: Account) -> str:
    """Enter a member of staff; gives back their one-time code.

    Raises Refused: `name_missing`, `no_such_role`, `no_such_agency`, `not_an_address`.
    """
    name = " ".join(storable(name).split())[:200]
    if not name:
        raise Refused("name_missing")
    if role not in set(Role):
        raise Refused("no_such_role", role=role)
    code = officers.issue_link_code(session, agency=agency, name=name, role=Role(role), now=now, email=email)
    log.note(session, "officer_added", by, now, agency=agency, role=role)
    return code


def new_code(session: Session, officer_id: str, now: datetime, *, by: Account) -> str:
    """A new one-time code for somebody entered before: the former one is good no more, a linked phone is unlinked
    only when the new code is used. Raises Refused: `no_such_officer`."""
    officer = _active(session, officer_id)
    code = officers.renew_link_code(officer, now)
    log.note(session, "officer_code_renewed", by, now, officer=officer.id)
    return code


def stop(session: Session, officer_id: str, now: datetime, *, by: Account) -> None:
    """They work here no more: no code, no account, no push. Raises Refused: `no_such_officer`, `officer_holds_parts`
    while they hold open parts, which the head hands to a colleague first."""
    officer = _active(session, officer_id)
    held = select(func.count()).select_from(Part).where(col(Part.officer_id) == officer.id, col(Part.state).in_(OPEN))
    if session.execute(held).scalar_one():
        raise Refused("officer_holds_parts", officer=officer.id)
    officer.active, officer.person_id, officer.code_hash, officer.linked_at = False, None, None, None
    account = session.execute(select(Account).where(col(Account.officer_id) == officer.id)).scalar_one_or_none()
    if account is not None and account.active:
        managing.stop(session, account, now, by=by)
    session.info.pop("duty", None)
    log.note(session, "officer_stopped", by, now, officer=officer.id)


def set_email(session: Session, officer_id: str, email: str, now: datetime, *, by: Account) -> None:
    """Where letters go that Zalo cannot carry. Raises Refused: `no_such_officer`, `not_an_address`."""
    officers.set_email(session, _active(session, officer_id).id, email.strip())
    log.note(session, "officer_email_set", by, now, officer=officer_id)


def set_absence(
    session: Session, officer_id: str, deputy_id: str, first: date, last: date, now: datetime, *, by: Account
) -> None:
    """Note that somebody is away. Raises Refused as `absences.set_absence`."""
    absences.set_absence(session, officer_id, deputy_id, first, last, now)
    log.note(session, "absence_set", by, now, officer=officer_id, deputy=deputy_id)


def end_absence(session: Session, officer_id: str, now: datetime, *, by: Account) -> None:
    """They are back."""
    absences.end_absence(session, officer_id, now)
    log.note(session, "absence_ended", by, now, officer=officer_id)


def _active(session: Session, officer_id: str) -> Officer:
    officer = session.get(Officer, officer_id, with_for_update=True, populate_existing=True)
    if officer is None or not officer.active:
        raise Refused("no_such_officer", officer=officer_id)
    return officer


def _away(session: Session, now: datetime) -> dict[str, tuple[date, date, str]]:
    query = (
        select(Absence, col(Officer.name))
        .join(Officer, col(Officer.id) == col(Absence.deputy_id))
        .where(col(Absence.last_day) >= now.astimezone(LOCAL).date())
        .order_by(col(Absence.first_day).desc())
    )
    return {row.officer_id: (row.first_day, row.last_day, deputy) for row, deputy in session.execute(query)}
