"""The short code by which anybody can see whether a message is ours.

The one rule: it tells nothing and cannot be guessed (30¹⁰ of them): whoever has it has the message.
"""

import secrets

from sqlmodel import Session, col, select

from zalobot.store.models import OutboxMessage

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


def left(session: Session, code: str) -> list[OutboxMessage]:
    """The rows of the message with this code, in their order: only what has really left."""
    query = select(OutboxMessage).where(col(OutboxMessage.check_code) == code, col(OutboxMessage.sent_at).is_not(None))
    return list(session.exec(query.order_by(col(OutboxMessage.id))))
