"""Two reports of one matter become one: the later follows the other, and nothing of it is lost.

The one rule: what the duplicate said goes to the agencies as an addition, and its business hears all that the other
ticket's business hears.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from zalobot import reference, templating
from zalobot.errors import IllegalTransition, Refused
from zalobot.store.models import GONE_TICKET, Attachment, EventKind, Officer, Part, PartState, Ticket, Tier
from zalobot.tickets import adding, changes, facts, finding, life, telling
from zalobot.tickets.record import record
from zalobot.tickets.triage import check_coordinator, public_reason
from zalobot.tickets.working import actor, end_pause


def merge(
    session: Session, code: str, into: str, reason: str, officer: Officer, now: datetime, *, seen: int | None = None
) -> tuple[Ticket, Ticket]:
    """Merge a ticket into another of the same matter; gives back both. Its open parts end, their agencies are told.

    Raises Refused: not_allowed, not_a_duplicate (itself), sealed_merge (two businesses, one sealed), merge_lacks_agency
    (an agency would lose its part: give it one there first).
    """
    check_coordinator(officer)
    if code == into:
        raise Refused("not_a_duplicate", code=code)
    found = {name: finding.locked(session, name) for name in sorted((code, into))}  # one order: no deadlock
    (ticket, parts), (other, others) = found[code], found[into]
    changes.check_ticket(session, ticket, seen)
    _check(session, ticket, parts, other, others)
    ending = [part for part in parts if part.state in life.OPEN]
    for part in ending:
        end_pause(session, part, now)
        life.move(part, PartState.MERGED)
        part.remind_at, part.decide_by, part.decide_remind_at = None, None, None
    ticket.merged_into = other.code
    life.settle(ticket, parts, now)
    reporting = {*telling.reporters(ticket), *telling.reporters(other)}
    other.joined = [person for person in dict.fromkeys([*other.joined, *ticket.joined]) if person not in reporting]
    other.followers = _followers(ticket, other)
    other.version += 1
    _bring(session, ticket, other, now)
    by = actor(officer)
    why = public_reason(ticket, reason)
    record(session, ticket, EventKind.MERGED, by, now, reason=reason, into=other.code, **why)
    record(session, other, EventKind.MERGED, by, now, reason=reason, merged_from=ticket.code, **why)
    finding.asked_anew(session)
    _tell(session, ticket, other, others, now)
    return ticket, other


def _check(session: Session, ticket: Ticket, parts: Sequence[Part], other: Ticket, others: Sequence[Part]) -> None:
    for one in (ticket, other):
        if one.state in GONE_TICKET or one.merged_into:
            raise IllegalTransition("illegal_transition", code=one.code)
    if ticket.person_id != other.person_id and Tier.SEALED in (ticket.tier, other.tier):
        raise Refused("sealed_merge", code=ticket.code)
    there = {part.agency for part in others if part.state not in (PartState.WITHDRAWN, PartState.DROPPED)}
    known = reference.current(session).agencies
    lacking = [part.agency for part in parts if part.state in life.OPEN and part.agency not in there]
    if lacking:
        names = [known[code].name if code in known else code for code in dict.fromkeys(lacking)]
        raise Refused("merge_lacks_agency", code=other.code, lacking=names)


def _followers(ticket: Ticket, other: Ticket) -> list[str]:
    people = dict.fromkeys([*other.followers, ticket.person_id, *ticket.followers])
    return [person for person in people if person != other.person_id]


def _bring(session: Session, ticket: Ticket, other: Ticket, now: datetime) -> None:
    """Take along what was written and sent, and those merged into this one before."""
    adding.keep(session, other, ticket.person_id, ticket.description, now, merged_from=ticket.code)
    for text in adding.of_ticket(session, ticket):
        adding.keep(session, other, ticket.person_id, text, now, merged_from=ticket.code)
    session.execute(
        update(Attachment).where(col(Attachment.ticket_id) == ticket.id).values(ticket_id=other.id, part_number=None)
    )
    session.execute(update(Ticket).where(col(Ticket.merged_into) == ticket.code).values(merged_into=other.code))


def _tell(session: Session, ticket: Ticket, other: Ticket, others: Sequence[Part], now: datetime) -> None:
    whole = facts.of_ticket(session, other, others, now)
    said = templating.render("status/merged", ticket=whole, facts={"code": ticket.code})
    for person_id in telling.told(session, ticket):
        telling.push(session, person_id, said, other, now)
    adding.tell_agencies(session, other, others, ticket.description, 0, now)
