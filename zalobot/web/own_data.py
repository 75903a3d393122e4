"""A person's own data behind the short-lived link they got in Zalo: a page of what they agreed to, and the whole copy.

The one rule: whoever has the link may read it until it is no longer good; nothing of it is kept by any cache.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from sqlmodel import Session

from zalobot import consents, exports
from zalobot.services import SERVICES
from zalobot.store.models import ConsentAnswer, Conversation, Purpose
from zalobot.web import pages

routes = web.RouteTableDef()
COPY: Final = "/tep"
_NAME: Final = "du-lieu-cua-toi.json"
_PRIVATE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Consent:
    """How it stands with one purpose. `answers` are all that was said to it, the newest first."""

    purpose: str
    given: bool
    answers: Sequence[ConsentAnswer]


@routes.get(exports.PATH + "/{token}")
async def agreed(request: web.Request) -> web.Response:
    """What was agreed to, when, to which words; 404 for a link that is not ours or no longer good."""
    found = await request.app[SERVICES].store.read(_consents, _whose(request))
    if found is None:
        raise web.HTTPNotFound
    page = pages.html(request, "public/own_data", consents=found, copy=request.path + COPY)
    page.headers.update(_PRIVATE)
    return page


@routes.get(exports.PATH + "/{token}" + COPY)
async def copy(request: web.Request) -> web.Response:
    """The copy, as a file; 404 like the page."""
    found = await request.app[SERVICES].store.read(exports.copy, _whose(request))
    if not found:
        raise web.HTTPNotFound
    return web.Response(
        text=json.dumps(found, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{_NAME}"', **_PRIVATE},
    )


def _whose(request: web.Request) -> str:
    services = request.app[SERVICES]
    return exports.whose(services.settings.secret_key, request.match_info["token"], services.now())


def _consents(session: Session, person_id: str) -> list[Consent] | None:
    talk = session.get(Conversation, person_id) if person_id else None
    if talk is None:
        return None
    answers = consents.answers(session, person_id)
    return [
        Consent(str(purpose), consents.agreed(talk, purpose), [one for one in answers if one.purpose is purpose])
        for purpose in Purpose
    ]
