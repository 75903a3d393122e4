"""The whole list, in the order in which one would look."""

from datetime import datetime

from sqlmodel import Session

from zalobot import reference
from zalobot.account import Account
from zalobot.province import Province
from zalobot.standing import sending, service, zalo
from zalobot.standing.checks import Check


def status(
    session: Session, province: Province, oa_id: str, now: datetime, known: Account | None = None
) -> tuple[Check, ...]:
    """Every check at `now`. `known`: the account as it was asked just now, otherwise as it is kept."""
    reference.refresh(session)
    here: Province = session.info.get(reference.PROVINCE, province)
    return (
        Check("database"),
        service.backlog(session, now),
        service.token(session, oa_id, now),
        service.calendar(here, now),
        service.wording(session),
        zalo.account(session, oa_id, now, known),
        zalo.webhook(session, here, now),
        zalo.syntax_filter(session, now),
        zalo.clock(session, oa_id, known),
        zalo.templates(session, here),
        zalo.quota(session, oa_id, known),
        sending.sending(session, oa_id, now),
    )
