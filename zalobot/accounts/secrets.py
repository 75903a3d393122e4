"""Passwords, tokens and one-time codes: made, hashed, compared. Pure; slow where it has to be.

The one rule: what is kept cannot be turned back into what was typed.
"""

import hashlib
import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST: Final = 10  # letters of a password; NIST SP 800-63B asks for length, not for signs
MOST: Final = 200  # argon2 would hash a megabyte if asked to
RECOVERY_CODES: Final = 10
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0, o, 1, i, l: they are read aloud and typed on phones
_hasher: Final = PasswordHasher()
_NOBODY: Final = _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """What is kept of a password (argon2id, about 50 ms)."""
    return _hasher.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether it is the password. An account without one takes as long to refuse as any other."""
    try:
        _hasher.verify(kept or _NOBODY, password[:MOST])
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def outdated(kept: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def new_token() -> str:
    """A token of 256 bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: it is random, so SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def one_time_password() -> str:
    """Sixteen letters in fours, about 79 bits: printed once, changed at the first sign-in."""
    return "-".join(_four() for _ in range(4))


def recovery_codes() -> list[str]:
    """What helps when the phone is lost: each works once."""
    return [f"{_four()}-{_four()}" for _ in range(RECOVERY_CODES)]


def plain_code(typed: str) -> str:
    """A recovery code as it was printed, however it was typed."""
    kept = "".join(letter for letter in typed.lower() if letter in _LETTERS)
    return f"{kept[:4]}-{kept[4:]}" if len(kept) == 8 else ""


def _four() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))
