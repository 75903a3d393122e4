"""Is this message ours? `/xac-thuc` shows what left under a code: the same text, when, and from whom.

The one rule: the text is the one everybody may read; that of a sealed ticket or a draft is not shown at all.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot import redaction
from zalobot.outbox import check_codes
from zalobot.services import SERVICES
from zalobot.store.models import Ticket
from zalobot.tickets import public_answer
from zalobot.web import pages

_OF_SEVERAL = frozenset({"status/recounted", "status/closed_by_silence", "status/keep_window"})  # codes and dates alone

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Genuine:
    """A message of ours. `text` is empty where not everybody may read it; `ticket_code` of several tickets or none."""

    code: str
    text: str
    sent_at: datetime
    ticket_code: str


@routes.get("/xac-thuc")
async def check(request: web.Request) -> web.Response:
    """The field for the code, and what was found."""
    services, typed = request.app[SERVICES], request.query.get("ma", "").strip()[:40]
    code = check_codes.proper(typed)
    found = await services.store.read(_find, code) if code else None
    status = 404 if typed and found is None else 200
    return pages.html(request, "public/checking", status=status, typed=typed, found=found)


def _find(session: Session, code: str) -> Genuine | None:
    found = check_codes.left(session, code)
    if found is None:
        return None
    ticket = session.get(Ticket, found.ticket_id) if found.ticket_id else None
    if ticket:
        return Genuine(code, public_answer.of_message(session, ticket, found.text), found.sent_at, ticket.code)
    text = redaction.redact(found.text) if found.template in _OF_SEVERAL else ""
    return Genuine(code, text, found.sent_at, "")
