"""Writing down what became of rows: by Zalo's answer, by its echo, by its receipts.

The one rule: what is sent stays sent; no later word undoes it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.outbox.leaving import Leaving, Outcome
from zalobot.store.bulk import update_rows
from zalobot.store.ids import new_id
from zalobot.store.models import Attempt, Channel, OutboxMessage, OutboxState, Reach
from zalobot.store.types import storable, word
from zalobot.zalo.messages import Outgoing

_table = OutboxMessage.__table__  # type: ignore[attr-defined]
_OPEN = (OutboxState.SENDING, OutboxState.UNKNOWN)
_attempt, _reach = Attempt.__table__, Reach.__table__  # type: ignore[attr-defined]
_bar_chat = insert(_reach)
_bar_chat = _bar_chat.on_conflict_do_update(
    index_elements=["person_id"],
    set_={name: _bar_chat.excluded[name] for name in ("refused_at", "refused_code")},
)


def settle(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down how attempts ended; a row that Zalo's echo settled meanwhile stays as it is."""
    sent = [outcome for outcome in outcomes if outcome.state is OutboxState.SENT]
    if sent:
        rows = [{"id": outcome.id, "message_id": outcome.message_id} for outcome in sent]
        update_rows(session, _table, rows, state=OutboxState.SENT, sent_at=now, error_code=None, error=None)
    if any(outcome.tried is not None for outcome in outcomes):
        _remember(session, outcomes, now)
    for outcome in outcomes:
        if outcome.state is OutboxState.SENT:
            continue
        values: dict[str, Any] = {
            "state": outcome.state,
            "error_code": outcome.error_code,
            "error": storable(outcome.error) if outcome.error else None,
        }
        if outcome.not_before is not None:
            values["not_before"] = outcome.not_before
        if outcome.outgoing is not None:
            values["body"] = outcome.outgoing.to_json()
        if outcome.channel is not None:
            values["channel"] = outcome.channel
        if outcome.doubted:
            values["doubts"] = _table.c.doubts + 1
        still = [_table.c.id == outcome.id, _table.c.state != OutboxState.SENT]
        if outcome.attempt is not None:
            still += [_table.c.attempts == outcome.attempt, _table.c.state.in_(_OPEN)]
        session.execute(update(_table).where(*still).values(**values))


def _remember(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Leave the attempts behind that are to be remembered, and whom the chat is closed to."""
    rows = [
        {
            "id": new_id(),
            "outbox_id": outcome.id,
            "channel": outcome.tried.channel,
            "at": now,
            "code": outcome.tried.code,
            "message_id": outcome.message_id,
            "price": outcome.tried.price,
        }
        for outcome in outcomes
        if outcome.tried is not None
    ]
    if rows:
        session.execute(_attempt.insert(), rows)
    for outcome in outcomes:
        if outcome.tried is not None and outcome.tried.bars_chat:
            person = session.execute(select(_table.c.person_id).where(_table.c.id == outcome.id)).scalar()
            if person:
                row = {"person_id": person, "refused_at": now, "refused_code": outcome.tried.code}
                session.execute(_bar_chat, row)


def echoed(session: Session, person_id: str, message_id: str, text: str, now: datetime) -> bool:
    """Zalo's echo says that a message left: settles the oldest unsettled row with these words. False: none is ours."""
    if session.execute(select(_table.c.id).where(_table.c.message_id == message_id)).first():
        return True
    query = (
        select(_table.c.id, _table.c.body)
        .where(_table.c.person_id == person_id, _table.c.state.in_((*_OPEN, OutboxState.UNCLEAR)))
        .order_by(_table.c.id)
    )
    for row in session.execute(query):
        if same_words(Outgoing.from_json(row.body), text):
            settle(session, [Outcome(row.id, OutboxState.SENT, message_id)], now)
            return True
    return False


def echoed_template(session: Session, person_id: str, message_id: str, now: datetime) -> bool:
    """The echo of a template, which shows none of our words: settles the oldest unsettled one to this person."""
    return _settle_oldest(session, message_id, now, _table.c.person_id == person_id, _by(Channel.ZBS_UID))


def tracked(session: Session, key: str, message_id: str, now: datetime) -> bool:
    """The receipt of a template by phone brings back the key that went with it: that row has arrived."""
    return _settle_oldest(session, message_id, now, _table.c.id == key, _by(Channel.ZBS_PHONE))


def _by(channel: Channel) -> ColumnElement[bool]:
    found: ColumnElement[bool] = _table.c.channel == word(channel)
    return found


def _settle_oldest(session: Session, message_id: str, now: datetime, *which: ColumnElement[bool]) -> bool:
    if session.execute(select(_table.c.id).where(_table.c.message_id == message_id)).first():
        return True
    unsettled = select(_table.c.id).where(_table.c.state.in_((*_OPEN, OutboxState.UNCLEAR)), *which)
    key = session.execute(unsettled.order_by(_table.c.id).limit(1)).scalar()
    if key is not None:
        settle(session, [Outcome(key, OutboxState.SENT, message_id)], now)
    return key is not None


def same_words(outgoing: Outgoing, text: str) -> bool:
    """Whether Zalo's copy of a text is this message (it may trim and fold white space), with or without its buttons."""
    said = " ".join(text.split())
    return said in (" ".join(outgoing.text.split()), " ".join(outgoing.written_out.split()))


def arrived(session: Session, message_ids: Sequence[str], *, seen: bool, at: datetime) -> None:
    """A receipt: the phone has, or the person has seen, these messages. The first instant stays."""
    column = _table.c.seen_at if seen else _table.c.delivered_at
    session.execute(
        update(_table).where(_table.c.message_id.in_(message_ids), column.is_(None)).values({column.name: at})
    )


def holders(session: Session, before: datetime) -> set[str]:
    """The processes that hold rows which they began to send before that instant."""
    query = select(_table.c.sending_by).where(
        _table.c.state == word(OutboxState.SENDING), _table.c.sending_since <= before
    )
    return {holder or "" for holder in session.execute(query.distinct()).scalars()}


def unsettled(
    session: Session, now: datetime, before: datetime, left_by: Collection[str], stale: datetime, limit: int = 50
) -> list[Leaving]:
    """Rows whose attempt began before that instant, whose outcome nobody knows, and which may be asked about now.

    Among them those still sending that were left by the processes `left_by`, or began before `stale`.
    """
    query = (
        select(_table)
        .where(
            _table.c.sending_since <= before,
            or_(
                and_(_table.c.state == word(OutboxState.UNKNOWN), _table.c.not_before <= now),
                and_(
                    _table.c.state == word(OutboxState.SENDING),
                    or_(func.coalesce(_table.c.sending_by, "").in_(left_by), _table.c.sending_since <= stale),
                ),
            ),
        )
        .order_by(_table.c.not_before, _table.c.id)
        .limit(limit)
    )
    return [
        Leaving(
            row.id,
            row.person_id,
            Outgoing.from_json(row.body),
            row.attempts,
            row.sending_since,
            row.channel,
            doubts=row.doubts,
            error_code=row.error_code,
        )
        for row in session.execute(query)
    ]


def known_ids(session: Session, message_ids: Sequence[str]) -> set[str]:
    """Those of Zalo's message ids that already belong to a row."""
    return set(session.execute(select(_table.c.message_id).where(_table.c.message_id.in_(message_ids))).scalars())
