"""Secrets at rest: what is written to the database can't be read from a copy of it.

The one rule: the newest key seals, every listed key opens; a key is dropped only after everything was sealed anew.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zalobot.errors import ConfigError

_REMEDY = "ZALOBOT_SECRET_KEY does not open what is stored: put the former key behind the new one, after a comma"


class Seal:
    """Seals and opens short texts with keys derived from `ZALOBOT_SECRET_KEY` (comma-separated while rotating)."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        """`purpose` keeps apart what was sealed for different uses; raises ConfigError without a key."""
        keys = [part.strip() for part in secret_key.split(",") if part.strip()]
        if not keys:
            raise ConfigError(["ZALOBOT_SECRET_KEY is missing: it seals the tokens in the database"])
        self._fernet = MultiFernet([Fernet(_derived(key, purpose)) for key in keys])

    def close(self, text: str) -> str:
        """The sealed text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What `close` was given; raises ConfigError when no key fits."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigError([_REMEDY]) from None


def _derived(key: str, purpose: str) -> bytes:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
