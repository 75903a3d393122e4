"""The MAC Zalo puts on every webhook: a plain SHA-256 of a concatenation, not an HMAC.

The one rule: this is the simulator's own reading of the platform's documentation; it must not import the bot's. Both
are held against the same fixed vector in their tests.
"""

import hashlib

from .console import Signature


def mac(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """64 lower-case hex digits over `app_id + body + timestamp + oa_secret`; `body` exactly as it will be sent."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret.encode()).hexdigest()


def header(digest: str, how: Signature = Signature.APP) -> str:
    """The value of `X-ZEvent-Signature`; "" when there is to be none."""
    match how:
        case Signature.SPACES:
            return f"mac = {digest}"
        case Signature.BARE:
            return digest
        case Signature.UPPER:
            return f"mac={digest.upper()}"
        case Signature.WRONG:
            return f"mac={digest[::-1]}"
        case Signature.MISSING:
            return ""
    return f"mac={digest}"
