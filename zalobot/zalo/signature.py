"""Proof that a webhook body came from Zalo.

The one rule: the MAC is a plain SHA-256 (no HMAC) over the bytes exactly as received; never serialise the body again.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

_PREFIX = re.compile(r"^\s*mac\s*=\s*", re.IGNORECASE)


class Formula(StrEnum):
    """A way of making the MAC that is claimed somewhere (§1.3). Only the documented one proves an event.

    The others are tried when it does not fit, so that whoever looks for the cause is told what Zalo, or a mistaken
    setting, does: they prove nothing by themselves.
    """

    DOCUMENTED = "app_id+oa_secret"
    OA_ID = "oa_id+oa_secret"
    APP_SECRET = "app_id+app_secret"
    HMAC = "hmac+oa_secret"


@dataclass(frozen=True, slots=True)
class Keys:
    """What signatures are checked with: the OA secret keys of the Webhook page (several in a rotation) first of all."""

    app_id: str
    oa_id: str
    oa_secrets: tuple[str, ...] = field(repr=False)
    app_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Fit:
    """A signature fits this secret by this formula."""

    formula: Formula
    secret: str = field(repr=False)


def mac(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The hex MAC of a body; `secret` is the OA secret key of the Webhook page, not the app secret."""
    return hashlib.sha256(b"".join((_bytes(app_id), body, _bytes(timestamp), _bytes(secret)))).hexdigest()


def fitting(header: str | None, body: bytes, timestamp: str, keys: Keys) -> Fit | None:
    """What `X-ZEvent-Signature` fits, the documented formula first; None for nothing. Compares in constant time."""
    given = _bytes(_PREFIX.sub("", header or "").strip().lower())
    found: Fit | None = None
    for secret in keys.oa_secrets:  # all of them, whichever fits
        if secret and _same(given, mac(keys.app_id, body, timestamp, secret)):
            found = Fit(Formula.DOCUMENTED, secret)
    if found is not None or not given:
        return found
    return next((fit for fit, made in _claimed(body, timestamp, keys) if _same(given, made)), None)


def fingerprint(secret: str) -> str:
    """What stands for a secret where the secret itself must not be kept."""
    return hashlib.sha256(b"zalobot oa secret:" + _bytes(secret)).hexdigest()


def hash_phone(phone: str) -> str:
    """A phone number (84…) as Zalo's template events name it: its SHA-256 in hex."""
    return hashlib.sha256(phone.encode("utf-8")).hexdigest()


def _claimed(body: bytes, timestamp: str, keys: Keys) -> Iterator[tuple[Fit, str]]:
    for secret in filter(None, keys.oa_secrets):
        yield Fit(Formula.OA_ID, secret), mac(keys.oa_id, body, timestamp, secret)
        whole = b"".join((_bytes(keys.app_id), body, _bytes(timestamp)))
        for message in (whole, body):
            yield Fit(Formula.HMAC, secret), hmac.new(_bytes(secret), message, hashlib.sha256).hexdigest()
    if keys.app_secret:
        yield Fit(Formula.APP_SECRET, keys.app_secret), mac(keys.app_id, body, timestamp, keys.app_secret)


def _same(given: bytes, made: str) -> bool:
    return hmac.compare_digest(given, made.encode("ascii"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
