"""The OAuth grant of one OA: an access token, a refresh token that works once, authorization codes.

The one rule: a new pair kills the old access token at once, and a refresh token that was used is gone for good.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

ACCESS_LIFE = timedelta(seconds=90_000)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=10)


class OauthRefusal(Exception):
    """What the token endpoint answers instead of a pair, with HTTP 200."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(f"{code} {name}")
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was handed out, and the challenge it is bound to (may be empty)."""

    challenge: str
    issued: datetime


class Grant:
    """The tokens in force."""

    def __init__(self, now: datetime, access: str = "", refresh: str = "") -> None:
        self.access = access or secrets.token_urlsafe(48)
        self.refresh = refresh or secrets.token_urlsafe(48)
        self.issued = now
        self.expired = False
        self.refreshes = 0
        self._used: set[str] = set()
        self._codes: dict[str, Code] = {}

    def refusal(self, token: str, now: datetime) -> int:
        """0 if the access token is good, -220 if it has expired, -216 otherwise."""
        if token != self.access:
            return -216
        return -220 if self.expired or now >= self.issued + ACCESS_LIFE else 0

    def rotate(self, refresh_token: str, now: datetime) -> None:
        """Issue the next pair; OauthRefusal when the refresh token is unknown, used or too old."""
        if refresh_token in self._used:
            raise OauthRefusal(-14020, "refresh token expired or used")
        if refresh_token != self.refresh:
            raise OauthRefusal(-14014, "Invalid refresh token")
        if now >= self.issued + REFRESH_LIFE:
            raise OauthRefusal(-14020, "refresh token expired or used")
        self.refreshes += 1
        self._issue(now)

    def new_code(self, challenge: str, now: datetime) -> str:
        """An authorization code, good once and for ten minutes."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(challenge, now)
        return code

    def exchange(self, code: str, verifier: str | None, now: datetime) -> None:
        """Issue a pair for an authorization code; OauthRefusal when it is not good (any more). None: no PKCE here."""
        known = self._codes.pop(code, None)
        if known is None:
            raise OauthRefusal(-14005, "Invalid code")
        if now >= known.issued + CODE_LIFE:
            raise OauthRefusal(-14019, "Authorization code expired")
        if verifier is not None and known.challenge and known.challenge != challenge_of(verifier):
            raise OauthRefusal(-14005, "Invalid code verifier")
        self._issue(now)

    def revoke(self) -> None:
        """Make the access token invalid (-216) without issuing another, as a second client's refresh would."""
        self.access = secrets.token_urlsafe(48)

    def withdraw(self) -> None:
        """An administrator takes the app off the OA: neither token is good any more, and no event says so."""
        self.revoke()
        self.refresh = secrets.token_urlsafe(48)

    def _issue(self, now: datetime) -> None:
        self._used.add(self.refresh)
        self.access = secrets.token_urlsafe(48)
        self.refresh = secrets.token_urlsafe(48)
        self.issued, self.expired = now, False


def challenge_of(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636, S256, without padding)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
