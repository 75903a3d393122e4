"""What happens in the house: people leave and are away, agencies are merged, days change."""

from datetime import date, datetime

from sqlmodel import Session

from tests.proofs.year.people.doing import does, officer_of
from tests.proofs.year.people.world import Act, Next, World
from tests.proofs.year.walls import Change, local
from zalobot import outbox
from zalobot.calendars import change_days
from zalobot.tickets import absences, succeeding
from zalobot.tickets.record import Actor


@does("leave")
def _leave(session: Session, world: World, act: Act, now: datetime) -> Next:
    officer_of(session, act).active = False
    return []


@does("absent")
def _absent(session: Session, world: World, act: Act, now: datetime) -> Next:
    deputy, first, last = act.more
    absences.set_absence(session, act.who, deputy, date.fromisoformat(first), date.fromisoformat(last), now)
    return []


@does("succeed")
def _succeed(session: Session, world: World, act: Act, now: datetime) -> Next:
    old, new = act.more
    succeeding.succeed(session, old, new, "Quyết định 99/QĐ-UBND", local(now).date(), now)
    return []


def enter_change(session: Session, change: Change, now: datetime) -> None:
    """A late change of the calendar, by its verb."""
    change_days(session, change.verb_days(), change.source, Actor("qt", "admin"), now, until=change.until)


@does("seen")
def _seen(session: Session, world: World, act: Act, now: datetime) -> Next:
    """Zalo says that these messages were looked at."""
    outbox.arrived(session, act.more, seen=True, at=now)
    return []
