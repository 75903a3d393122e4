"""What is known of a message's person when it leaves: window, addresses, and the template that would stand for it.

The one rule: it is asked for only when the free chat is closed; a plain reply never comes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from zalobot import mail, reference
from zalobot.channels import filling, letters
from zalobot.channels.choosing import Known, Message, Why
from zalobot.flows import contact
from zalobot.outbox import Directions
from zalobot.pack_templates import MessageTemplate
from zalobot.store.models import (
    Attempt,
    Channel,
    Conversation,
    Officer,
    OutboxMessage,
    Priority,
    Reach,
    TemplateApproval,
    TemplateState,
    Ticket,
)
from zalobot.tickets import facts, finding
from zalobot.zalo.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Case:
    """A message, what is known of its person, and the directions for each way that needs some."""

    message: Message
    known: Known
    directions: Mapping[Channel, Directions]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The template that stands for a message with its values, or why it cannot go by user id or by phone."""

    template: MessageTemplate | None = None
    approval: TemplateApproval | None = None
    values: Mapping[str, str] | None = None
    by_uid: Why | None = Why.NO_TEMPLATE
    by_phone: Why | None = Why.NO_TEMPLATE


def of_row(session: Session, row: OutboxMessage, now: datetime) -> Case:
    """Everything the choice needs for this row."""
    talk = session.get(Conversation, row.person_id)
    reach = session.get(Reach, row.person_id)
    wrote = talk.last_interaction_at if talk else None
    officer = session.execute(select(Officer).where(col(Officer.person_id) == row.person_id)).scalar_one_or_none()
    ticket = _ticket(session, row)
    code, chat_url = ticket.code if ticket else "", reference.chat_url(session)
    letter = letters.facts(Outgoing.from_json(row.body), code, chat_url, row.language, row.check_code)
    fitted = _fitted(session, row, ticket, officer, letter, now)
    reached_at = "" if officer or ticket is None or ticket.person_id != row.person_id else ticket.contact
    email = officer.email if officer else contact.email(reached_at)
    known = Known(
        last_interaction=wrote,
        chat_refused=bool(reach and reach.refused_at and (wrote is None or wrote <= reach.refused_at)),
        by_uid=fitted.by_uid,
        by_phone=fitted.by_phone,
        tag=fitted.template.tag if fitted.template else 1,
        phone=contact.phone(reached_at),
        email=email if mail.is_address(email) else "",
    )
    return Case(Message(Priority(row.priority), _refused(session, row)), known, _directions(known, fitted, letter))


def _ticket(session: Session, row: OutboxMessage) -> Ticket | None:
    """The ticket the message is about, else the person's newest: that is where they said how to reach them."""
    if row.ticket_id:
        return session.get(Ticket, row.ticket_id)
    return next(iter(finding.tickets_of(session, row.person_id, 1)), None)


def _refused(session: Session, row: OutboxMessage) -> frozenset[Channel]:
    """The channels that refused this message, or may have taken it: neither is given it again."""
    query = select(col(Attempt.channel)).where(
        col(Attempt.outbox_id) == row.id, or_(col(Attempt.code).is_(None), col(Attempt.code) != 0)
    )
    if row.anew_at is not None:
        query = query.where(col(Attempt.at) >= row.anew_at)
    return frozenset(session.execute(query).scalars())


def _fitted(
    session: Session,
    row: OutboxMessage,
    ticket: Ticket | None,
    officer: Officer | None,
    letter: letters.LetterFacts,
    now: datetime,
) -> _Fitted:
    here = reference.current(session)
    template = next((one for one in here.message_templates if row.template in one.stands_for), None)
    if template is None:
        return _Fitted()
    approval = session.get(TemplateApproval, template.key)
    if approval is None or approval.state is not TemplateState.ENABLED:
        return _Fitted(template, by_uid=Why.NOT_APPROVED, by_phone=Why.NOT_APPROVED)
    things: dict[str, Any] = {"channel": here, "letter": letter}
    if officer is not None:
        things["officer"] = facts.of_staff(session, officer.name, officer.agency)
    if ticket is not None:
        things["ticket"] = facts.of_ticket(session, ticket, finding.parts_of(session, ticket), now)
    try:
        values = filling.fill(template, things)
    except filling.NotFilled:
        return _Fitted(template, by_uid=Why.NOT_FILLED, by_phone=Why.NOT_FILLED)
    by_uid, by_phone = (None if allowed else Why.NOT_APPROVED for allowed in (approval.by_uid, approval.by_phone))
    return _Fitted(template, approval, values, by_uid, by_phone)


def _directions(known: Known, fitted: _Fitted, letter: letters.LetterFacts) -> dict[Channel, Directions]:
    made: dict[Channel, Directions] = {}
    template, approval, values = fitted.template, fitted.approval, fitted.values
    if template is not None and approval is not None and values is not None:
        price = approval.price_uid if approval.price_uid is not None else template.price_uid
        made[Channel.ZBS_UID] = Directions(template_id=approval.template_id, values=values, price=price)
        price = approval.price_phone if approval.price_phone is not None else template.price_phone
        made[Channel.ZBS_PHONE] = Directions(known.phone, approval.template_id, values, price=price)
    if known.email:
        words = letters.written(letter)
        made[Channel.MAIL] = Directions(known.email, subject=words.subject, text=words.text)
    return made
