"""Rows whose outcome nobody knows, settled by what can be seen of them.

The one rule: nothing is said again before it was looked for where it would be seen, and what was found belongs to one
row only.
"""

import logging

from zalobot import outbox
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.attempting import backoff, later
from zalobot.relay.ways import Ways
from zalobot.services import Now
from zalobot.store.database import Store
from zalobot.store.models import OutboxState

log = logging.getLogger(__name__)

ATTEMPTS = 10  # of a message whose outcome stays unknown and which is nowhere to be seen


async def ask(store: Store, ways: Ways, row: Leaving, now: Now) -> Outcome | None:
    """What became of a row, by its traces; None where that cannot be told now."""
    try:
        ids = await ways[row.channel].traces(row)
    except Exception as error:
        log.warning("no traces to be had: %s", error, extra={"outbox_id": row.id})
        return None
    taken = await store.read(outbox.known_ids, ids)
    free = [message_id for message_id in ids if message_id not in taken]
    if free:
        return Outcome(row.id, OutboxState.SENT, free[0])
    if row.attempts >= ATTEMPTS:
        return Outcome(row.id, OutboxState.FAILED, error="outcome unknown, not in the conversation")
    return Outcome(row.id, OutboxState.QUEUED, not_before=later(now(), backoff(row.attempts)))
