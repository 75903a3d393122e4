"""Rows whose outcome nobody knows, settled by what can be seen of them.

The one rule: nothing is said again before it was looked for where it would be seen, and what was found belongs to one
row only. What stays in doubt is listed for the operator as unclear; it is never taken for sent, nor for failed.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from zalobot import metrics, outbox
from zalobot.errors import Undeliverable
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.attempting import backoff, later, refused
from zalobot.relay.ways import Ways
from zalobot.services import Now
from zalobot.store.database import Store
from zalobot.store.models import OutboxState
from zalobot.zalo.codes import SEND_FAILED

log = logging.getLogger(__name__)

ATTEMPTS = 3  # that end in doubt and leave nothing to be seen
FAILED_ATTEMPTS = 2  # of which Zalo says itself that it failed (-200)
NOT_SHOWN = timedelta(minutes=10)  # how long an echo is waited for where Zalo refuses to show the conversation
NOT_ANSWERED = timedelta(days=1)  # and where it cannot be asked: an outage
SOON, LATE = timedelta(seconds=5), timedelta(minutes=5)  # until it is asked again


async def ask(store: Store, ways: Ways, row: Leaving, now: Now) -> Outcome:
    """What became of a row, by its traces. It stays unknown where that cannot be told now."""
    try:
        ids = await ways[row.channel].traces(row)
    except Exception as error:
        log.warning("no traces to be had: %s", error, extra={"outbox_id": row.id})
        return replace(_untold(row, error, now()), attempt=row.attempts)
    taken = await store.read(outbox.known_ids, ids)
    free = [message_id for message_id in ids if message_id not in taken]
    if free:
        return Outcome(row.id, OutboxState.SENT, free[0])
    return replace(_not_seen(row, now()), attempt=row.attempts)


def _not_seen(row: Leaving, now: datetime) -> Outcome:
    doubts = row.doubts + 1
    if row.error_code == SEND_FAILED and doubts >= FAILED_ATTEMPTS:
        return refused(row, SEND_FAILED, "Zalo failed to send it, twice")
    if doubts >= ATTEMPTS:
        return _unclear(row, f"{doubts} attempts, none to be seen")
    return Outcome(row.id, OutboxState.QUEUED, not_before=later(now, backoff(doubts)), doubted=True)


def _untold(row: Leaving, error: Exception, now: datetime) -> Outcome:
    doubted_for = now - (row.since or now)
    if doubted_for >= (NOT_SHOWN if isinstance(error, Undeliverable) else NOT_ANSWERED):
        return _unclear(row, f"cannot be looked up: {error}")
    again = now + min(max(doubted_for / 4, SOON), LATE)
    return Outcome(row.id, OutboxState.UNKNOWN, error_code=row.error_code, error=str(error), not_before=again)


def _unclear(row: Leaving, why: str) -> Outcome:
    metrics.UNCLEAR.inc()
    log.error("whether a message arrived is unclear: %s", why, extra={"outbox_id": row.id})
    return Outcome(row.id, OutboxState.UNCLEAR, error_code=row.error_code, error=why, doubted=True)
