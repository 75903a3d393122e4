"""What is kept of a person, for themselves: a short-lived link in chat, and behind it a copy of everything as JSON.

The one rule: the link says whose it is only to us (it is sealed), and is good for half an hour.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, select

from zalobot import consents
from zalobot.errors import ConfigError
from zalobot.sealing import Seal
from zalobot.store.models import (
    Addition,
    Attachment,
    ConsentAnswer,
    Conversation,
    InboxEvent,
    OutboxMessage,
    OutboxState,
    Part,
    Ticket,
)
from zalobot.workdays import LOCAL

KEY: Final = "withdrawals"  # session.info: the secret key
PATH: Final = "/du-lieu-cua-toi"
GOOD_FOR: Final = timedelta(minutes=30)
_PURPOSE: Final = "own data"


def link(session: Session, public_url: str, person_id: str, now: datetime) -> str:
    """The address of a person's copy; whoever has it can read it until it is no longer good."""
    return f"{public_url}{PATH}/{token(session.info.get(KEY, ''), person_id, now)}"


def token(secret_key: str, person_id: str, now: datetime) -> str:
    """What a link carries: whose it is and until when, sealed."""
    return Seal(secret_key, _PURPOSE).close(json.dumps([person_id, (now + GOOD_FOR).isoformat()]))


def whose(secret_key: str, given: str, now: datetime) -> str:
    """The person a link was made for; "" where it is not ours or no longer good."""
    try:
        person_id, until = json.loads(Seal(secret_key, _PURPOSE).open(given))
    except ConfigError:
        return ""
    return str(person_id) if now < datetime.fromisoformat(until) else ""


def copy(session: Session, person_id: str) -> dict[str, Any]:
    """Everything that is kept of a person. Empty where there is nothing."""
    talk = session.get(Conversation, person_id)
    if talk is None:
        return {}
    tickets = session.exec(select(Ticket).where(col(Ticket.person_id) == person_id).order_by(col(Ticket.id))).all()
    return {
        "person": {
            "zalo_id": person_id,
            "name": talk.display_name,
            "follows": talk.follows,
            "agrees_to": {
                "handling": talk.consent_version,
                "naming": talk.naming_version,
                "notices": talk.notices_version,
            },
            "business": talk.business,
            "unfinished": [talk.answers, *talk.shelf] if talk.answers or talk.shelf else [],
        },
        "consents": [_consent(answer) for answer in consents.answers(session, person_id)],
        "tickets": [_ticket(session, ticket) for ticket in tickets],
        "files": _files(session, person_id),
        "you_wrote": _written(session, person_id),
        "we_wrote": _told(session, person_id),
    }


def _consent(answer: ConsentAnswer) -> dict[str, Any]:
    """A yes or no with the words it was said to: who, when, which words."""
    return {
        "purpose": str(answer.purpose),
        "given": answer.given,
        "at": _at(answer.at),
        "version": answer.version,
        "ticket": answer.about or None,
        "words": answer.words,
    }


def _ticket(session: Session, ticket: Ticket) -> dict[str, Any]:
    parts = session.exec(select(Part).where(col(Part.ticket_id) == ticket.id).order_by(col(Part.number)))
    more = session.exec(select(Addition).where(col(Addition.ticket_id) == ticket.id).order_by(col(Addition.id)))
    return {
        "code": ticket.code,
        "received": _at(ticket.received_at),
        "description": ticket.description,
        "public_copy": ticket.public_text,
        "tier": str(ticket.tier),
        "contact": ticket.contact,
        "business": {"name": ticket.business_name, **ticket.business},
        "added": [{"at": _at(row.created_at), "text": row.text} for row in more],
        "parts": [{"agency": part.agency, "state": str(part.state), "answer": part.answer} for part in parts],
    }


def _files(session: Session, person_id: str) -> list[dict[str, Any]]:
    rows = session.exec(select(Attachment).where(col(Attachment.person_id) == person_id).order_by(col(Attachment.id)))
    return [{"name": row.name, "kind": row.kind, "size": row.size, "sha256": row.sha256} for row in rows]


def _written(session: Session, person_id: str) -> list[dict[str, Any]]:
    """What they sent, as Zalo told it."""
    rows = session.exec(select(InboxEvent).where(col(InboxEvent.person_id) == person_id).order_by(col(InboxEvent.id)))
    return [{"at": _at(row.at), "event": json.loads(row.body)} for row in rows]


def _told(session: Session, person_id: str) -> list[dict[str, Any]]:
    sent = select(OutboxMessage).where(
        col(OutboxMessage.person_id) == person_id, col(OutboxMessage.state) == OutboxState.SENT
    )
    rows = session.exec(sent.order_by(col(OutboxMessage.id)))
    return [{"at": _at(row.sent_at), "text": row.body.get("text", "")} for row in rows]


def _at(instant: datetime | None) -> str | None:
    return instant.astimezone(LOCAL).isoformat() if instant else None
