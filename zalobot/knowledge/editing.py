"""The knowledge base edited on the console: an entry saved, looked at again, retired.

The one rule: an edit names the version it was made on, and every version says whose it is.
"""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import reference
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.knowledge import keeping
from zalobot.pack_knowledge import KnownAnswer
from zalobot.store.ids import new_id
from zalobot.store.models import Account, InstantAnswer, KnowledgeEntry, Liked
from zalobot.store.types import storable
from zalobot.vietnamese import fold
from zalobot.workdays import LOCAL

QUESTION, ANSWER, SOURCE, QUESTIONS = 300, 4000, 500, 20
FURTHEST: Final = 3 * 366  # days until the next review, at most
_KEY: Final = 48


def add(session: Session, answer: KnownAnswer, now: datetime, *, by: Account) -> str:
    """A new entry, its key made from its first question; gives back the key. Raises Refused as `save`."""
    tidy = _tidy(session, answer, now)
    key = re.sub(r"[^a-z0-9]+", "-", fold(tidy.questions[0]))[:_KEY].strip("-") or "muc"
    if keeping.find(session, key) is not None:
        key = f"{key}-{new_id()[-6:].lower()}"
    keeping.add(session, replace(tidy, key=key), by.id, now)
    log.note(session, "knowledge_added", by, now, key=key)
    return key


def save(session: Session, answer: KnownAnswer, seen: int, now: datetime, *, by: Account) -> None:
    """Change an entry (a retired one is shown again).

    Raises Refused: `knowledge_question`, `knowledge_answer`, `no_source`, `knowledge_review` (not ahead, or more than
    three years), `no_such_topic`, `no_such_agency`; `knowledge_changed`, `no_such_knowledge`.
    """
    if keeping.change(session, _tidy(session, answer, now), by.id, now, seen=seen) is not None:
        log.note(session, "knowledge_changed", by, now, key=answer.key)


def look_again(session: Session, key: str, review: date, seen: int, now: datetime, *, by: Account) -> None:
    """It still holds: it may be shown until the next review. Raises Refused as `save`."""
    entry = keeping.find(session, key)
    if entry is None:
        raise Refused("no_such_knowledge", key=key)
    save(session, replace(keeping.known(entry), review=review), seen, now, by=by)


def retire(session: Session, key: str, seen: int, now: datetime, *, by: Account) -> None:
    """Show it to nobody any more. Raises Refused: `knowledge_changed`, `no_such_knowledge`."""
    keeping.retire(session, key, by.id, now, seen=seen)
    log.note(session, "knowledge_retired", by, now, key=key)


def liked(session: Session) -> dict[str, tuple[int, int]]:
    """How often each entry was shown and judged, and how often it was the right one."""
    right = func.count().filter(col(InstantAnswer.liked) == Liked.RIGHT)
    query = select(col(InstantAnswer.shown_key), func.count(), right).group_by(col(InstantAnswer.shown_key))
    return {key: (shown, good) for key, shown, good in session.execute(query)}


def versions(session: Session, entry: KnowledgeEntry) -> list[tuple[int, datetime, str, str]]:
    """What it was, the newest first: version, when, who made it so (a name, or "pack"), the answer then."""
    kept = keeping.versions(session, entry)
    ids = {row.made_by for row in kept}
    named = select(col(Account.id), col(Account.full_name)).where(col(Account.id).in_(ids))
    names = {row[0]: row[1] for row in session.execute(named)}
    return [(row.version, row.made_at, names.get(row.made_by, row.made_by), row.data["answer"]) for row in kept]


def _tidy(session: Session, answer: KnownAnswer, now: datetime) -> KnownAnswer:
    here, today = reference.current(session), now.astimezone(LOCAL).date()
    questions = dict.fromkeys(line for one in answer.questions if (line := " ".join(storable(one).split())[:QUESTION]))
    tidy = replace(
        answer,
        questions=tuple(questions)[:QUESTIONS],
        answer=storable(answer.answer).strip()[:ANSWER],
        source=" ".join(storable(answer.source).split())[:SOURCE],
    )
    for missing, reason in (
        (not tidy.questions, "knowledge_question"),
        (not tidy.answer, "knowledge_answer"),
        (not tidy.source, "no_source"),
        (not 0 < (tidy.review - today).days <= FURTHEST, "knowledge_review"),
        (tidy.topic not in here.topics, "no_such_topic"),
        (tidy.agency not in here.working_agencies, "no_such_agency"),
    ):
        if missing:
            raise Refused(reason)
    return tidy
