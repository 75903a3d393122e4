"""The outbox: what we will say is a row before it is said.

The one rule: a row goes queued → sending → sent, or unknown (settled by Zalo's echo or the recent conversation, never
by sending blindly again), or failed (in the operator's list). Rows of one person leave one at a time, in order.
"""

from zalobot.outbox.acknowledging import acknowledge
from zalobot.outbox.claiming import claim, exchange, hasten, next_due, put_by
from zalobot.outbox.leaving import OFFICE, Directions, Leaving, Outcome, Tried
from zalobot.outbox.queueing import AT_ONCE, Said, enqueue, enqueue_message, withdraw, withdraw_held
from zalobot.outbox.reading import counts, last_offer
from zalobot.outbox.settling import (
    arrived,
    echoed,
    echoed_template,
    holders,
    known_ids,
    same_words,
    settle,
    tracked,
    unsettled,
)

__all__ = [
    "AT_ONCE",
    "OFFICE",
    "Directions",
    "Leaving",
    "Outcome",
    "Said",
    "Tried",
    "acknowledge",
    "arrived",
    "claim",
    "counts",
    "echoed",
    "echoed_template",
    "enqueue",
    "enqueue_message",
    "exchange",
    "hasten",
    "holders",
    "known_ids",
    "last_offer",
    "next_due",
    "put_by",
    "same_words",
    "settle",
    "tracked",
    "unsettled",
    "withdraw",
    "withdraw_held",
]
