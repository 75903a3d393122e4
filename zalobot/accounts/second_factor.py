"""The second factor: six digits of an authenticator (TOTP, RFC 6238), or a recovery code. Pure.

The one rule: a code works once. The step it belongs to is kept, and no earlier or equal one is taken again.
"""

from datetime import datetime
from typing import Final

import pyotp

STEP: Final = 30  # seconds, as every authenticator assumes
WINDOW: Final = 1  # steps before and after: phones' clocks differ


def new_secret() -> str:
    """A new secret, as authenticators take it (base32)."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The step whose code this is, newer than the last one used; None for a wrong, old or repeated code."""
    digits = "".join(typed.split())
    if not (len(digits) == 6 and digits.isascii() and digits.isdecimal()):
        return None
    present = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in range(present - WINDOW, present + WINDOW + 1):
        if step > last_step and pyotp.utils.strings_equal(totp.at(step * STEP), digits):
            return step
    return None
