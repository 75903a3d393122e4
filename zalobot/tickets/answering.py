"""An answer on its way: every one is public at once; those of one day reach the business in as few pushes as can be.

The one rule: a ticket's first answer of a day is pushed at once. Further ones of that day wait a quarter of an hour for
each other and leave as one message (a held row of the outbox, taken back and made anew).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import outbox, reference, spoken, templating
from zalobot.store.models import Part, Ticket
from zalobot.templating import Rendered
from zalobot.tickets import adequacy, facts, telling
from zalobot.workdays import LOCAL

TOGETHER = timedelta(minutes=15)
MERGED = "status/answers"


def tell(session: Session, ticket: Ticket, part: Part, parts: Sequence[Part], now: datetime) -> None:
    """Push a part's answer to the business, together with what waits to leave."""
    held = [other for other in parts if other is not part and other.told_at is not None and other.told_at > now]
    if not held and not any(_told_today(other, now) for other in parts if other is not part):
        part.told_at = now
        telling.the_business(session, "status/answered", ticket, part, now)
        return
    leaves = held[0].told_at if held and held[0].told_at else now + TOGETHER
    outbox.withdraw_held(session, ticket.id, MERGED, now)
    part.told_at = leaves
    together = sorted([*held, part], key=lambda p: p.number)
    telling.push(session, ticket.person_id, _together(session, ticket, together, now), ticket, now, leaves - now)
    for person_id in telling.told(session, ticket)[1:]:
        said = _together(session, ticket, together, now, person_id)
        telling.push(session, person_id, said, ticket, now, leaves - now)


def alike(session: Session, part: Part, text: str, now: datetime) -> int:
    """How many of the agency's last answers this one nearly repeats; 0 for few."""
    query = (
        select(col(Part.answer))
        .where(col(Part.agency) == part.agency, col(Part.answered_at) <= now, col(Part.id) != part.id)
        .order_by(col(Part.answered_at).desc())
        .limit(adequacy.LAST)
    )
    return adequacy.alike(text, session.execute(query).scalars())


def _told_today(part: Part, now: datetime) -> bool:
    return part.told_at is not None and part.told_at.astimezone(LOCAL).date() == now.astimezone(LOCAL).date()


def _together(session: Session, ticket: Ticket, parts: Sequence[Part], now: datetime, follower: str = "") -> Rendered:
    """Several answers in one message; a follower reads them as everybody may, and one who joined is asked nothing."""
    here = reference.current(session)
    answers = [facts.PartFacts(ticket, part, None, here, now, not follower) for part in parts]
    whole = facts.of_ticket(session, ticket, parts, now)
    if follower in ticket.joined:
        return templating.render(f"{MERGED}_joined", ticket=whole, answers=answers)
    said = templating.render(MERGED, ticket=whole, answers=answers)
    codes = [part.code for part in parts[:5]]
    return said.changed(lambda words: replace(words, buttons=_to_judge(codes)))


def _to_judge(codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """A button for each answer."""
    judge = str(spoken.spoken("judge"))
    return tuple((f"{number}. {judge} {code}", f"{judge} {code}") for number, code in enumerate(codes, 1))
