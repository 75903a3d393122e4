"""Is this message ours? `/xac-thuc` shows what left under a code: the same text, when, and from whom.

The one rule: the text is the one everybody may read. That of a sealed ticket, of a draft, and what staff are told of
words that are nowhere public are not shown at all; names of staff, and what opens a link that signs in, are hidden.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from zalobot import redaction
from zalobot.accounts import links
from zalobot.message_contexts import is_for_businesses
from zalobot.outbox import check_codes
from zalobot.province import Province
from zalobot.services import SERVICES
from zalobot.store.models import Channel, Ticket, Tier
from zalobot.tickets import public_answer
from zalobot.web import pages

_WAY_IN = "officer/open_web"
# About several tickets or none, and nothing in them but codes, dates, offices and how the account stands.
_OF_SEVERAL = frozenset(
    (
        *("status/recounted", "status/closed_by_silence", "status/keep_window"),
        *("reminders/merged", "reminders/digest_officer", "reminders/digest_head", "reminders/digest_province"),
        *("officer/recounted", "officer/succeeded", "officer/horizon", "officer/keep_window", _WAY_IN),
        *("coordinator/proposals", "coordinator/decide_several", "coordinator/undecided"),
        *("coordinator/zalo_refuses", "coordinator/zalo_unheard_of", "coordinator/consent_needed", "studio/undone"),
    )
)
# About one ticket, with words that its public page does not have either.
_INSIDE = frozenset(("officer/added", "officer/directed", "officer/opinion_asked", "officer/verdict_reason"))

_BY_TEMPLATE = (Channel.ZBS_UID, Channel.ZBS_PHONE)
_PARAMETER = re.compile(r"<(\w+)>")

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Genuine:
    """A message of ours. `text` is empty where not everybody may read it; `ticket_code` of several tickets or none.

    `kept` says why: it is about a "sealed" ticket, about a "draft", or "inside". `signs_in`: how the link begins, below
    the site's address, by which it lets a member of staff in; a copy with another link is a false one. `by_template`:
    what its receiver saw in its place, where it went by a template that Zalo approved.
    """

    code: str
    text: str
    sent_at: datetime
    ticket_code: str
    kept: str = ""
    signs_in: str = ""
    by_template: str = ""


@routes.get("/xac-thuc")
async def check(request: web.Request) -> web.Response:
    """The field for the code, and what was found."""
    services, typed = request.app[SERVICES], request.query.get("ma", "").strip()[:40]
    code = check_codes.proper(typed)
    found = await services.store.read(_find, code, services.province) if code else None
    status = 404 if typed and found is None else 200
    return pages.html(request, "public/checking", status=status, typed=typed, found=found)


def _find(session: Session, code: str, province: Province) -> Genuine | None:
    found = check_codes.left(session, code)
    if found is None:
        return None
    ticket = session.get(Ticket, found.ticket_id) if found.ticket_id else None
    kept = _kept(found, ticket)
    text = "" if kept else _for_everybody(session, found, ticket)
    way_in = links.PATH if found.template == _WAY_IN else ""
    shortened = _by_template(province, found, code, ticket) if found.channel in _BY_TEMPLATE else ""
    return Genuine(code, text, found.sent_at, ticket.code if ticket else "", kept, way_in, shortened)


def _by_template(province: Province, found: check_codes.Left, code: str, ticket: Ticket | None) -> str:
    """The words of the template with the values that are the same at any time; "…" for the others."""
    template = next((one for one in province.message_templates if found.template in one.stands_for), None)
    if template is None:
        return ""
    known = {"ma_kiem_tra_tin": code, "ten_kenh": province.oa_name, "ma_ho_so": ticket.code if ticket else "…"}
    values = {one.name: known.get(one.value, "…") for one in template.parameters}
    return f"{template.title}\n{_PARAMETER.sub(lambda named: values.get(named[1], '…'), template.text)}"


def _kept(found: check_codes.Left, ticket: Ticket | None) -> str:
    """Why the words of a message are not shown; '' where they are."""
    if ticket is None and found.template not in _OF_SEVERAL:
        return "draft" if is_for_businesses(found.template) else "inside"
    if ticket and ticket.tier is Tier.SEALED:
        return "sealed"
    return "inside" if found.template in _INSIDE else ""


def _for_everybody(session: Session, found: check_codes.Left, ticket: Ticket | None) -> str:
    text = redaction.without(found.text, links.tokens(found.text))
    if not is_for_businesses(found.template):
        text = public_answer.without_staff(session, text)
    return public_answer.of_message(session, ticket, text) if ticket else redaction.redact(text)
