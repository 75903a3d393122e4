"""Sending a claimed row on its way: the way is chosen now, written down, and only then taken.

The one rule: what is not the free chat is on the row before anything is called, so that a process that dies leaves
behind which channel may have it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from zalobot.channel_policy import Policy
from zalobot.channels import facts, waiting
from zalobot.channels.choosing import CHAT, Choice, choose
from zalobot.outbox import Leaving, Outcome, Tried
from zalobot.store.models import Channel, OutboxMessage, OutboxState
from zalobot.zalo.codes import OA, Reaction, reaction

# Refusals that are about the person and not about this message (platform facts 7.1): until they write, the chat is
# closed to them. A person's or the account's allowance (-211, -218, -311) is not among them.
ABOUT_THE_PERSON = frozenset({-213, -217, -227, -230, -232, -244, -305})
CANNOT_BE_CHARGED = frozenset({-320, -321})


@dataclass(frozen=True, slots=True)
class Desk:
    """What the choice needs besides the database: the policy, and the channels that are set up here."""

    policy: Policy
    channels: frozenset[Channel]

    def free(self, row: Leaving, now: datetime) -> bool:
        """Whether the row may take the free chat without anybody being asked."""
        if row.channel is not Channel.CS or row.chat_refused:
            return False
        return row.last_interaction is None or now < row.last_interaction + self.policy.free


def route(session: Session, row: Leaving, desk: Desk, now: datetime) -> Leaving | None:
    """The row with its way and directions; None where it does not leave now: it waits for its person or the morning."""
    kept = session.get(OutboxMessage, row.id)
    if kept is None or kept.state is not OutboxState.SENDING:
        return None  # taken back or settled meanwhile
    case = facts.of_row(session, kept, now)
    message = replace(case.message, absent=frozenset(Channel) - desk.channels)
    choice = choose(message, case.known, desk.policy, now)
    if choice.channel is Channel.WAIT:
        waiting.park(session, kept, case.known.last_interaction, reasons(choice), now)
        return None
    held = choice.not_before
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == row.id)
        .values(
            channel=choice.channel,
            **({"state": OutboxState.QUEUED, "not_before": held, "attempts": kept.attempts - 1} if held else {}),
        )
    )
    if held:
        return None
    directions = case.directions.get(choice.channel, row.directions)
    if choice.channel in CHAT:
        directions = replace(directions, price=desk.policy.price[choice.channel])
    return replace(row, channel=choice.channel, directions=directions)


def reasons(choice: Choice) -> str:
    """Why no way was open, as the operator's list shows it."""
    return ", ".join(f"{one.channel}: {one.why}" for one in choice.passed)


def judged(row: Leaving, outcome: Outcome, now: datetime) -> Outcome:
    """What an outcome means for the way: a refusal that another channel may get around leads to a new choice."""
    if outcome.state is OutboxState.FAILED and outcome.error_code is not None:
        code = outcome.error_code
        tried = Tried(row.channel, code, bars_chat=row.channel in CHAT and code in ABOUT_THE_PERSON)
        if _another_may_carry_it(row.channel, code):
            return replace(outcome, state=OutboxState.QUEUED, not_before=now, channel=Channel.WAIT, tried=tried)
        return replace(outcome, tried=tried)
    if row.channel is Channel.CS or outcome.state is OutboxState.QUEUED:
        return outcome
    sent = outcome.state is OutboxState.SENT
    return replace(outcome, tried=Tried(row.channel, 0 if sent else None, row.directions.price))


def _another_may_carry_it(channel: Channel, code: int) -> bool:
    """Every refusal of a template or a letter; of the chat's those that are not about the words or the account."""
    if channel not in CHAT:
        return True
    return reaction(code, OA) is Reaction.OTHER_CHANNEL or code in CANNOT_BE_CHARGED
