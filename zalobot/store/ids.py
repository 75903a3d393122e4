"""Text keys made by us: ULIDs, so that rows sort by the moment they were made.

The one rule: within one process a later key is always greater, even inside one millisecond.
"""

import os
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A fresh 26-character key, greater than every key this process made before."""
    global _last
    fresh = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10)) >> 1
    with _lock:
        _last = fresh if fresh > _last else _last + 1
        return _text(_last)


def _text(value: int) -> str:
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
