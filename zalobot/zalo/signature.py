"""Proof that a webhook body came from Zalo.

The one rule: the MAC is a plain SHA-256 (no HMAC) over the bytes exactly as received; never serialise the body again.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

_PREFIX = re.compile(r"^\s*mac\s*=\s*", re.IGNORECASE)


def mac(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The hex MAC of a body; `secret` is the OA secret key of the Webhook page, not the app secret."""
    return hashlib.sha256(b"".join((_bytes(app_id), body, _bytes(timestamp), _bytes(secret)))).hexdigest()


def matches(header: str | None, app_id: str, body: bytes, timestamp: str, secrets: Sequence[str]) -> bool:
    """Whether `X-ZEvent-Signature` fits one of the secrets (several while one is being rotated); constant time."""
    given = _bytes(_PREFIX.sub("", header or "").strip().lower())
    found = False
    for secret in secrets:
        if secret:
            found |= hmac.compare_digest(given, mac(app_id, body, timestamp, secret).encode("ascii"))
    return found


def hash_phone(phone: str) -> str:
    """A phone number (84…) as Zalo's template events name it: its SHA-256 in hex."""
    return hashlib.sha256(phone.encode("utf-8")).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
