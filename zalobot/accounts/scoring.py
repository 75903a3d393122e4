"""A leader's opinion of an answer, by one tap.

The one rule: it is of the answer that was on the screen; where a newer clock runs, there is nothing to score any more.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.models import Account, AccountRole, AnswerScore, Part, Score


def score(session: Session, account_id: str, code: str, wanted: Score, now: datetime) -> None:
    """Keep it; a second tap replaces the first. A head sees, and scores, the own agency's answers alone.

    Raises Refused where there is no such part for them, or no answer.
    """
    part = session.exec(select(Part).where(col(Part.code) == code)).one_or_none()
    account = session.get(Account, account_id)
    if part is None or account is None or (account.role is AccountRole.HEAD and part.agency != account.agency):
        raise Refused("no_such_part", code=code)
    if part.answered_at is None:
        raise Refused("not_answered_yet", part=part.code)
    session.merge(AnswerScore(part_id=part.id, clock=part.clock, account_id=account.id, score=wanted, at=now))
    log.note(session, "answer_scored", account, now, part=part.code, clock=part.clock, score=str(wanted))
