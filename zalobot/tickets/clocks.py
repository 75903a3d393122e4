"""A part's clock: when its ladder has something to say next, and the receipts of its due times.

The one rule: the row is the schedule; `remind_at` is worked out whenever the due time or the holder's doing changes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from zalobot import ladder
from zalobot.deadlines import count, wait
from zalobot.errors import PastHorizon
from zalobot.receipt import Receipt, Wait
from zalobot.rules import RuleVersion
from zalobot.store.database import later
from zalobot.store.ids import new_id
from zalobot.store.models import DeadlineReceipt, Part
from zalobot.workdays import WorkCalendar

PAUSED, PAST_HORIZON = "paused", "past_horizon"  # struck_reason, where it is not the words of a change of the calendar

_insert = DeadlineReceipt.__table__.insert()  # type: ignore[attr-defined]


def counted(
    received: datetime, rule: RuleVersion, klass: str, calendar: WorkCalendar, waits: Sequence[Wait] = ()
) -> Receipt | None:
    """How the due time of a clock started at `received` is counted, with the pauses there were.

    None past the known days: no date is promised.
    """
    try:
        receipt = count(received, rule, klass, calendar)
        for pause in waits:
            receipt = wait(receipt, pause.start, pause.end, calendar)
        return receipt
    except PastHorizon:
        return None


def next_reminder(part: Part, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """When the ladder has something to say of this part after `now`; None without a due time or past the known days."""
    idle = part.accepted_at is None
    return look_again(part.clock_started_at, part.due_at, part.klass, calendar, now, idle=idle)


def look_again(
    started: datetime, due: datetime | None, klass: str, calendar: WorkCalendar, now: datetime, *, idle: bool = True
) -> datetime | None:
    """The same for a part that is not a row yet: a clock started at `started`, due at `due`."""
    if due is None:
        return None
    return ladder.latest(ladder.plan(started, due, klass, calendar), now, due, calendar, idle=idle).next_at


class Clocked(Protocol):
    """A part, or as much of it as its receipt names."""

    @property
    def id(self) -> str: ...
    @property
    def clock(self) -> int: ...


def keep_receipt(session: Session, part: Clocked, receipt: Receipt, now: datetime, *, struck: str = "") -> None:
    """Keep how the part's due time was counted; with `struck` it is kept as one that no longer holds."""
    row = {
        "id": new_id(),
        "part_id": part.id,
        "clock": part.clock,
        "due_at": receipt.due,
        "data": receipt.to_json(),
        "made_at": now,
        "struck_at": now if struck else None,
        "struck_reason": struck,
    }
    later(session, _insert, row)
