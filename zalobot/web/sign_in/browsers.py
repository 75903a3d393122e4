"""Browsers that somebody has signed in with before: their tries are counted by themselves.

The one rule: whoever guesses, even in the same office behind the same address, makes nobody wait in a browser of their
own. A sealed cookie says who has signed in with a browser; it opens nothing, and guesses that come with it are slowed
like any others.
"""

import json
import secrets as random
from typing import Final

from aiohttp import web

from zalobot.accounts.managing import sign_in_name
from zalobot.errors import ConfigError
from zalobot.sealing import Seal
from zalobot.services import SERVICES
from zalobot.web.access import SIGN_IN, network

COOKIE: Final = "may"
_LIFE: Final = 180 * 86400  # seconds
_NAMES: Final = 8  # an office computer is shared


def place(request: web.Request, name: str) -> str:
    """Where a try of this name is counted: at a browser that knows it, else at the network it comes from."""
    browser, names = _read(request)
    return f"browser {browser}" if sign_in_name(name) in names else network(request)


def remember(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """This name has shown its password in this browser."""
    browser, names = _read(request)
    known = [name, *(one for one in names if one != name)][:_NAMES]
    value = _seal(request).close(json.dumps([browser or random.token_urlsafe(16), known]))
    secure = request.app[SERVICES].settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, value, max_age=_LIFE, httponly=True, samesite="Strict", secure=secure, path=SIGN_IN)


def _read(request: web.Request) -> tuple[str, list[str]]:
    sealed = request.cookies.get(COOKIE, "")
    if not sealed:
        return "", []
    try:
        browser, names = json.loads(_seal(request).open(sealed))
    except (ConfigError, ValueError):
        return "", []
    return browser, names


def _seal(request: web.Request) -> Seal:
    return Seal(request.app[SERVICES].settings.secret_key, "browser")
