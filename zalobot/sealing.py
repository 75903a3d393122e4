"""Secrets at rest, and signatures on what leaves us: what is written to the database can't be read from a copy of it.

The one rule: the newest key seals, every listed key opens; a key is dropped only after everything was sealed anew.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zalobot.errors import ConfigError

_REMEDY = "ZALOBOT_SECRET_KEY does not open what is stored: put the former key behind the new one, after a comma"


class Seal:
    """Seals and opens short texts with keys derived from `ZALOBOT_SECRET_KEY` (comma-separated while rotating)."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        """`purpose` keeps apart what was sealed for different uses; raises ConfigError without a key."""
        self._fernet = MultiFernet([Fernet(_derived(key, purpose)) for key in _keys(secret_key)])

    def close(self, text: str) -> str:
        """The sealed text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What `close` was given; raises ConfigError when no key fits."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigError([_REMEDY]) from None


class Signer:
    """Signs short texts that come back to us, with keys derived from `ZALOBOT_SECRET_KEY`."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        """As of `Seal`."""
        self._keys = [_derived(key, purpose) for key in _keys(secret_key)]

    def sign(self, text: str) -> str:
        """The signature of a text, to be sent along with it."""
        return _mac(self._keys[0], text)

    def fits(self, text: str, signature: str) -> bool:
        """Whether we signed this text, with the present key or a listed former one."""
        return any(hmac.compare_digest(_mac(key, text).encode(), signature.encode()) for key in self._keys)


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _keys(secret_key: str) -> list[str]:
    keys = [part.strip() for part in secret_key.split(",") if part.strip()]
    if not keys:
        raise ConfigError(["ZALOBOT_SECRET_KEY is missing: it seals the tokens in the database"])
    return keys


def _derived(key: str, purpose: str) -> bytes:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
