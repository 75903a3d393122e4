"""Answers an agency keeps for the next like question, and answers given before to one.

The one rule: a kept answer is a beginning: it is put into the form, read, changed and sent by a person. What was said
to another business is shown only as everybody may read it: masked, and nothing of a sealed ticket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlmodel import Session, col

from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Officer, Part, SavedAnswer, Ticket, Tier, Verdict
from zalobot.vietnamese import token_set

MOST: Final = 100  # an agency keeps
LOOKED_AT: Final = 200  # of the newest tickets on a topic
SHOWN: Final = 3
NEAR: Final = 0.12  # of the words and pairs of both
_BEFORE: Final[tuple[Any, ...]] = (
    col(Part.id),
    col(Part.code),
    col(Part.agency),
    col(Part.public_answer),
    col(Part.answered_at),
    col(Part.verdict),
    col(Ticket.title),
    col(Ticket.public_text),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that can be put into the form. `verdict` and `code` are of one given before, '' of a saved one."""

    id: str
    title: str
    fields: Mapping[str, str]
    code: str = ""
    agency: str = ""
    verdict: str = ""
    at: datetime | None = None


def save(session: Session, title: str, fields: Mapping[str, str], officer: Officer, now: datetime) -> SavedAnswer:
    """Keep an answer for the agency. Raises Refused: reason_missing where it has no title or no words."""
    if not title.strip() or not fields.get("text", "").strip():
        raise Refused("reason_missing")
    kept = {name: text for name, text in fields.items() if text.strip()}
    made = SavedAnswer(
        id=new_id(),
        agency=officer.agency,
        title=title.strip()[:200],
        fields=kept,
        officer_id=officer.id,
        made_at=now,
    )
    session.add(made)
    return made


def remove(session: Session, saved_id: str, officer: Officer, _now: datetime) -> None:
    """Drop one of the agency's own."""
    mine = (col(SavedAnswer.id) == saved_id, col(SavedAnswer.agency) == officer.agency)
    session.execute(delete(SavedAnswer).where(*mine))


def of_agency(session: Session, agency: str) -> list[Kept]:
    """What the agency keeps, by title."""
    query = select(SavedAnswer).where(col(SavedAnswer.agency) == agency).order_by(col(SavedAnswer.title)).limit(MOST)
    return [Kept(one.id, one.title, _words(one.fields), at=one.made_at) for one in session.execute(query).scalars()]


def answered_before(session: Session, ticket_id: str, text: str, topic: str) -> list[Kept]:
    """The public answers of the same topic to what says nearly the same, the likest first."""
    newest = (
        select(col(Ticket.id))
        .where(col(Ticket.topic) == topic, col(Ticket.tier) != Tier.SEALED, col(Ticket.id) != ticket_id)
        .order_by(col(Ticket.id).desc())
        .limit(LOOKED_AT)
    )
    query = (
        select(*_BEFORE)
        .join(Ticket, col(Ticket.id) == col(Part.ticket_id))
        .where(col(Part.ticket_id).in_(newest), col(Part.answered_at).is_not(None))
        .order_by(col(Part.answered_at).desc())
    )
    said = token_set(text)
    near = sorted(((_likeness(said, row.public_text), row) for row in session.execute(query)), key=lambda one: -one[0])
    return [_kept(row) for likeness, row in near[:SHOWN] if likeness >= NEAR]


def _likeness(said: frozenset[str], text: str) -> float:
    words = token_set(text)
    return len(said & words) / (len(said | words) or 1)


def _kept(row: Any) -> Kept:
    return Kept(
        id=row.id,
        title=row.title,
        fields={"text": row.public_answer},
        code=row.code,
        agency=row.agency,
        verdict=str(row.verdict) if row.verdict in set(Verdict) else "",
        at=row.answered_at,
    )


def _words(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if isinstance(text, str)}
