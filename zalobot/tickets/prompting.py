"""Prompting members of staff beside the ladder: what waits for a coordinator, and what has waited too long for one.

The one rule: nobody gets more than two pushes a day, one of which before 08:00 is kept for the digest; whoever has had
theirs reads it in the next digest. Who is away has a deputy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zalobot import ladder, pushes, reference
from zalobot.errors import PastHorizon
from zalobot.store.models import Officer, Priority
from zalobot.templating import Rendered
from zalobot.tickets import absences, pushing


@dataclass(frozen=True, slots=True)
class Mark:
    """What a prompt was about, as the reminder ledger keeps it; `part_id` is empty where it is of no part."""

    part_id: str
    step: str
    at: datetime


def may(session: Session, now: datetime) -> bool:
    """Whether it is working time, in which alone anybody is prompted."""
    try:
        return reference.fresh(session).calendar.is_working_time(now)
    except PastHorizon:
        return False


def prompt(
    session: Session,
    people: Sequence[Officer],
    said: Rendered,
    marks: Sequence[Mark],
    now: datetime,
    *,
    ticket_id: str | None = None,
) -> int:
    """Push one message to those of these people who may still get one today; gives back to how many."""
    present = absences.present(session, people, now)
    told = pushes.told_today(session, [one.officer.id for one in present], now) if present else {}
    most = pushes.most(now, ladder.this_morning(now, reference.current(session).calendar))
    count = 0
    for one in present:
        person_id = one.officer.person_id
        if told.get(one.officer.id, 0) >= most or not person_id:
            continue
        words = one.words(said)
        key = pushing.push(session, person_id, words, now, priority=Priority.REMINDER, ticket_id=ticket_id)
        for mark in marks:
            pushes.take(session, mark.part_id, mark.step, mark.at, one.officer.id, key, now)
        count += 1
    return count
