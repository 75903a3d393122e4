"""A row on its way out, and what became of it.

The one rule: whoever holds a Leaving owes an Outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zalobot.store.models import Channel, OutboxState, Priority
from zalobot.zalo.messages import Outgoing

SIGN = "reaction"
"""What stands in place of a wording where nothing is said: a reaction to a message of the person's."""
OFFICE = "office"
"""What stands in place of a wording for the words a member of staff typed on the console: nobody else wrote them."""


@dataclass(frozen=True, slots=True)
class Directions:
    """Where and in which form a message goes by another way than the chat: a phone number or an e-mail address, the id
    of a template with its values, or a letter's subject and text. `price` in VND."""

    address: str = ""
    template_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    text: str = ""
    price: int = 0


@dataclass(frozen=True, slots=True)
class Leaving:
    """A claimed row: it is marked as sending, whoever holds it must settle it. It goes by its `channel`.

    Of an unsettled row `doubts` says how often nothing was seen of it, and `error_code` what Zalo answered last.
    `last_interaction` is when the person last wrote, None where that is not known; `chat_refused`: Zalo refused the
    chat to them since. `apart` is the priority on whose own share of the allowance it leaves, None for the common one.
    """

    id: str
    person_id: str
    outgoing: Outgoing
    attempts: int
    since: datetime | None = None
    channel: Channel = Channel.CS
    last_interaction: datetime | None = None
    chat_refused: bool = False
    directions: Directions = field(default_factory=Directions)
    doubts: int = 0
    error_code: int | None = None
    apart: Priority | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What an attempt is to be remembered by: its channel, the channel's code (0: taken, None: nobody knows) and what
    it costs. `bars_chat`: until the person writes again, the chat is not tried with any message to them."""

    channel: Channel
    code: int | None
    price: int = 0
    bars_chat: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. QUEUED means again at `not_before`; `outgoing` replaces the body where it had to change.

    `channel` is the way from now on where that changes: WAIT leads to a new choice. `tried` leaves an attempt behind.
    `doubted`: nothing was seen of the last attempt. `attempt` is the one it speaks of: where the row has been taken or
    settled anew meanwhile, the outcome is old and changes nothing. `alarm`: only a human can mend what was in its way.
    """

    id: str
    state: OutboxState
    message_id: str | None = None
    error_code: int | None = None
    error: str | None = None
    not_before: datetime | None = None
    outgoing: Outgoing | None = None
    channel: Channel | None = None
    tried: Tried | None = None
    doubted: bool = False
    attempt: int | None = None
    alarm: bool = False
