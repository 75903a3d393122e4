"""Rows of every kind that a business leaves behind, and hostile words in every column that holds words.

The one rule: a column is known by its kind, so a new one is filled, too; what is listed is no words.
"""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, String, Text, select, text
from sqlmodel import Session, SQLModel, col

from tests.web import sample
from tests.web.security.place import HOLDER, PART
from tests.web.security.walking import probe
from zalobot.store.ids import new_id
from zalobot.store.models import (
    Addition,
    AnswerDraft,
    Attachment,
    AttachmentState,
    Conversation,
    InboxEvent,
    InboxState,
    LedgerHead,
    LedgerSalt,
    LiveChat,
    OutboxMessage,
    OutboxState,
    Part,
    PartNote,
    Person,
    SavedAnswer,
    Ticket,
    TicketEvent,
)
from zalobot.zalo.messages import Button, Outgoing

PERSON = sample.PRIVATE[2]
WORDS_FROM = 100  # letters: shorter columns hold codes
NO_WORDS = {
    ("account", "password"), ("account", "secret"), ("attachment", "url"), ("attachment", "content_type"),
    ("inbox", "body"), ("inbox", "key"), ("outbox", "template"), ("entry_link", "path"), ("upload", "asset_id"),
    ("ledger_salt", "text"), ("attempt", "message_id"), ("webhook_trouble", "reason"), ("oa_account", "package"),
    ("consent", "verifier"), ("wording_use", "name"), ("oa_token", "access"), ("oa_token", "refresh"),
    ("wording_pending", "name"), ("calendar_paper", "content_type"),
}  # fmt: skip
APPEND_ONLY = ("ticket_event", "wording_version", "admin_event", "ledger_day")
LEAVES = ("conclusion", "basis", "next_step", "contact", "text", "name", "question", "note", "title")


def left_behind(session: Session) -> None:
    """Files, more words, a conversation, a chat that waits, an event that failed, messages that reached nobody."""
    ticket = session.execute(select(Ticket).where(col(Ticket.code) == "QN-2611-00042")).scalar_one()
    common = {"person_id": PERSON, "ticket_id": ticket.id, "created_at": sample.NOW}
    session.add(Person(id=PERSON, created_at=sample.NOW))
    session.flush()
    session.add(
        Conversation(person_id=PERSON, last_interaction_at=sample.NOW, business={"name": "x"}, updated_at=sample.NOW)
    )
    session.flush()
    session.add(LiveChat(person_id=PERSON, asked_at=sample.NOW))
    session.add(Addition(id=new_id(), text="x", **common))
    for kind, url in (("file", "https://f.zdn.vn/a.pdf"), ("link", "https://evil.example/"), ("location", "geo:1,2")):
        values = {"kind": kind, "url": url, "name": "x", "state": AttachmentState.KEPT, "sha256": "a" * 64}
        session.add(Attachment(id=new_id(), try_at=sample.NOW, error="x", **values, **common))
    for state in (OutboxState.FAILED, OutboxState.UNCLEAR, OutboxState.WAITING, OutboxState.SENT):
        words = Outgoing(text=probe(f"outbox.{state}"), buttons=(Button(probe("button", 100), "query", "x"),)).to_json()
        sent = {"state": state, "body": words, "check_code": f"ABCDE-{str(state).upper():.5}".replace("O", "2")}
        more = {"priority": 1, "template": "welcome/menu", "template_version": "1", "not_before": sample.NOW}
        at = sample.NOW if state is OutboxState.SENT else None
        session.add(OutboxMessage(id=new_id(), error="x", error_code=-230, sent_at=at, **sent, **more, **common))
    when = {"at": sample.NOW, "received_at": sample.NOW - timedelta(minutes=3)}
    body = json.dumps({"event_name": "user_send_text", "message": {"text": probe("event")}})
    session.add(InboxEvent(id=new_id(), key="k", person_id=PERSON, name="user_send_text", body=body, error="x",
                           state=InboxState.FAILED, **when))  # fmt: skip
    _said(session, ticket)
    _by_colleagues(session)


def _by_colleagues(session: Session) -> None:
    """A note, a kept answer, a draft: what an agency keeps for itself."""
    part = session.execute(select(Part).where(col(Part.code) == PART)).scalar_one()
    who = {"officer_id": "of-officer.a"}
    session.add(PartNote(id=new_id(), part_id=part.id, agency=HOLDER, text="x", made_at=sample.NOW, **who))
    session.add(SavedAnswer(id=new_id(), agency=HOLDER, title="x", fields={"text": "x"}, made_at=sample.NOW, **who))
    session.add(AnswerDraft(part_id=part.id, fields={"text": "x", "question": "x"}, saved_at=sample.NOW, **who))


def _said(session: Session, ticket: Ticket) -> None:
    """A direction and a reason, as the ledger keeps them."""
    newest = session.execute(select(TicketEvent).order_by(col(TicketEvent.seq).desc())).scalars().first()
    assert newest is not None
    events = (("directed", "direction"), ("declined", "reason"), ("explained", "reason"), ("class_changed", "reason"))
    for place, (kind, name) in enumerate(events, newest.seq + 1):
        data: dict[str, Any] = {"to": "CA", "klass": "hard", "reason": probe(f"event.{kind}.reason")}
        data |= {"why": probe(f"event.{kind}.why"), "new_date": "2026-12-04"}
        session.add(TicketEvent(seq=place, ticket_id=ticket.id, ticket_code=ticket.code, part_number=1, kind=kind,
                                at=sample.NOW, actor_role="leader", agency="SXD", data=data, commitments={},
                                prev_hash="", hash=""))  # fmt: skip
        session.flush()
        session.get_one(LedgerHead, 1).seq = place
        session.add(LedgerSalt(seq=place, name=name, salt="00", text=probe(f"said.{kind}")))


def hostile(session: Session) -> set[str]:
    """Put a probe into every column of every row that holds words; gives back the labels of the columns."""
    session.flush()
    filled = set()
    session.execute(text("UPDATE province SET revision = revision + 1"))
    for table in SQLModel.metadata.sorted_tables:
        if table.name in APPEND_ONLY:
            continue
        values: dict[str, Any] = {}
        for column in table.columns:
            label = f"{table.name}.{column.name}"
            if (table.name, column.name) in NO_WORDS or column.primary_key or column.foreign_keys:
                continue
            kind = getattr(column.type, "impl", column.type)
            if isinstance(kind, (Text, String)) and not hasattr(column.type, "enums"):
                length = getattr(kind, "length", None) or 4000
                if length >= WORDS_FROM:
                    values[column.name] = probe(label, length)
        if values and session.execute(table.update().values(values)).rowcount:  # type: ignore[attr-defined]
            filled |= {f"{table.name}.{name}" for name in values}
        _leaves(session, table)
    return filled


def _leaves(session: Session, table: Any) -> None:
    """The words inside JSON."""
    for column in table.columns:
        if not isinstance(getattr(column.type, "impl", column.type), JSON) or table.name == "outbox":
            continue
        key = next(iter(table.primary_key.columns))
        for identity, value in session.execute(select(key, column)).all():
            changed = _within(value, f"{table.name}.{column.name}")
            if changed != value:
                session.execute(table.update().where(key == identity).values({column.name: changed}))


def _within(value: Any, label: str, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _within(one, label, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_within(one, label, name) for one in value]
    return probe(f"{label}.{name}", 400) if isinstance(value, str) and name in LEAVES else value
