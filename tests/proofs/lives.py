"""What one process does, without HTTP: a store, a worker and a relay of its own, and a Zalo that counts."""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from zalobot import app
from zalobot.config import Settings
from zalobot.handlers.dispatch import dispatcher
from zalobot.relay import Chat, Relay, Uploads
from zalobot.services import Services
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import Channel
from zalobot.store.presence import Presence
from zalobot.worker import Worker
from zalobot.zalo.client import Sent
from zalobot.zalo.messages import Outgoing

OA, APP = "388613280878808645", "360846524940903967"


class Phones:
    """Takes every message after a moment, and remembers in which order they came to each person."""

    def __init__(self) -> None:
        self.got: defaultdict[str, list[str]] = defaultdict(list)

    async def send(self, person_id: str, outgoing: Outgoing) -> Sent:
        await asyncio.sleep(random.random() * 0.01)
        self.got[person_id].append(outgoing.text)
        return Sent(f"{person_id}-{len(self.got[person_id])}")


@contextlib.asynccontextmanager
async def life(url: str, folder: Path, coordination: InProcess, phones: Phones) -> AsyncIterator[Store]:
    """A worker and a relay at work, until the end of the block."""
    settings = replace(Settings(), database_url=url, secret_key="proofs only", zalo_oa_id=OA, burst_seconds=0.0)
    store, here = await asyncio.to_thread(app.open_store, settings, app.utc_now())
    services, presence = Services(settings, store, coordination, here, app.utc_now), Presence(url, "relay")
    ways = {Channel.CS: Chat(phones, Uploads(phones, BlobStore(folder), store, OA, app.utc_now))}  # type: ignore[arg-type]
    relay = Relay(store, ways, coordination, app.utc_now, presence=presence)
    tasks = [asyncio.create_task(Worker(services, dispatcher(OA)).run()), asyncio.create_task(relay.run())]
    try:
        yield store
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        presence.close()
        await store.close()
