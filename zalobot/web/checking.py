"""Is this message ours? `/xac-thuc` shows what left under a code: the same text, when, and from whom.

The one rule: the text is the masked one, and that of a sealed ticket is not shown at all.
"""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot import redaction
from zalobot.outbox import check_codes
from zalobot.services import SERVICES
from zalobot.store.models import Ticket, Tier
from zalobot.web import pages

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Genuine:
    """A message of ours. `text` is '' where the ticket is sealed."""

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
    rows = check_codes.left(session, code)
    if not rows or rows[0].sent_at is None:
        return None
    ticket = session.get(Ticket, rows[0].ticket_id) if rows[0].ticket_id else None
    sealed = ticket is None or ticket.tier is Tier.SEALED
    text = "" if sealed else redaction.redact("\n".join(str(row.body.get("text", "")) for row in rows))
    return Genuine(code, text, rows[0].sent_at, ticket.code if ticket else "")
