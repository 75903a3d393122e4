"""An agency was merged or renamed: its open parts go to the one that took over, with their clocks.

The one rule: nothing is counted anew. Which decision says so is data of the province pack, and stands in the history.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from zalobot import reference, templating
from zalobot.errors import Refused
from zalobot.province import Province
from zalobot.store.models import (
    Account,
    Agency,
    EventKind,
    Officer,
    Part,
    PartNote,
    PartState,
    SavedAnswer,
    SuccessionRow,
    Ticket,
    Topic,
)
from zalobot.tickets import facts, finding, life, pushing, telling
from zalobot.tickets.record import Actor, record
from zalobot.workdays import LOCAL


def succeed(session: Session, old: str, new: str, decision: str, on: date, now: datetime) -> list[Part]:
    """Move all that `old` has to `new`; gives back the open parts that moved. Done once, a second time does nothing.

    Raises Refused: no_such_agency where one is unknown or `new` has itself gone.
    """
    revision = reference.changing(session)
    here = reference.current(session)
    if old == new or old not in here.agencies or new not in here.working_agencies:
        raise Refused("no_such_agency", agency=old if old not in here.agencies else new)
    if here.agencies[old].successor:
        return []
    session.add(SuccessionRow(from_agency=old, to_agency=new, on=on, decision=decision, done_at=now))
    _rename(session, old, new)
    parts = _open_parts(session, old)
    for part, ticket in parts:
        _move(session, part, ticket, old, new, decision, on, now)
    session.flush()
    reference.changed(session, reference.read(session, here), revision)
    _tell(session, parts, old, new, decision, on, now)
    return [part for part, _ in parts]


def carry_out(session: Session, now: datetime) -> int:
    """Carry out those of the province pack whose day has come; gives back how many."""
    here, today = reference.current(session), now.astimezone(LOCAL).date()
    come = [one for one in here.successions if one.on <= today and not _done(here, one.old)]
    for one in come:
        succeed(session, one.old, one.new, one.decision, one.on, now)
    return len(come)


def _done(here: Province, agency: str) -> bool:
    return agency not in here.working_agencies


def _rename(session: Session, old: str, new: str) -> None:
    """Topics, names and people go along, so that from now on everything leads to the new one."""
    before, after = session.get_one(Agency, old), session.get_one(Agency, new)
    before.successor = new
    after.former = list(dict.fromkeys([*after.former, before.name, *before.former]))
    after.aliases = list(dict.fromkeys([*after.aliases, *before.aliases, before.short]))
    for topic in session.execute(select(Topic)).scalars():
        topic.lead = new if topic.lead == old else topic.lead
        topic.zone_lead = new if topic.zone_lead == old else topic.zone_lead
        others = dict.fromkeys(new if code == old else code for code in topic.others)
        topic.others = [code for code in others if code != topic.lead]
    for table in (Officer, Account, SavedAnswer, PartNote):  # its people, on the web too, with what they keep
        session.execute(update(table).where(col(table.agency) == old).values(agency=new))
    session.info.get("memo", {}).pop("duty", None)


def _open_parts(session: Session, old: str) -> list[tuple[Part, Ticket]]:
    concerned = (col(Part.agency) == old) | ((col(Part.declined_to) == old) & (col(Part.state) == PartState.DECLINED))
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(concerned, col(Part.state).in_(life.OPEN))
        .order_by(col(Part.due_at), col(Part.id))
        .with_for_update(of=Part)
        .execution_options(populate_existing=True)
    )
    return [(part, ticket) for part, ticket in session.execute(query)]


def _move(
    session: Session, part: Part, ticket: Ticket, old: str, new: str, decision: str, on: date, now: datetime
) -> None:
    part.version += 1
    if part.declined_to == old:
        part.declined_to = new
    if part.agency != old:
        return
    part.agency = new
    by = Actor("system", "system", new)
    day = on.isoformat()
    record(session, ticket, EventKind.SUCCEEDED, by, now, part=part, former=old, to=new, why=decision, on=day)


def _tell(
    session: Session,
    parts: Iterable[tuple[Part, Ticket]],
    old: str,
    new: str,
    decision: str,
    on: date,
    now: datetime,
) -> None:
    """The staff hear of it once, with the parts; every business once for each of its parts."""
    here = reference.current(session)
    moved = [(part, ticket) for part, ticket in parts if part.agency == new]
    why = {"province": here, "old": old, "new": new, "decision": decision, "on": on}
    work = [facts.PartFacts(ticket, part, None, here, now) for part, ticket in moved]
    said = templating.render("officer/succeeded", work=work, facts=why)
    hold = telling.until_working_time(session, now)
    for officer in finding.staff_of(session, new):
        if officer.person_id:
            pushing.push(session, officer.person_id, said, now, hold=hold)
    for part, ticket in moved:
        telling.the_business(session, "status/succeeded", ticket, part, now, facts=why)
