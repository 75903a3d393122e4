"""Tickets shown to who asks: one's own by "của tôi", any public one by its code."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from zalobot import morning, templating
from zalobot.conversations import Talk
from zalobot.handlers import talking
from zalobot.store.models import Officer, PartState, Role, Tier
from zalobot.tickets import adding, facts, finding, handing, telling, working
from zalobot.tickets.life import OPEN


def show(session: Session, talk: Talk, code: str, now: datetime) -> None:
    """Show a ticket by its code. A sealed one is shown in full only to who opened it and to staff."""
    ticket = finding.ticket_by_code(session, code.partition("/")[0])
    if ticket is None:
        talking.say(session, talk, "look_up/not_found", now, facts={"code": code})
        return
    if ticket.merged_into and not talk.is_staff:
        ticket = finding.ticket_by_code(session, ticket.merged_into) or ticket
    parts = finding.parts_of(session, ticket)
    made = facts.of_ticket(session, ticket, parts, now)
    if talk.is_staff:
        made = replace(made, additions=adding.of_ticket(session, ticket))
        wanted = code.partition("/")[2] or "1"
        part = next((fact for fact in made.parts if str(fact.part.number) == wanted), made.parts[0])
        message = _with_what_they_can_do(talking.officer(session, talk), part)
        talking.say(session, talk, message, now, part=part, ticket=made)
        return
    sealed = ticket.tier is Tier.SEALED and talk.person_id not in telling.audience(ticket)
    message = "look_up/not_yours" if sealed else "look_up/ticket"
    talking.say(session, talk, message, now, ticket=made, facts={"code": ticket.code})


def _with_what_they_can_do(officer: Officer, fact: facts.PartFacts) -> str:
    """The message about a part that offers just what this member of staff may do with it, and else only to look."""
    part = fact.part
    if part.state not in OPEN:
        return "officer/part_seen"
    if officer.role is Role.COORDINATOR:
        return "coordinator/part_disputed" if part.state is PartState.DECLINED else "coordinator/part"
    if not working.mine(part, officer) and not handing.is_offered(part, officer):
        return "officer/part_seen"
    overdue = part.due_at is not None and fact.now > part.due_at and part.paused_at is None
    return "officer/part_late" if officer.role is Role.HEAD and overdue else "officer/part"


def show_mine(session: Session, talk: Talk, now: datetime) -> None:
    """Show a person's newest tickets, the only one in full."""
    tickets = finding.tickets_of(session, talk.person_id)
    if not tickets:
        talking.say(session, talk, "look_up/none", now)
    elif len(tickets) == 1:
        show(session, talk, tickets[0].code, now)
    else:
        work = [
            facts.of_part(session, ticket, part, now)
            for ticket in tickets
            for part in finding.parts_of(session, ticket)
        ]
        talking.say(session, talk, "look_up/list", now, work=work)


def open_work(session: Session, talk: Talk, now: datetime) -> list[facts.PartFacts]:
    """The parts of a person's newest tickets that still wait for an answer."""
    return [
        facts.of_part(session, ticket, part, now)
        for ticket in finding.tickets_of(session, talk.person_id)
        for part in finding.parts_of(session, ticket)
        if part.state in OPEN
    ]


def show_work(session: Session, talk: Talk, now: datetime) -> None:
    """Show an officer the open parts of their agency, the first due first; who is the province's, how it stands."""
    if talk.officer_role in (Role.LEADER, Role.COORDINATOR):
        digest = morning.of_person(session, talking.officer(session, talk), (), now)
        said = morning.words(digest) if digest.says_something else templating.render("officer/my_work_none")
        talking.queue(session, talk, said, now)
        return
    parts = finding.open_parts_of(session, talk.officer_agency)
    if not parts:
        talking.say(session, talk, "officer/my_work_none", now)
        return
    made = tuple(facts.of_part(session, finding.ticket_of(session, part), part, now) for part in parts)
    talking.say(session, talk, "officer/my_work", now, work=made)
