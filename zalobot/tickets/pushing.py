"""The one door by which the bot speaks first, to a business or to staff: what is pushed ends with a check code.

The one rule: an answer within a chat has none, but for the one that lets somebody in: false ones ask for a sign-in.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from zalobot import outbox, reference, templating
from zalobot.outbox import check_codes
from zalobot.store.models import Priority
from zalobot.templating import Rendered


def push(
    session: Session,
    person_id: str,
    said: Rendered,
    now: datetime,
    *,
    priority: Priority = Priority.STATUS,
    ticket_id: str | None = None,
    hold: timedelta = outbox.AT_ONCE,
) -> str:
    """Queue what was rendered, with its own code; gives back the key of the (last) row.

    `ticket_id` is None where it is about several tickets or none.
    """
    words, code = coded(session, said)
    return outbox.enqueue(
        session, person_id, words, now=now, priority=priority, ticket_id=ticket_id, hold=hold, check_code=code
    )


def coded(session: Session, said: Rendered) -> tuple[Rendered, str]:
    """What was rendered with a last line by which anybody can see that it is ours, in any language; and its code."""
    facts_of_it = {"check": (code := check_codes.new_code()), "site": reference.public_url(session)}

    def with_code(words: Rendered) -> Rendered:
        line = templating.render("status/check_code", facts=facts_of_it).text
        return replace(words, text=f"{words.text}\n\n{line}")

    return said.changed(with_code), code
