"""What every call has to pass before it is looked at: calls per minute, token, proof, app and account (§7, §8).

The one rule: the order is fixed, so that a bot that is wrong in two ways always hears of the same one first.
"""

import hashlib
import hmac
from dataclasses import dataclass

from aiohttp import web

from .faults import Where
from .rules import Refusal
from .stage import Stage

_TOKEN_WORDS = {-216: "Access token is invalid", -220: "access_token is expired or removed"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What the headers say: calls allowed in a minute (0: no limit) and those that are left (negative: too many)."""

    limit: int
    left: int

    def put_into(self, response: web.StreamResponse) -> None:
        """Set Zalo's headers, its own spelling included."""
        if self.limit:
            response.headers["X-RateLimit-Limit"] = str(self.limit)
            response.headers["X-RateLimit-Remain"] = str(max(self.left, 0))


def counted(stage: Stage, where: Where) -> Rate:
    """Count a call; template messages by phone are not counted on the OA."""
    limit = 0 if where is Where.ZBS else stage.faults.per_minute or stage.account.package.per_minute
    return Rate(limit, stage.meter.take(limit))


def admit(request: web.Request, stage: Stage, where: Where, rate: Rate) -> None:
    """Refusal when the call does not get in."""
    if rate.left < 0:
        raise Refusal(-32, "Your OA reached limit call api")
    token, zbs = request.headers.get("access_token", ""), where is Where.ZBS
    if code := stage.grant.refusal(token, stage.now()):
        raise Refusal(-124 if zbs else code, _TOKEN_WORDS[code])
    console = stage.console
    if console.secret_proof and not _proven(request, token, stage.settings.app_secret):
        raise Refusal(-1241 if zbs else -242, "Invalid appsecret_proof")
    if not console.app_active:
        raise Refusal(-103 if zbs else -209, "Not supported this api")
    if not console.permitted:
        raise Refusal(-138 if zbs else -223, "OA has not authorized this API")
    if refusal := stage.account.closed(stage.now()):
        raise Refusal(-135, "OA may not send ZBS messages") if zbs else refusal


def _proven(request: web.Request, token: str, secret: str) -> bool:
    given = request.headers.get("appsecret_proof", "")
    expected = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.encode(), expected.encode())
