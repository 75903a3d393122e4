"""What Zalo answered is written down, however slowly and in whatever order the answers come."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import Session, col

from zalobot import outbox
from zalobot.relay import Chat, Relay, Uploads
from zalobot.store import coordination
from zalobot.store.blobs import BlobStore
from zalobot.store.database import Store
from zalobot.store.models import Channel, OutboxMessage, OutboxState
from zalobot.store.presence import Presence
from zalobot.templating import Rendered
from zalobot.zalo.client import Sent, ZaloClient
from zalobot.zalo.messages import Outgoing

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


class SlowZalo:
    """Takes every message; the answers to the first few take longer the earlier they were asked for."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        self.taken.append(person_id)
        await asyncio.sleep(0.2 / len(self.taken))
        return Sent(f"z-{person_id}")


def queue(session: Session, person_id: str) -> None:
    outbox.enqueue(session, person_id, Rendered("Kính chào", (), "test", "1"), now=NOW)


def states(session: Session) -> dict[str, int]:
    query = select(col(OutboxMessage.state), func.count()).group_by(col(OutboxMessage.state))
    return {row[0]: row[1] for row in session.execute(query)}


async def test_an_answer_that_comes_while_others_are_written_down_is_not_lost(store: Store, tmp_path: Path) -> None:
    zalo: Any = SlowZalo()
    client = cast(ZaloClient, zalo)
    relay = Relay(
        store,
        {Channel.CS: Chat(client, Uploads(client, BlobStore(tmp_path), store, "oa", lambda: NOW))},
        coordination.connect(""),
        lambda: NOW,
        presence=Presence(store.url, "relay"),
    )
    running = asyncio.create_task(relay.run())
    for number in range(20):
        await store.run(queue, f"p{number}")
        await relay.coordination.publish("outbox")
        await asyncio.sleep(0.01)
    for _ in range(100):
        if await store.read(states) == {OutboxState.SENT: 20}:
            break
        await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await store.read(states), len(zalo.taken)) == ({OutboxState.SENT: 20}, 20)
