"""The choice itself: pure, so that a table can say all of it.

The one rule: the first way of the policy's order that is open is taken; why each earlier one was not is kept, for the
operator who asks.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zalobot.channel_policy import Policy
from zalobot.pack_templates import ADVERTISING
from zalobot.store.models import Channel, Priority

CHAT = frozenset({Channel.CS, Channel.CS_PAID})  # one call: what refused one refused the other


class Why(StrEnum):
    """Why a way is not open."""

    REFUSED = "refused"  # it has refused this message
    CHAT_REFUSED = "chat_refused"  # Zalo has refused the chat to this person, who has not written since
    WINDOW_CLOSED = "window_closed"
    NOT_PAID = "not_paid"  # the installation pays for no message
    NO_TEMPLATE = "no_template"  # none stands for this message
    NOT_APPROVED = "not_approved"
    NOT_FILLED = "not_filled"  # a parameter is missing or too long
    NO_PHONE = "no_phone"
    NO_ADDRESS = "no_address"
    NOT_SET_UP = "not_set_up"


@dataclass(frozen=True, slots=True)
class Message:
    """What is to go. `refused` are the channels that refused it since the person last wrote, `absent` those that are
    not set up in this installation."""

    priority: Priority
    refused: Set[Channel] = frozenset()
    absent: Set[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person, and of the template that stands for the message: why it cannot go, or its tag.

    No `last_interaction`: when they last wrote is not known, and Zalo is asked by trying.
    """

    last_interaction: datetime | None = None
    chat_refused: bool = False
    by_uid: Why | None = Why.NO_TEMPLATE
    by_phone: Why | None = Why.NO_TEMPLATE
    tag: int = 1
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A way that was passed over, and why."""

    channel: Channel
    why: Why


@dataclass(frozen=True, slots=True)
class Choice:
    """The way to take, not before `not_before` (None: now), and those that were passed over."""

    channel: Channel
    not_before: datetime | None = None
    passed: tuple[Passed, ...] = ()


def choose(message: Message, known: Known, policy: Policy, now: datetime) -> Choice:
    """The way this message takes at this instant."""
    passed: list[Passed] = []
    for channel in policy.order[message.priority]:
        why = _closed(channel, message, known, policy, now)
        if why is None:
            return Choice(channel, _night(channel, known, policy, now), tuple(passed))
        passed.append(Passed(channel, why))
    raise ValueError("an order of channels ends with wait")


def _closed(channel: Channel, message: Message, known: Known, policy: Policy, now: datetime) -> Why | None:
    """Why a channel is closed to this message; None where it is open."""
    if channel in message.absent:
        return Why.NOT_SET_UP
    if channel in message.refused or (channel in CHAT and message.refused & CHAT):
        return Why.REFUSED
    match channel:
        case Channel.CS | Channel.CS_PAID:
            return _chat_closed(channel, known, policy, now)
        case Channel.ZBS_UID:
            return known.by_uid
        case Channel.ZBS_PHONE:
            return known.by_phone or (None if known.phone else Why.NO_PHONE)
        case Channel.MAIL:
            return None if known.email else Why.NO_ADDRESS
    return None


def _chat_closed(channel: Channel, known: Known, policy: Policy, now: datetime) -> Why | None:
    if known.chat_refused:
        return Why.CHAT_REFUSED
    if channel is Channel.CS_PAID and not policy.may_pay:
        return Why.NOT_PAID
    if known.last_interaction is None:
        return None
    length = policy.free if channel is Channel.CS else policy.paid
    return None if now < known.last_interaction + length else Why.WINDOW_CLOSED


def _night(channel: Channel, known: Known, policy: Policy, now: datetime) -> datetime | None:
    if channel is Channel.ZBS_PHONE or (channel is Channel.ZBS_UID and known.tag == ADVERTISING):
        return policy.at_night(now, policy.advertising_ends if known.tag == ADVERTISING else None)
    return None
