"""One-time codes by which a Zalo account is bound to somebody: written, read out of a message, hashed.

The one rule: only the hash of a code is kept.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

LIFE: Final = timedelta(days=7)
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0, O, 1, I, L: they are read aloud and typed on phones
_FOUR: Final = "([2-9A-HJKMNP-Z]{4})"


def new(prefix: str) -> str:
    """A code as it is written: `CB-7KQ2-XW4T`."""
    return f"{prefix}-" + "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))


def read(prefix: str, text: str) -> str:
    """The code in a message, in its written form; "" where there is none."""
    pattern = rf"(?<![A-Z0-9]){prefix}[\s-]?{_FOUR}[\s-]?{_FOUR}(?![A-Z0-9])"
    found = re.search(pattern, text.upper()) if len(text) <= 60 else None
    return f"{prefix}-{found[1]}-{found[2]}" if found else ""


def digest(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()
