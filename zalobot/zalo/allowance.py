"""What the client asks of whoever counts its calls.

The one rule: every call is asked for (`go`), paid for in advance by whoever orders it (a send, by the relay), or told
afterwards (`went`).
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Protocol


class Kind(IntEnum):
    """What a call is for: the lower goes first. The first three are the priorities of messages."""

    REPLY = 0
    STATUS = 1
    REMINDER = 2
    LOOK_UP = 3


class Allowance(Protocol):
    """How many calls the account may still make."""

    async def go(self, kind: Kind) -> None:
        """Wait until one call of this kind may go."""

    async def went(self) -> None:
        """A call was made that could not wait: the second of a message, after the first was refused."""

    async def heard(self, headers: Mapping[str, str]) -> None:
        """What the headers of an answer say of the rate."""

    async def refused(self, seconds: float) -> None:
        """Zalo answered that the limit is reached (-32): nothing goes for so long."""


class Unlimited:
    """No limit and no count, where nobody else shares the account: tests, one-off commands."""

    async def go(self, kind: Kind) -> None:
        """At once."""

    async def went(self) -> None:
        """It is not counted."""

    async def heard(self, headers: Mapping[str, str]) -> None:
        """Nothing is made of it."""

    async def refused(self, seconds: float) -> None:
        """The caller has the refusal, too."""
