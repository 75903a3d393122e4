"""The reminder sweep: what has come due on the ladder is told, once, merged per person, in working time.

The one rule: the row is the schedule (`part.remind_at`), the ledger makes a step of a part unique. After an outage only
the latest step of each role counts. No officer gets more than two pushes a day besides new assignments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import digests, ladder, metrics, pushes, reference, templating
from zalobot.errors import PastHorizon
from zalobot.ladder import Moment
from zalobot.store.models import (
    EventKind,
    Officer,
    Part,
    Priority,
    Role,
    Ticket,
)
from zalobot.templating import Rendered
from zalobot.tickets import absences, explaining, facts, pushing, telling
from zalobot.tickets.absences import Told
from zalobot.tickets.record import SYSTEM, record
from zalobot.workdays import LOCAL

ROLES = {ladder.Role.OFFICER: Role.OFFICER, ladder.Role.HEAD: Role.HEAD, ladder.Role.LEADER: Role.LEADER}

Step = tuple[str, str, datetime | None]
Key = tuple[str, str, datetime | None, str]


@dataclass(frozen=True, slots=True)
class Due:
    """A step that has come due for one member of staff; None where the step has nobody to tell."""

    part: Part
    ticket: Ticket
    moment: Moment
    told: Told | None

    @property
    def key(self) -> Key:
        """What the ledger is unique on; nobody is an empty officer."""
        return (self.part.id, self.moment.key, self.part.due_at, self.told.officer.id if self.told else "")


def remind(session: Session, now: datetime, limit: int = 1000) -> int:
    """Tell what has come due; gives back how many parts were looked at. Outside working time nothing is told."""
    calendar = reference.fresh(session).calendar
    try:
        if not calendar.is_working_time(now):
            return 0
    except PastHorizon:
        return 0
    parts = _due(session, now, limit)
    if not parts:
        return 0
    staff = _staff(session, {part.agency for part, _ in parts})
    tasks: list[Due] = []
    for part, ticket in parts:
        tasks += _steps(session, part, ticket, staff, now)
    tell(session, tasks, now)
    return len(parts)


def _due(session: Session, now: datetime, limit: int) -> list[tuple[Part, Ticket]]:
    query = (
        select(Part, Ticket)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.remind_at) <= now)
        .order_by(col(Part.remind_at))
        .limit(limit)
        .with_for_update(of=Part, skip_locked=True)
    )
    return [(part, ticket) for part, ticket in session.execute(query)]


def _staff(session: Session, agencies: Iterable[str]) -> dict[tuple[ladder.Role, str], list[Officer]]:
    """Who is told of an agency's parts, by role. Leaders are the province's; without officers the head is told."""
    query = select(Officer).where(col(Officer.active).is_(True), col(Officer.person_id).is_not(None))
    people = list(session.execute(query.order_by(col(Officer.id))).scalars())
    found: dict[tuple[ladder.Role, str], list[Officer]] = {}
    for agency in agencies:
        of_agency = [person for person in people if person.agency == agency]
        for rung, role in ROLES.items():
            pool = people if role is Role.LEADER else of_agency
            found[rung, agency] = [person for person in pool if person.role is role]
        found[ladder.Role.OFFICER, agency] = (
            found[ladder.Role.OFFICER, agency]
            or found[ladder.Role.HEAD, agency]
            or [person for person in people if person.role is Role.COORDINATOR]
        )
    return found


def _steps(
    session: Session, part: Part, ticket: Ticket, staff: dict[tuple[ladder.Role, str], list[Officer]], now: datetime
) -> list[Due]:
    """The steps of a part that have come, for everybody they are for; sets when to look again."""
    if part.due_at is None:
        part.remind_at = None
        return []
    calendar = reference.current(session).calendar
    moments = ladder.plan(part.clock_started_at, part.due_at, part.klass, calendar)
    standing = ladder.latest(moments, now, part.due_at, calendar, idle=part.accepted_at is None)
    part.remind_at = standing.next_at
    come = [moment for moment in standing.come if moment.step.when is not ladder.When.ASSIGNED]
    return [
        Due(part, ticket, moment, told)
        for moment in come
        for told in _told_of(session, part, moment, staff[moment.step.role, part.agency], now)
    ]


def _told_of(session: Session, part: Part, moment: Moment, pool: list[Officer], now: datetime) -> Sequence[Told | None]:
    """Whoever took the part up is told of it, else everybody on duty, deputies for those away; None for nobody."""
    if moment.step.role is ladder.Role.OFFICER and part.officer_id:
        pool = [officer for officer in pool if officer.id == part.officer_id] or pool
    return absences.present(session, pool, now) or [None]


def _taken(session: Session, tasks: Sequence[Due]) -> tuple[set[Key], set[Step]]:
    """What the ledger has of these parts: steps by person, and steps at all."""
    ids = sorted({task.part.id for task in tasks})
    query = select(pushes.ledger.c.part_id, pushes.ledger.c.step, pushes.ledger.c.due_at, pushes.ledger.c.officer_id)
    keys: set[Key] = {
        (row.part_id, row.step, row.due_at, row.officer_id)
        for row in session.execute(query.where(pushes.ledger.c.part_id.in_(ids)))
    }
    return keys, {key[:3] for key in keys}


def tell(session: Session, tasks: Sequence[Due], now: datetime) -> None:
    """Tell these steps, each once, merged per person and within what a person gets a day; what is told is history."""
    if not tasks:
        return
    keys, steps = _taken(session, tasks)
    late = {(part_id, due_at) for part_id, step, due_at in steps if _late(step)}
    by_officer: dict[str, list[Due]] = defaultdict(list)
    for task in tasks:
        if task.key not in keys:
            by_officer[task.key[3]].append(task)
    told_today = pushes.told_today(session, list(by_officer), now)
    morning = ladder.this_morning(now, reference.current(session).calendar)
    most = pushes.most(now, morning)
    for officer_id, due in sorted(by_officer.items()):  # slots of digests are taken in one order by all processes
        if officer_id and told_today.get(officer_id, 0) >= most:
            _put_off(session, due, now, morning)
            continue
        outbox_id = _push(session, due, now)
        for task in due:
            _take_step(session, task, outbox_id, now)
            part_id, step, due_at, _ = task.key
            if (part_id, step, due_at) not in steps:
                steps.add((part_id, step, due_at))
                _write_history(session, task, outbox_id, (part_id, due_at) not in late, now)
                if _late(step):
                    late.add((part_id, due_at))


def _push(session: Session, due: Sequence[Due], now: datetime) -> str | None:
    """One message for everything that is due for one person: in the morning their digest."""
    told = due[0].told
    if told is None or told.officer.person_id is None:
        return None
    rows = list({task.part.id: (task.part, task.ticket) for task in due}.values())
    said = digests.instead(session, told, rows, now) or told.words(_said(session, due, now))
    ticket_id = due[0].ticket.id if len(due) == 1 else None
    return pushing.push(session, told.officer.person_id, said, now, priority=Priority.REMINDER, ticket_id=ticket_id)


def _said(session: Session, due: Sequence[Due], now: datetime) -> Rendered:
    province = reference.current(session)
    work = [facts.PartFacts(task.ticket, task.part, None, province, now) for task in due]
    if len(due) == 1:
        return templating.render(due[0].moment.step.template, part=work[0], ticket=_ticket(work[0], session))
    return templating.render("reminders/merged", work=work)


def _take_step(session: Session, task: Due, outbox_id: str | None, now: datetime) -> None:
    """Once for whoever was told, and passed over for those in whose place they were, so that it stays the last word."""
    metrics.REMINDERS.labels(task.moment.step.name).inc()
    part_id, step, due_at, officer_id = task.key
    assert due_at is not None
    pushes.take(session, part_id, step, due_at, officer_id, outbox_id, now)
    for absent in task.told.instead_of if task.told else ():
        pushes.take(session, part_id, step, due_at, absent.id, None, now)
    if outbox_id is not None:
        _then(session, task, now)


def _then(session: Session, task: Due, now: datetime) -> None:
    """What telling starts: the time to explain, or the watch whether an urgent notice is seen."""
    step = task.moment.step
    if step.when is ladder.When.DAYS_AFTER and step.role is ladder.Role.HEAD:
        explaining.ask(session, task.ticket, task.part, now)
    if step.urgent and task.part.unseen_at is None:
        task.part.unseen_at = ladder.unseen_at(now, reference.current(session).calendar)


def _late(step: str) -> bool:
    return step.startswith("overdue_n")


def _write_history(session: Session, task: Due, outbox_id: str | None, first_late: bool, now: datetime) -> None:
    """A step of a part is one event, however many people were told; lateness and its escalation are public.

    After an outage the first daily step may be that of day 2: the part becomes late in public with the first there is.
    """
    step = task.moment.step
    told: dict[str, Any] = {"step": task.moment.key, "role": str(step.role), "told": outbox_id is not None}
    if step.when is ladder.When.DAYS_AFTER:
        kind = EventKind.ESCALATED
    elif step.when is ladder.When.EVERY_DAY_AFTER and first_late:
        kind = EventKind.OVERDUE
        _apologise(session, task, now)
    else:
        kind = EventKind.REMINDED
    record(session, task.ticket, kind, SYSTEM, now, part=task.part, public=kind is not EventKind.REMINDED, **told)


def _apologise(session: Session, task: Due, now: datetime) -> None:
    """Tell the business that the part is late and that the leaders know."""
    fact = facts.PartFacts(task.ticket, task.part, None, reference.current(session), now)
    said = templating.render("status/overdue", part=fact, ticket=_ticket(fact, session))
    telling.push(session, task.ticket.person_id, said, task.ticket, now)


def _ticket(fact: facts.PartFacts, session: Session) -> facts.TicketFacts:
    return facts.TicketFacts(fact.ticket, (fact,), fact.province, reference.public_url(session), fact.now)


def _put_off(session: Session, due: Sequence[Due], now: datetime, morning: datetime | None) -> None:
    """The person has had enough pushes for now: look again at the next digest, of today or of the next working day."""
    calendar = reference.current(session).calendar
    if morning is None or now >= morning:
        try:
            morning = calendar.opens(calendar.next_working_day(now.astimezone(LOCAL).date())) + ladder.MORNING
        except PastHorizon:
            return
    for task in due:
        task.part.remind_at = min(task.part.remind_at, morning) if task.part.remind_at else morning
