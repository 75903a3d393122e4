"""The MAC Zalo puts on every webhook: a plain SHA-256 of a concatenation, not an HMAC.

The one rule: this is the simulator's own reading of the platform's documentation; it must not import the bot's. Both
are held against the same fixed vector in their tests.
"""

import hashlib


def mac(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """64 lower-case hex digits over `app_id + body + timestamp + oa_secret`; `body` exactly as it will be sent."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret.encode()).hexdigest()


def header(app_id: str, body: bytes, timestamp: str, oa_secret: str) -> str:
    """The value of `X-ZEvent-Signature`."""
    return "mac=" + mac(app_id, body, timestamp, oa_secret)
