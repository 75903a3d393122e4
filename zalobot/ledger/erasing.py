"""Erasing a person: what they wrote and what names them is gone, and the ledger still holds.

The one rule: entries stay as they are; the words they are committed to go, with the salts, and the erasure is an entry
of its own. What agencies wrote is theirs and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, delete, or_, select, update
from sqlmodel import Session, col

from zalobot.ledger import writing
from zalobot.store.database import write_rows_so_far
from zalobot.store.models import (
    Addition,
    AnswerDraft,
    Attachment,
    Attempt,
    ConsentAnswer,
    Conversation,
    EventKind,
    HeldForm,
    InboxEvent,
    InboxState,
    LedgerSalt,
    LiveChat,
    OutboxMessage,
    OutboxState,
    Part,
    PartNote,
    Person,
    ProfileLookUp,
    ProvinceRow,
    Reach,
    Reaction,
    RoutingExample,
    Ticket,
)
from zalobot.store.queries import files as kept_files

_THEIRS = (Addition, Reaction, Reach, ProfileLookUp, LiveChat, ConsentAnswer, Conversation)
"""Tables whose rows are one person's and nothing else; those with more to say are emptied one by one below."""

_DONE = (OutboxState.SENT, OutboxState.FAILED, OutboxState.UNCLEAR, OutboxState.MERGED, OutboxState.RESOLVED)
_TO_BE_SAID = (OutboxState.QUEUED, OutboxState.WAITING)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the codes of the tickets, and the files (SHA-256) to be removed from the blob store."""

    tickets: tuple[str, ...]
    files: tuple[str, ...]


def erase_person(
    session: Session, person_id: str, now: datetime, *, role: str = "system", keep_after: datetime | None = None
) -> Erased:
    """Erase a person's words in tickets and talk, and whatever leads to the person. `role` is who decided it.

    What they have written after `keep_after` and nobody has read yet is a new beginning and stays.

    Their tickets stay, with agencies, times and answers; nobody is told of them any more. The caller removes the files
    once this is committed.
    """
    write_rows_so_far(session)
    mine = select(Ticket).where(col(Ticket.person_id) == person_id).order_by(col(Ticket.id)).with_for_update()
    tickets = list(session.execute(mine.execution_options(populate_existing=True)).scalars())
    ids = [ticket.id for ticket in tickets]
    for ticket in tickets:
        _erase_ticket(session, ticket, role, now)
    _erase_words(session, person_id, ids)
    for ticket in tickets:
        session.execute(delete(HeldForm).where(col(HeldForm.path).contains(f"/{ticket.code}/", autoescape=True)))
    _unfollow(session, person_id)
    files = _erase_files(session, person_id)
    _erase_messages(session, person_id, tickets, keep_after)
    for table in _THEIRS:
        session.execute(delete(table).where(col(table.person_id) == person_id))
    session.execute(delete(Person).where(col(Person.id) == person_id))
    return Erased(tuple(ticket.code for ticket in tickets), files)


def _erase_ticket(session: Session, ticket: Ticket, role: str, now: datetime) -> None:
    ticket.title = ticket.description = ticket.public_text = ticket.contact = ticket.business_name = ""
    ticket.business, ticket.masks, ticket.person_id = {}, {}, ""
    ticket.version += 1
    for part in session.execute(select(Part).where(col(Part.ticket_id) == ticket.id)).scalars():
        part.verdict_reason = ""
        part.answer_facts = {name: fact for name, fact in part.answer_facts.items() if name != "replies"}
    entry: dict[str, Any] = {
        "ticket_id": ticket.id,
        "ticket_code": ticket.code,
        "part_number": None,
        "kind": EventKind.ERASED,
        "at": now,
        "actor_role": role,
        "agency": "",
        "public": True,
        "data": {},
    }
    writing.add(session, entry, {})


def _unfollow(session: Session, person_id: str) -> None:
    """Tickets into which one of theirs was merged know them as a follower."""
    followed = select(Ticket).where(cast(col(Ticket.followers), Text).contains(f'"{person_id}"', autoescape=True))
    for ticket in session.execute(followed.with_for_update()).scalars():
        ticket.followers = [follower for follower in ticket.followers if follower != person_id]
        ticket.joined = [follower for follower in ticket.joined if follower != person_id]


def _erase_words(session: Session, person_id: str, ticket_ids: Sequence[str]) -> None:
    """The words and salts of everything they did, on whose ticket ever, and the words that routing learnt from."""
    acted = select(col(LedgerSalt.seq)).where(col(LedgerSalt.name) == "actor", col(LedgerSalt.text) == person_id)
    theirs = list(session.execute(acted).scalars())
    session.execute(delete(LedgerSalt).where(col(LedgerSalt.seq).in_(theirs)))
    parts = select(col(Part.id)).where(col(Part.ticket_id).in_(ticket_ids)).scalar_subquery()
    for table in (AnswerDraft, PartNote):  # officers quote what a business wrote
        session.execute(delete(table).where(col(table.part_id).in_(parts)))
    learnt = session.execute(delete(RoutingExample).where(col(RoutingExample.ticket_id).in_(ticket_ids)))
    if learnt.rowcount:  # type: ignore[attr-defined]
        session.execute(update(ProvinceRow).values(revision=col(ProvinceRow.revision) + 1))  # every process forgets it


def _erase_files(session: Session, person_id: str) -> tuple[str, ...]:
    """Forget the files; gives back those that nothing else is made of."""
    sent = select(col(Attachment.sha256)).where(
        col(Attachment.person_id) == person_id, col(Attachment.sha256).is_not(None)
    )
    names = set(session.execute(sent).scalars())
    session.execute(delete(Attachment).where(col(Attachment.person_id) == person_id))
    return tuple(sorted(names - kept_files.in_use(session, names)))


def _erase_messages(session: Session, person_id: str, tickets: Sequence[Ticket], keep_after: datetime | None) -> None:
    """What they sent and were sent goes; of pushes to officers that quote their tickets, the words go."""
    said = delete(InboxEvent).where(col(InboxEvent.person_id) == person_id)
    if keep_after is not None:
        said = said.where(or_(col(InboxEvent.state) != InboxState.NEW, col(InboxEvent.at) <= keep_after))
    session.execute(said)
    said_to = select(col(OutboxMessage.id)).where(col(OutboxMessage.person_id) == person_id)
    session.execute(delete(Attempt).where(col(Attempt.outbox_id).in_(said_to)))
    session.execute(delete(OutboxMessage).where(col(OutboxMessage.person_id) == person_id))
    body = cast(col(OutboxMessage.body), Text)
    for ticket in tickets:
        about = or_(col(OutboxMessage.ticket_id) == ticket.id, body.contains(ticket.code, autoescape=True))
        session.execute(update(OutboxMessage).where(about, col(OutboxMessage.state).in_(_DONE)).values(body={}))
        session.execute(delete(OutboxMessage).where(about, col(OutboxMessage.state).in_(_TO_BE_SAID)))
