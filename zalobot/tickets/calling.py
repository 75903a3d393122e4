"""A person asks for a human: the coordinators are told, the console lists them, and they hear when to expect somebody.

The one rule: while a member of staff talks to somebody the bot says nothing to them, and keeps what is written.
"""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot import conversations, outbox, reference, spoken, templating
from zalobot.conversations import Talk
from zalobot.errors import PastHorizon
from zalobot.store.models import LiveChat, Role
from zalobot.tickets import adding, finding, pushing, telling

QUIET = "quiet"  # session.info: how long after the last word of a member of staff the bot speaks again by itself
HALF_AN_HOUR = timedelta(minutes=30)
_chat = LiveChat.__table__  # type: ignore[attr-defined]
_asks = insert(_chat)
_asks = _asks.on_conflict_do_update(
    index_elements=["person_id"],
    set_={"asked_at": _asks.excluded.asked_at, "held_by": None, "held_since": None, "version": _chat.c.version + 1},
    where=_chat.c.asked_at.is_(None),
)
_comes = insert(_chat)
_comes = _comes.on_conflict_do_update(index_elements=["person_id"], set_={"asked_at": None})


def call_person(session: Session, talk: Talk, now: datetime) -> bool:
    """Tell the coordinators that somebody wants a human; True in working time, when one can come at once."""
    session.execute(_asks, {"person_id": talk.person_id, "asked_at": now, "version": 1})
    said, hold = templating.render("not_understood/staff_called", person=talk), telling.until_working_time(session, now)
    for coordinator in finding.staff(session, (Role.COORDINATOR,)):
        if coordinator.person_id:
            pushing.push(session, coordinator.person_id, said, now, hold=hold)
    try:
        return reference.fresh(session).calendar.is_working_time(now)
    except PastHorizon:
        return False


def take_over(session: Session, person_id: str, at: datetime, now: datetime) -> None:
    """A member of staff talks to this person since `at`: the bot is silent until it is given back, or they have been
    silent themselves for the set time."""
    quiet: timedelta = session.info.get(QUIET, HALF_AN_HOUR)
    talk = conversations.of(session, person_id, now)
    until = at + quiet
    if talk.with_person_until is None or talk.with_person_until < until:
        session.execute(_comes, {"person_id": person_id, "version": 1})
        talk.with_person_until = until
        conversations.save(session, talk, now)


def acknowledge(session: Session, talk: Talk, message_id: str, now: datetime) -> None:
    """Have a person see that their message came while the bot is silent: a sign, one for each word of the staff."""
    if talk.with_person_until is not None:
        quiet: timedelta = session.info.get(QUIET, HALF_AN_HOUR)
        outbox.acknowledge(session, talk.person_id, message_id, talk.with_person_until - quiet, now)


def note(session: Session, person_id: str, speaker: str, text: str, now: datetime) -> None:
    """Keep what is said while a member of staff talks with somebody beside their newest ticket under way, for its
    agencies. `speaker` is "staff" or "business". Where there is no ticket the words stay in the inbox alone."""
    under_way, _ = finding.tickets_around(session, person_id, now)
    if not under_way or not text.strip():
        return
    ticket, _ = finding.locked(session, under_way[0])
    adding.keep(session, ticket, person_id, f"{spoken.state('speaker', speaker)}: {text.strip()}", now)


def give_back(session: Session, person_id: str, now: datetime) -> bool:
    """The member of staff is done: the bot speaks again, and says so. False where nobody had taken over."""
    talk = conversations.of(session, person_id, now)
    if talk.with_person_until is None or talk.with_person_until <= now:
        return False
    talk.with_person_until = None
    session.execute(_chat.delete().where(_chat.c.person_id == person_id))
    conversations.save(session, talk, now)
    outbox.enqueue(session, person_id, templating.render("common/given_back"), now=now)
    return True
