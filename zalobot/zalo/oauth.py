"""Zalo's OAuth v4: the consent of an OA's administrator, and the pair of tokens that comes of it.

The one rule: a refresh token works once. Only an answer with both tokens in it is a success; anything else must leave
the kept pair alone.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from zalobot.errors import ConsentNeeded, OutcomeUnknown, Undeliverable
from zalobot.zalo.codes import CONSENT, RATE_LIMIT

TIMEOUT = 10.0
"""Seconds one call may take; locks around it must last longer."""

ACCESS_LIFE = timedelta(seconds=90_000)
"""How long an access token lives where Zalo does not say."""

PER_REQUEST, FIXED, NO_PKCE = PKCE_MODES = ("per_request", "fixed", "none")
"""A fresh verifier for each consent; the one whose challenge is saved in Zalo's console; none at all."""

_PATH = "/v4/oa/access_token"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and the refresh token that replaces it. Never shown: not even in its own repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    obtained_at: datetime


async def refresh(
    http: aiohttp.ClientSession,
    base_url: str,
    app_id: str,
    app_secret: str,
    refresh_token: str,
    now: datetime,
    timeout: float = TIMEOUT,
) -> Pair:
    """Trade a refresh token for a new pair.

    Raises OutcomeUnknown when nobody knows whether it was used up (try the same again), ConsentNeeded when the grant is
    lost, Undeliverable for anything else (a setting is wrong: the kept pair may still be good).
    """
    form = {"refresh_token": refresh_token, "app_id": app_id, "grant_type": "refresh_token"}
    return await _ask(http, base_url, app_secret, form, now, timeout)


async def exchange(
    http: aiohttp.ClientSession,
    base_url: str,
    app_id: str,
    app_secret: str,
    code: str,
    verifier: str,
    now: datetime,
    timeout: float = TIMEOUT,
) -> Pair:
    """Trade the code of a consent (10 minutes, once) for the first pair; `verifier` is "" where no PKCE was used."""
    form = {"code": code, "app_id": app_id, "grant_type": "authorization_code"}
    if verifier:
        form["code_verifier"] = verifier
    return await _ask(http, base_url, app_secret, form, now, timeout)


def new_verifier() -> str:
    """A fresh PKCE verifier (43 characters)."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """The PKCE challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def permission_url(base_url: str, app_id: str, redirect_uri: str, state: str, verifier: str = "") -> str:
    """The page on which an OA administrator consents. `redirect_uri` must equal the one saved in Zalo's console."""
    asked = {"app_id": app_id, "redirect_uri": redirect_uri, "state": state}
    if verifier:
        asked["code_challenge"] = challenge(verifier)
    return f"{base_url.rstrip('/')}/v4/oa/permission?{urlencode(asked)}"


async def _ask(
    http: aiohttp.ClientSession, base_url: str, app_secret: str, form: dict[str, str], now: datetime, timeout: float
) -> Pair:
    try:
        async with http.post(
            base_url.rstrip("/") + _PATH,
            data=form,
            headers={"secret_key": app_secret},
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
        ) as response:
            status, body = response.status, await response.read()
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        # No cause is kept: it may quote the request.
        raise OutcomeUnknown(0, f"no answer: {type(error).__name__}") from None
    return _pair(status, body, now)


def _pair(status: int, body: bytes, now: datetime) -> Pair:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise OutcomeUnknown(0, f"HTTP {status}: no answer in JSON")
    access, renewal = answer.get("access_token"), answer.get("refresh_token")
    if status < 400 and access and renewal and isinstance(access, str) and isinstance(renewal, str):
        return Pair(access, renewal, now + _life(answer.get("expires_in")), now)
    code = _int(answer.get("error"))
    message = str(answer.get("error_name") or answer.get("message") or "an answer without both tokens")
    if code in CONSENT:
        raise ConsentNeeded(code, message)
    if status >= 500 or code in (0, RATE_LIMIT):
        raise OutcomeUnknown(code, f"HTTP {status}: {message}")
    raise Undeliverable(code, message)


def _life(expires_in: Any) -> timedelta:
    seconds = _int(expires_in)
    return timedelta(seconds=seconds) if 0 < seconds <= 366 * 86400 else ACCESS_LIFE


def _int(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
