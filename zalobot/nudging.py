"""A draft left alone for a day is asked about, once, unless its owner wants no notices.

The one rule: time throws nothing of it away.
"""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import consents, conversations, reference, templating
from zalobot.drafts import DraftFacts
from zalobot.flows import report_issue
from zalobot.store.models import Conversation, Purpose
from zalobot.tickets import telling
from zalobot.workdays import LOCAL

FROM, UNTIL = 8, 20  # local hours in which a business is reminded of its own draft


def nudge(session: Session, now: datetime, limit: int = 200) -> int:
    """Ask the owners of old drafts whether they want to go on; gives back how many were asked."""
    if not FROM <= now.astimezone(LOCAL).hour < UNTIL:
        return 0
    query = select(col(Conversation.person_id)).where(col(Conversation.nudge_at) <= now).limit(limit)
    people = list(session.execute(query).scalars())
    if not people:
        return 0
    asked = 0
    for talk in conversations.load(session, people, now, skip_locked=True).values():
        if talk.nudge_at is None or talk.nudge_at > now:
            continue
        talk.nudge_at = None
        wanted = not consents.refused(talk, Purpose.NOTICES)
        if wanted and talk.flow == report_issue.NAME and talk.answers.get("description"):
            said = templating.render("report_issue/nudge", draft=DraftFacts(talk.answers, reference.current(session)))
            telling.push(session, talk.person_id, said, None, now)
            asked += 1
        conversations.save(session, talk, now)
    return asked
