"""What no channel can carry waits for its person, and is said when they next write: in order, before anything new.

The one rule: a row is parked only while its person has not written since the choice was made; the person's own row is
locked while that is looked at, so that a word said at the same moment finds it or prevents it.
"""

from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import templating
from zalobot.channel_policy import policy
from zalobot.conversations import Talk
from zalobot.outbox.check_codes import SEPARATOR
from zalobot.store.models import Channel, Conversation, OutboxMessage, OutboxState, Person, Priority, Reach
from zalobot.zalo.messages import MOST_BUTTONS, TEXT_LIMIT, Outgoing
from zalobot.zalo.splitting import units

TOO_OLD = "too old to be said"
_reach = Reach.__table__  # type: ignore[attr-defined]
_waits = insert(_reach)
_waits = _waits.on_conflict_do_update(
    index_elements=["person_id"],
    set_={"waiting_since": _waits.excluded.waiting_since},
    where=_reach.c.waiting_since.is_(None),
)


def park(session: Session, row: OutboxMessage, wrote: datetime | None, why: str, now: datetime) -> None:
    """Let a row wait for its person; where they have written since `wrote`, let it be chosen for anew at once."""
    session.execute(select(col(Person.id)).where(col(Person.id) == row.person_id).with_for_update())
    heard = select(col(Conversation.last_interaction_at)).where(col(Conversation.person_id) == row.person_id)
    row.attempts -= 1  # nothing was called
    if session.execute(heard).scalar() != wrote:
        row.state, row.not_before = OutboxState.QUEUED, now
        return
    row.state, row.channel, row.error = OutboxState.WAITING, Channel.WAIT, why
    session.execute(_waits, {"person_id": row.person_id, "waiting_since": now})


def release(session: Session, talk: Talk, now: datetime) -> None:
    """The person has written: what waits for them leaves now, before the reply; what has become pointless does not."""
    rows = _waiting(session, talk.person_id)
    keeps = policy().keeps
    fresh = [row for row in rows if row.created_at > now - keeps[Priority(row.priority)]]
    for row in rows:
        if row not in fresh:
            row.state, row.error = OutboxState.RESOLVED, TOO_OLD
    carriers = merged(fresh, _carriers(session, fresh)) if len(fresh) >= policy().merge_from else fresh
    for row in carriers:
        row.state, row.channel, row.not_before, row.anew_at = OutboxState.QUEUED, Channel.CS, now, now
    session.flush()
    session.execute(update(Reach).where(col(Reach.person_id) == talk.person_id).values(waiting_since=None))
    talk.waiting = False


def merged(rows: Sequence[OutboxMessage], introduced: Set[str] = frozenset()) -> list[OutboxMessage]:
    """As few messages as carry all these words whole and in order; the others point to the one they went with.

    The first says how many they are, but for those `introduced`, which say it since an earlier time.
    """
    intro = templating.render("common/waited", waiting=len(rows)).into(rows[-1].language).text
    carriers: list[OutboxMessage] = []
    for row in rows:
        outgoing = Outgoing.from_json(row.body)
        if carriers and (both := _joined(Outgoing.from_json(carriers[-1].body), outgoing)):
            carriers[-1].body = both.to_json()
            row.state, row.merged_into = OutboxState.MERGED, carriers[-1].id
            continue
        first = not carriers and row.id not in introduced
        if first and outgoing.text and units(f"{intro}\n\n{outgoing.text}") <= TEXT_LIMIT:
            row.body = Outgoing(f"{intro}\n\n{outgoing.text}", outgoing.buttons).to_json()
        carriers.append(row)
    return carriers


def _joined(first: Outgoing, second: Outgoing) -> Outgoing | None:
    """Both in one message; None where it would be too long, or one of them is more than words and buttons."""
    text = f"{first.text}{SEPARATOR}{second.text}"
    words_only = all(Outgoing(one.text, one.buttons) == one and one.text for one in (first, second))
    buttons = tuple(dict.fromkeys((*first.buttons, *second.buttons)))
    if not words_only or units(text) > TEXT_LIMIT or len(buttons) > MOST_BUTTONS:
        return None
    return Outgoing(text, buttons)


def _carriers(session: Session, rows: Sequence[OutboxMessage]) -> set[str]:
    """Those that already carry others: they were released before, and refused."""
    query = select(col(OutboxMessage.merged_into)).where(col(OutboxMessage.merged_into).in_([row.id for row in rows]))
    return {key for key in session.execute(query).scalars() if key}


def _waiting(session: Session, person_id: str) -> list[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .where(col(OutboxMessage.person_id) == person_id, col(OutboxMessage.state) == OutboxState.WAITING)
        .order_by(col(OutboxMessage.id))
        .with_for_update()
    )
    return list(session.execute(query).scalars())
