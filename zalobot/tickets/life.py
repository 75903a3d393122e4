"""What state may follow which, and what the parts make of the ticket.

The one rule: nothing sets a state except `move`.
"""

from collections.abc import Sequence
from datetime import datetime

from zalobot.errors import IllegalTransition, StaleTicket
from zalobot.store.models import GONE_PART, GONE_TICKET, Part, PartState, Ticket, TicketState

P, T = PartState, TicketState

TRANSITIONS: dict[PartState, frozenset[PartState]] = {
    P.WAITING: frozenset({P.ACCEPTED, P.PAUSED, P.DECLINED, P.ANSWERED, P.WITHDRAWN, P.MERGED, P.DROPPED}),
    P.ACCEPTED: frozenset({P.PAUSED, P.DECLINED, P.ANSWERED, P.WITHDRAWN, P.MERGED, P.DROPPED}),
    P.PAUSED: frozenset({P.ACCEPTED, P.DECLINED, P.ANSWERED, P.WITHDRAWN, P.MERGED, P.DROPPED}),
    P.DECLINED: frozenset({P.WAITING, P.ACCEPTED, P.PAUSED, P.ANSWERED, P.WITHDRAWN, P.MERGED, P.DROPPED}),
    P.ANSWERED: frozenset({P.REOPENED, P.CLOSED}),
    P.REOPENED: frozenset({P.PAUSED, P.DECLINED, P.ANSWERED, P.WITHDRAWN, P.MERGED, P.DROPPED}),
    P.CLOSED: frozenset({P.REOPENED}),
    P.WITHDRAWN: frozenset(),
    P.MERGED: frozenset(),
    P.DROPPED: frozenset(),
}

OPEN = frozenset({P.WAITING, P.ACCEPTED, P.PAUSED, P.DECLINED, P.REOPENED})


def move(part: Part, to: PartState, *, seen: int | None = None) -> None:
    """Change a part's state. `seen` is the version on the officer's screen; raises IllegalTransition or StaleTicket."""
    if seen is not None and seen != part.version:
        raise StaleTicket("stale_ticket", part=part.code)
    if to not in TRANSITIONS[part.state]:
        raise IllegalTransition("illegal_transition", part=part.code, state=part.state, to=to)
    part.state = to
    part.version += 1


def settle(ticket: Ticket, parts: Sequence[Part], now: datetime) -> None:
    """Give the ticket the state its parts make (but one that was referred stays so); remember when it was over."""
    ticket.state = T.REFERRED if ticket.state is T.REFERRED else state_of(parts)
    ticket.version += 1
    if ticket.state in (T.ANSWERED, T.CLOSED):
        ticket.answered_at = ticket.answered_at or now
    else:
        ticket.answered_at = None
    ticket.closed_at = now if ticket.state in (T.CLOSED, *GONE_TICKET) else None


def state_of(parts: Sequence[Part]) -> TicketState:
    """A ticket is answered when every part is, closed when every part is, and waiting while any part is paused."""
    states = {part.state for part in parts}
    if states <= set(GONE_PART):
        return T.MERGED if P.MERGED in states else T.WITHDRAWN if P.WITHDRAWN in states else T.OUT_OF_SCOPE
    states -= set(GONE_PART)
    if states <= {P.CLOSED}:
        return T.CLOSED
    if states <= {P.ANSWERED, P.CLOSED}:
        return T.ANSWERED
    if P.REOPENED in states:
        return T.REOPENED
    if P.PAUSED in states:
        return T.WAITING
    if states & {P.ANSWERED, P.CLOSED}:
        return T.PARTLY_ANSWERED
    return T.IN_PROGRESS if P.ACCEPTED in states else T.ASSIGNED
