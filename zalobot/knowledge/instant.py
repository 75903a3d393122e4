"""What came of answers that the machine showed at once.

The one rule: they are counted apart from what humans answer, and say nothing of who asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot.knowledge.searching import Answer
from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import InstantAnswer, Liked

_insert = InstantAnswer.__table__.insert()  # type: ignore[attr-defined]


def noted(answer: Answer) -> dict[str, Any]:
    """An answer as a conversation remembers it: as it was shown."""
    return {
        "key": answer.key,
        "answer": answer.answer,
        "agency": answer.agency,
        "source": answer.source,
        "on": answer.on.isoformat(),
        "ticket": answer.link,
        "confidence": round(answer.confidence, 3),
    }


def record(session: Session, shown: Mapping[str, Any], *, right: bool, now: datetime) -> None:
    """Keep what somebody said to an answer that was shown."""
    row = {
        "id": new_id(),
        "shown_key": shown["key"],
        "agency": shown["agency"],
        "confidence": shown["confidence"],
        "liked": Liked.RIGHT if right else Liked.WRONG,
        "shown_at": now,
    }
    later(session, _insert, row)


def counted(session: Session, since: datetime) -> dict[Liked, int]:
    """How many answers shown since then were what was asked for, and how many were not."""
    query = select(col(InstantAnswer.liked), func.count()).where(col(InstantAnswer.shown_at) >= since)
    found = {row[0]: int(row[1]) for row in session.execute(query.group_by(col(InstantAnswer.liked)))}
    return {liked: found.get(liked, 0) for liked in Liked}
