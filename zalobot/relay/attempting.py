"""One attempt to say one row, as an Outcome.

The one rule: whatever happens, the row has an outcome; what nobody foresaw counts as unknown, never as failed.
"""

import logging
import random
from dataclasses import replace
from datetime import datetime, timedelta

from zalobot import metrics
from zalobot.channels.choosing import CHAT
from zalobot.channels.routing import CANNOT_BE_CHARGED
from zalobot.errors import ConsentNeeded, Misconfigured, OutcomeUnknown, Retryable, Undeliverable
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.ways import Reworded, Ways
from zalobot.services import Now
from zalobot.store.models import Channel, OutboxState
from zalobot.zalo.codes import UNSUPPORTED_OA, unheard_of

log = logging.getLogger(__name__)

LOOK_AFTER = 3.0  # seconds until Zalo shows what it took
HELD_UP = 15 * 60.0  # seconds until it is tried again whether a human has mended the account
RETRIES = 300  # two days at ten minutes each: as long as Zalo lets us answer (an outage must not cost a word)


async def attempt(ways: Ways, row: Leaving, now: Now) -> Outcome:
    """Give the row to the way it goes; how that ended."""
    return replace(await _ended(ways, row, now), attempt=row.attempts)


async def _ended(ways: Ways, row: Leaving, now: Now) -> Outcome:
    try:
        sent = await ways[row.channel].deliver(row)
    except Retryable as error:
        return _again(row, error, now())
    except OutcomeUnknown as error:
        metrics.SENDS.labels("unknown").inc()
        look = later(now(), max(error.after, LOOK_AFTER))
        return Outcome(row.id, OutboxState.UNKNOWN, None, error.code, str(error), look)
    except ConsentNeeded as error:
        log.error("Zalo needs an administrator's consent", extra={"outbox_id": row.id})
        return Outcome(row.id, OutboxState.QUEUED, None, error.code, str(error), later(now(), 60))
    except Reworded as other:
        metrics.SENDS.labels(str(other.code)).inc()
        return Outcome(row.id, OutboxState.QUEUED, not_before=now(), outgoing=other.outgoing)
    except Misconfigured as error:
        return _held_up(row, error, now())
    except Undeliverable as error:
        metrics.SENDS.labels(str(error.code)).inc()
        wanted = row.channel is not Channel.MAIL and (unheard_of(error.code) or error.code == UNSUPPORTED_OA)
        return replace(refused(row, error.code, error.message), alarm=wanted)
    except (ValueError, OSError) as error:  # nothing was sent: a body Zalo has no form for, a disk that fails
        log.exception("not sendable", extra={"outbox_id": row.id})
        return Outcome(row.id, OutboxState.FAILED, None, None, f"{type(error).__name__}: {error}")
    except Exception as error:  # a bug of ours must not leave the row as sending
        log.exception("send failed", extra={"outbox_id": row.id})
        return Outcome(row.id, OutboxState.UNKNOWN, None, None, f"{type(error).__name__}: {error}", now())
    metrics.SENDS.labels("0").inc()
    return Outcome(row.id, OutboxState.SENT, sent.message_id[:64])


def refused(row: Leaving, code: int, why: str) -> Outcome:
    """What becomes of a row that its way will not carry."""
    return Outcome(row.id, OutboxState.FAILED, None, code, why)


def _held_up(row: Leaving, error: Misconfigured, now: datetime) -> Outcome:
    """The chat is closed to everybody until a human acts: no word is lost by that. Other ways are not waited for."""
    metrics.SENDS.labels(str(error.code)).inc()
    if row.channel not in CHAT or error.code in CANNOT_BE_CHARGED or row.attempts >= RETRIES:
        return replace(refused(row, error.code, error.message), alarm=True)
    again = later(now, HELD_UP)
    return Outcome(row.id, OutboxState.QUEUED, None, error.code, error.message, again, alarm=True)


def _again(row: Leaving, error: Retryable, now: datetime) -> Outcome:
    metrics.SENDS.labels(str(error.code)).inc()
    if row.attempts >= RETRIES:
        return Outcome(row.id, OutboxState.FAILED, None, error.code, f"given up after {row.attempts}: {error}")
    wait = backoff(row.attempts, error.after)
    return Outcome(row.id, OutboxState.QUEUED, None, error.code, str(error), later(now, wait))


def backoff(attempts: int, least: float = 0.0) -> float:
    """Seconds until the next attempt: doubling from two, at most ten minutes, with jitter so that rows spread."""
    wait = max(least, min(600.0, 2.0**attempts))
    return wait * random.uniform(1.0, 1.25)


def later(now: datetime, seconds: float) -> datetime:
    """So many seconds from now."""
    return now + timedelta(seconds=seconds)
