"""Text keys made by us: ULIDs, so that rows sort by the moment they were made.

The one rule: within one process a later key is always greater, even inside one millisecond.
"""

import os
import random
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHIFTS = range(120, -1, -10)
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_lock = threading.Lock()
_last = 0
_random = random.Random(os.urandom(32))
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork either
    os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(32)))


def new_id() -> str:
    """A fresh 26-character key, greater than every key this process made before."""
    global _last
    # Not os.urandom: it lets go of the interpreter, and a busy thread waits milliseconds to get it back.
    fresh = (time.time_ns() // 1_000_000 << 80) | _random.getrandbits(79)
    with _lock:
        _last = fresh if fresh > _last else _last + 1
        return _text(_last)


def before(seconds: float) -> str:
    """A key that stands before every one made since this instant (seconds since 1970)."""
    return _text(int(seconds * 1000) << 80)


def _text(value: int) -> str:
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])
