"""An attempt by the way that is chosen when the row leaves.

The one rule: the free chat needs no choice and asks nobody; every other way is chosen and written down before it is
taken (`channels.routing`), and what it refuses leads to another choice.
"""

import logging

from zalobot import metrics
from zalobot.channels import approvals, routing
from zalobot.channels.routing import Desk
from zalobot.outbox import Leaving, Outcome
from zalobot.relay.attempting import attempt, later
from zalobot.relay.ways import Ways
from zalobot.services import Now
from zalobot.store.database import Store
from zalobot.store.models import Channel, OutboxState

log = logging.getLogger(__name__)

NOT_BY_USER_ID = -249
AGAIN = 60.0  # seconds until a choice that failed (a database away, a bug) is made again


async def attempt_by_choice(store: Store, ways: Ways, desk: Desk, row: Leaving, now: Now) -> Outcome | None:
    """One attempt, as an Outcome; None where the row does not leave now, which is written down already."""
    if not desk.free(row, now()):
        try:
            chosen = await store.run(routing.route, row, desk, now())
        except Exception as error:
            log.exception("no way could be chosen", extra={"outbox_id": row.id})
            reason = f"{type(error).__name__}: {error}"
            return Outcome(row.id, OutboxState.QUEUED, error=reason, not_before=later(now(), AGAIN))
        if chosen is None:
            return None
        row = chosen
    outcome = routing.judged(row, await attempt(ways, row, now), now())
    if outcome.error_code == NOT_BY_USER_ID and row.channel is Channel.ZBS_UID:
        await _learn(store, row.directions.template_id)
    if outcome.state is OutboxState.SENT:
        metrics.BY_CHANNEL.labels(row.channel).inc()
    return outcome


async def _learn(store: Store, template_id: str) -> None:
    """Remember that a template goes by phone only; where that fails it is learnt another time."""
    try:
        await store.run(approvals.not_by_uid, template_id)
    except Exception:
        log.exception("that template %s goes by phone only was not written down", template_id)
