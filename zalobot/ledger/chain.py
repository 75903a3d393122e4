"""What an entry says, how it is hashed, and how it is bound to words that it does not contain. Pure.

The one rule: the hash of an entry is the SHA-256 of its JSON without the hash itself: keys sorted, no blanks, UTF-8.
Whoever has the file needs nothing else to check it. Changing one character here makes every ledger invalid.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FORMAT = "zalobot-ledger/1"
_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode
_salts: list[bytes] = []
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork either
    os.register_at_fork(after_in_child=_salts.clear)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it stands in the chain: `body` is all that is hashed (JSON values only), `hash` what was kept."""

    body: Mapping[str, Any]
    hash: str

    @property
    def seq(self) -> int:
        """Its number, from 1."""
        return int(self.body["seq"])

    @property
    def prev_hash(self) -> str:
        """The hash it follows."""
        return str(self.body["prev_hash"])

    @property
    def sound(self) -> bool:
        """Whether its hash is that of what it says."""
        return digest(self.body) == self.hash


def canonical(value: Mapping[str, Any]) -> str:
    """The one way to write a value down."""
    return _encode(value)


def digest(body: Mapping[str, Any]) -> str:
    """The hash of what an entry says."""
    return hashlib.sha256(_encode(body).encode()).hexdigest()


def genesis(installation: str) -> str:
    """What the first entry of an installation follows."""
    return hashlib.sha256(f"{FORMAT}:{installation}".encode()).hexdigest()


def body(seq: int, prev_hash: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is hashed of an entry; `values` has the columns of TicketEvent."""
    return {
        "seq": seq,
        "prev_hash": prev_hash,
        "at": instant(values["at"]),
        "kind": str(values["kind"]),
        "ticket": values["ticket_code"],
        "part": values["part_number"],
        "role": values["actor_role"],
        "agency": values["agency"],
        "public": values["public"],
        "data": values["data"],
        "commitments": values["commitments"],
    }


def instant(at: datetime) -> str:
    """An instant in UTC with microseconds: `2026-11-23T02:00:00.000000Z`."""
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def commitment(salt: str, text: str) -> str:
    """What binds an entry to a text and tells nothing of it: SHA-256 of the salt (hex, 16 bytes) and the text."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def new_salt() -> str:
    """Sixteen random bytes in hex. Drawn by the hundred: the system's source lets go of the interpreter each time."""
    while True:
        try:
            return _salts.pop().hex()
        except IndexError:
            drawn = os.urandom(16 * 256)
            _salts.extend(drawn[start : start + 16] for start in range(0, len(drawn), 16))
