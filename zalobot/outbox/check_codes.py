"""The short code by which anybody can see whether a message is ours.

The one rule: it tells nothing and cannot be guessed (30¹⁰ of them): whoever has it has the message.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from zalobot.store.models import Channel, OutboxMessage, OutboxState

SEPARATOR = "\n\n———\n\n"  # between messages that waited and leave as one

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
_LENGTH = 10


def new_code() -> str:
    """A code as it is written: `7KQ2M-XW4TB`."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return f"{drawn[:5]}-{drawn[5:]}"


def proper(typed: str) -> str:
    """The code somebody typed in some way; '' for what cannot be one."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{plain[:5]}-{plain[5:]}" if len(plain) == _LENGTH and set(plain) <= set(_LETTERS) else ""


@dataclass(frozen=True, slots=True)
class Left:
    """A message that left: its own words, also where they went in one message with others, and by which way."""

    text: str
    sent_at: datetime
    ticket_id: str | None
    template: str
    channel: Channel


def left(session: Session, code: str) -> Left | None:
    """The message with this code, if it has really left."""
    rows = list(session.exec(_with(col(OutboxMessage.check_code) == code)))
    carrier = _carrier(session, rows[-1]) if rows else None  # the last one carries the code
    if carrier is None or carrier.sent_at is None:
        return None
    text = "\n".join(_own_words(session, row) for row in rows)
    return Left(text, carrier.sent_at, rows[0].ticket_id, rows[0].template, carrier.channel)


def _carrier(session: Session, row: OutboxMessage) -> OutboxMessage | None:
    """The message that its words left with: mostly itself."""
    while row.state is OutboxState.MERGED and row.merged_into:
        carrier = session.get(OutboxMessage, row.merged_into)
        if carrier is None:
            return None
        row = carrier
    return row


def _own_words(session: Session, row: OutboxMessage) -> str:
    """The words of a row without those of other messages that went with it."""
    text = str(row.body.get("text", ""))
    for other in session.exec(_with(col(OutboxMessage.merged_into) == row.id)):
        text = text.replace(SEPARATOR + str(other.body.get("text", "")), "")
    return text


def _with(condition: ColumnElement[bool]) -> SelectOfScalar[OutboxMessage]:
    return select(OutboxMessage).where(condition).order_by(col(OutboxMessage.id))
