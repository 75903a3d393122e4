"""A row on its way out, and what became of it.

The one rule: whoever holds a Leaving owes an Outcome.
"""

from dataclasses import dataclass
from datetime import datetime

from zalobot.store.models import Channel, OutboxState
from zalobot.zalo.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Leaving:
    """A claimed row: it is marked as sending, whoever holds it must settle it. It goes by its `channel`."""

    id: str
    person_id: str
    outgoing: Outgoing
    attempts: int
    since: datetime | None = None
    channel: Channel = Channel.CS


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. QUEUED means again at `not_before`; `outgoing` replaces the body where it had to change."""

    id: str
    state: OutboxState
    message_id: str | None = None
    error_code: int | None = None
    error: str | None = None
    not_before: datetime | None = None
    outgoing: Outgoing | None = None
