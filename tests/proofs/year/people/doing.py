"""How things are done: acts by their name, each by the verbs of the service.

The one rule: an act changes nothing but the database; what follows from it (who acts next, and when) comes back as
new acts, and counts only when the transaction went through.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from tests.proofs.year.people.world import Act, Next, World
from zalobot import reference
from zalobot.errors import PastHorizon, Refused
from zalobot.store.models import Officer, Role

Does = Callable[[Session, World, Act, datetime], Next]
DOES: dict[str, Does] = {}


def does(what: str) -> Callable[[Does], Does]:
    """Enter what is done under a name."""

    def enter(function: Does) -> Does:
        DOES[what] = function
        return function

    return enter


def at_work(session: Session, now: datetime, hours: float) -> datetime:
    """So many working hours later, a little after; with no calendar, so many hours."""
    calendar = reference.current(session).calendar
    try:
        return calendar.add_working(calendar.next_working_moment(now), timedelta(hours=hours) + timedelta(seconds=31))
    except PastHorizon:
        return now + timedelta(hours=hours)


def officer_of(session: Session, act: Act) -> Officer:
    """The row of who acts."""
    found = session.get(Officer, act.who)
    if found is None or not found.active:
        raise Refused("left_meanwhile")
    return found


def a_coordinator(session: Session, world: World) -> Officer:
    """Any of the coordinators at work."""
    return officer_of(session, Act("", who=world.chance.choice(world.of(Role.COORDINATOR)).id))
