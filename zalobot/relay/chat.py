"""The chat with the Official Account: Zalo's consultation message, the way everything goes first.

The one rule: what Zalo shows of the conversation since the attempt decides an unknown outcome.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from zalobot import outbox
from zalobot.errors import Undeliverable
from zalobot.outbox import Leaving
from zalobot.relay.ways import Reworded
from zalobot.store.blobs import BlobStore
from zalobot.zalo.client import Sent, ZaloClient
from zalobot.zalo.codes import NO_BUTTONS
from zalobot.zalo.messages import Outgoing

SKEW = timedelta(seconds=30)  # how far Zalo's clock may be from ours
PAGE, PAGES = 10, 5  # how much of a conversation is looked through


class Chat:
    """Sends over one account's client; files are read from `blobs`."""

    def __init__(self, client: ZaloClient, blobs: BlobStore) -> None:
        self.client, self.blobs = client, blobs

    async def deliver(self, row: Leaving) -> Sent:
        """Upload what belongs to the message, then send it."""
        outgoing = await self._uploaded(row.outgoing)
        try:
            return await self.client.send(row.person_id, outgoing)
        except Undeliverable as error:
            if error.code in NO_BUTTONS and outgoing.buttons:
                raise Reworded(error.code, error.message, row.outgoing.plain()) from error
            raise

    async def traces(self, row: Leaving) -> list[str]:
        """The same words in what Zalo shows of the conversation since the attempt."""
        return candidates(await self._shown(row), row)

    async def _uploaded(self, outgoing: Outgoing) -> Outgoing:
        if outgoing.image_blob:
            name = outgoing.file_name or "image.jpg"
            image_id = await self.client.upload_image(await self._file(outgoing.image_blob), name)
            return replace(outgoing, image_id=image_id, image_blob="")
        if outgoing.file_blob:
            token = await self.client.upload_file(await self._file(outgoing.file_blob), outgoing.file_name)
            return replace(outgoing, file_token=token, file_blob="")
        return outgoing

    async def _file(self, sha256: str) -> bytes:
        try:
            return await asyncio.to_thread(self.blobs.get, sha256)
        except KeyError as error:
            raise Undeliverable(0, f"the file {sha256} is gone") from error

    async def _shown(self, row: Leaving) -> list[dict[str, Any]]:
        """As far back as that takes."""
        shown: list[dict[str, Any]] = []
        for page in range(PAGES):
            shown += (more := await self.client.conversation(row.person_id, PAGE, page * PAGE))
            if len(more) < PAGE or (row.since and said_at(more[-1]) < millis(row.since - SKEW)):
                break
        return shown


def candidates(shown: Sequence[dict[str, Any]], row: Leaving) -> list[str]:
    """The ids under which Zalo shows these words as sent by the account (`src` 0) since the attempt, oldest first."""
    since = millis(row.since - SKEW) if row.since else 0
    found = [
        (said_at(item), str(item.get("message_id", "")))
        for item in shown
        if str(item.get("src")) == "0" and _is_it(item, row.outgoing)
    ]
    return [message_id for at, message_id in sorted(found) if at >= since]


def _is_it(item: dict[str, Any], outgoing: Outgoing) -> bool:
    """The same words; of what has none, that it is no text either (Zalo shows no id of an upload)."""
    if outgoing.text:
        return outbox.same_words(outgoing, str(item.get("message", "")))
    return str(item.get("type", "")) not in ("", "text")


def said_at(item: dict[str, Any]) -> int:
    """When a message of a conversation was said, in milliseconds since the epoch."""
    said = str(item.get("time", ""))
    return int(said) if said.isdecimal() else 0


def millis(instant: datetime) -> int:
    """An instant as Zalo writes it."""
    return int(instant.timestamp() * 1000)
