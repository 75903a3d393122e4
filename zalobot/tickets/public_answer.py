"""An answer, or a message about a ticket, as everybody may read it.

The one rule: what an office says of itself (a telephone, an account) stays; what the business wrote is no more
public in an answer that repeats it than where it stood, and persons are masked whoever wrote of them.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import redaction
from zalobot.redaction import Kind, Mask
from zalobot.store.models import Account, Addition, Officer, Part, Ticket, Tier
from zalobot.vietnamese import plain

# domain.md 7.3: names of officials leave the public text too.
_NEVER_OF_AN_OFFICE: Final = frozenset({Kind.IDENTITY, Kind.PASSPORT, Kind.PLATE, Kind.NAME, Kind.ADDRESS})
_IN_DIGITS: Final = frozenset({Kind.PHONE, Kind.ACCOUNT, Kind.IDENTITY})


def publish(session: Session, ticket: Ticket, part: Part) -> None:
    """Make the public copy of a part's answer anew: after an answer, and when less may be public than before."""
    part.public_answer = for_everybody(ticket, part.answer, _written(session, ticket, part)) if part.answer else ""


def of_message(session: Session, ticket: Ticket, text: str) -> str:
    """What was told about a ticket, as everybody may read it; '' for a sealed one."""
    if ticket.tier is Tier.SEALED:
        return ""
    said = session.execute(select(col(Part.answer_facts)).where(col(Part.ticket_id) == ticket.id)).scalars()
    replies = [reply for facts in said for reply in (facts or {}).get("replies", ())]
    return for_everybody(ticket, text, [*_by_business(session, ticket), *replies])


def without_staff(session: Session, text: str) -> str:
    """What was told to staff without the names of staff: the public reads of offices, not of officials (7.3)."""
    people = (session.execute(select(column)).scalars() for column in (col(Officer.name), col(Account.full_name)))
    return redaction.without(text, {name for names in people for name in names})


def for_everybody(ticket: Ticket, answer: str, written: Iterable[str]) -> str:
    """`answer` without what the business `written` privately, nor its name where that is not public."""
    own = {_same(mask, text) for text in written for mask in redaction.find(text)}
    wanted = ticket.masks.get("shown", ())
    shown = [
        answer[mask.start : mask.end]
        for mask in redaction.find(answer)
        if answer[mask.start : mask.end] in wanted
        or (mask.kind not in _NEVER_OF_AN_OFFICE and _same(mask, answer) not in own)
    ]
    hidden = [*ticket.masks.get("hidden", ())]
    if ticket.business_name and ticket.tier is not Tier.PUBLIC:
        hidden.append(ticket.business_name)
    return redaction.redact(answer, shown=shown, hidden=hidden)


def _written(session: Session, ticket: Ticket, part: Part) -> list[str]:
    return [*_by_business(session, ticket), *part.answer_facts.get("replies", ())]


def _by_business(session: Session, ticket: Ticket) -> list[str]:
    added = session.execute(select(col(Addition.text)).where(col(Addition.ticket_id) == ticket.id)).scalars()
    return [ticket.description, ticket.contact, *added]


def _same(mask: Mask, text: str) -> str:
    """The piece as it is compared: a number by its digits, however they are grouped."""
    piece = text[mask.start : mask.end]
    return "".join(filter(str.isdigit, piece)) if mask.kind in _IN_DIGITS else plain(piece)
