"""What has just happened, said once on the next page: a sealed cookie that lives a minute.

The one rule: only the server can write one, so no link can make a page say what somebody else wants it to say.
"""

import json
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from zalobot.errors import ConfigError
from zalobot.sealing import Seal
from zalobot.services import SERVICES

COOKIE: Final = "tin"
MOST: Final = 1200  # letters; a cookie holds 4 kB


@dataclass(frozen=True, slots=True)
class Flash:
    """`kind` is ok, news, warn or late; `key` names the words in `_macros/flashes.html`, or `text` has them."""

    kind: str
    key: str = ""
    text: str = ""
    code: str = ""


def put(request: web.Request, response: web.StreamResponse, flash: Flash) -> None:
    """Have it said on the next page."""
    said = json.dumps([flash.kind, flash.key, flash.text[:MOST], flash.code])
    settings = request.app[SERVICES].settings
    secure = settings.public_url.startswith("https://")
    sealed = Seal(settings.secret_key, "flash").close(said)
    response.set_cookie(COOKIE, sealed, max_age=60, httponly=True, samesite="Lax", secure=secure, path="/")


def take(request: web.Request) -> Flash | None:
    """What is to be said now; the page that says it lets the cookie go."""
    sealed = request.cookies.get(COOKIE, "")
    if not sealed or not request.app[SERVICES].settings.secret_key:
        return None
    try:
        kind, key, text, code = json.loads(Seal(request.app[SERVICES].settings.secret_key, "flash").open(sealed))
    except (ConfigError, ValueError):
        return None
    return Flash(kind, key, text, code)
