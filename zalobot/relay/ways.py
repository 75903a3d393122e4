"""The ways a message can go, and what each of them has to do.

The one rule: a way says truly what it knows. `deliver` ends with an id, or raises what happened; `traces` tells what
can be seen of an attempt afterwards, or raises where it cannot be told, and then nothing is said again.

A new channel (a template message, a letter by e-mail) is a Channel, a class with these two functions, and its line in
the mapping that `app.py` gives to the Relay.
"""

from collections.abc import Mapping
from typing import Protocol

from zalobot.errors import Retryable, Undeliverable
from zalobot.outbox import Leaving
from zalobot.store.models import Channel
from zalobot.zalo.client import Sent
from zalobot.zalo.messages import Outgoing


class Reworded(Undeliverable):
    """It was refused in this form; `outgoing` is the form to try now."""

    def __init__(self, code: int, message: str, outgoing: Outgoing) -> None:
        super().__init__(code, message)
        self.outgoing = outgoing


class Way(Protocol):
    """One channel. The relay calls it from many tasks at once, never twice at once for the same row."""

    async def deliver(self, row: Leaving) -> Sent:
        """Say it once. Raises Retryable, Undeliverable or ConsentNeeded where it did surely not arrive, OutcomeUnknown
        where nobody knows, Reworded where it should go in another form."""

    async def traces(self, row: Leaving) -> list[str]:
        """The ids under which these words are seen to have arrived since `row.since`, oldest first; [] where they
        surely did not. Any exception means that it cannot be told now."""


Ways = Mapping[Channel, Way]


class Nowhere:
    """The way of a row for which none was chosen yet: nothing has been said."""

    async def deliver(self, row: Leaving) -> Sent:
        """It is not taken."""
        raise Retryable(0, "no way was chosen")

    async def traces(self, row: Leaving) -> list[str]:
        """There are none."""
        return []


def completed(ways: Ways) -> Ways:
    """The same with the ways that follow from them: the paid chat is the free one's call."""
    return {Channel.CS_PAID: ways[Channel.CS], Channel.WAIT: Nowhere(), **ways}
