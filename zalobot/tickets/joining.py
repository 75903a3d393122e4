"""Tôi cũng gặp: somebody with the same trouble joins a public ticket under way, and hears what its business hears.

The one rule: who joins learns nothing that is not public, and decides nothing: only the reporters judge and add.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.errors import Refused
from zalobot.store.models import EventKind, Tier
from zalobot.tickets import facts, finding, life, telling
from zalobot.tickets.record import business, record


def join(session: Session, code: str, person_id: str, now: datetime) -> facts.TicketFacts:
    """Have a person follow the ticket with this code, or the one it was merged into; joining twice is joining once.

    Raises Refused: no_such_ticket (there is none, or it is sealed), already_yours, nothing_to_join (it has ended).
    """
    ticket, parts = finding.locked(session, code.partition("/")[0])
    if ticket.merged_into:
        ticket, parts = finding.locked(session, ticket.merged_into)
    if ticket.tier is Tier.SEALED:
        raise Refused("no_such_ticket", code=code)
    if person_id in telling.reporters(ticket):
        raise Refused("already_yours", code=ticket.code)
    if not any(part.state in life.OPEN for part in parts):
        raise Refused("nothing_to_join", code=ticket.code)
    if person_id not in ticket.joined:
        ticket.followers, ticket.joined = [*ticket.followers, person_id], [*ticket.joined, person_id]
        ticket.version += 1
        record(session, ticket, EventKind.JOINED, business(person_id), now)
    return facts.of_ticket(session, ticket, parts, now)
