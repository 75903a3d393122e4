"""The chat with the Official Account: Zalo's consultation message, the way everything goes first.

The one rule: what Zalo shows of the conversation since the attempt decides an unknown outcome.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from zalobot import outbox
from zalobot.errors import OutcomeUnknown, Retryable, Undeliverable, UploadExpired
from zalobot.outbox import Leaving
from zalobot.relay.uploads import Uploads
from zalobot.relay.ways import Reworded
from zalobot.zalo.client import Sent, ZaloClient
from zalobot.zalo.codes import NO_BUTTONS
from zalobot.zalo.messages import Outgoing
from zalobot.zalo.send_api import BUTTONS, Memory, Nothing

SKEW = timedelta(seconds=30)  # how far Zalo's clock may be from ours
PAGE, PAGES = 10, 5  # how much of a conversation is looked through


class Chat:
    """Sends over one account's client. `memory` holds what was learnt of the account (the client's own)."""

    def __init__(self, client: ZaloClient, uploads: Uploads, memory: Memory | None = None) -> None:
        self.client, self.uploads, self.memory = client, uploads, memory or Nothing()

    async def deliver(self, row: Leaving) -> Sent:
        """Upload what belongs to the message, then send it, without buttons where the account has none."""
        outgoing = row.outgoing
        if outgoing.buttons and await self.memory.recall(BUTTONS) == "no":
            outgoing = outgoing.plain()
        try:
            sent = await self._sent(row.person_id, outgoing)
        except OutcomeUnknown as error:
            if outgoing.react_icon:  # doing it twice is doing it once
                raise Retryable(error.code, error.message) from error
            raise
        except Undeliverable as error:
            if outgoing.react_icon:  # a sign that could not be given is nothing for anybody's list
                return Sent(outgoing.react_id)
            if (other := _reworded(error, outgoing)) is not None:
                raise Reworded(error.code, error.message, other) from error
            raise
        if outgoing.reworded:
            await self.memory.keep(BUTTONS, "no")
        return sent

    async def traces(self, row: Leaving) -> list[str]:
        """The same words in what Zalo shows of the conversation since the attempt."""
        return candidates(await self._shown(row), row)

    async def _sent(self, person_id: str, outgoing: Outgoing) -> Sent:
        try:
            return await self.client.send(person_id, await self.uploads.ready(outgoing))
        except UploadExpired:
            if not (outgoing.image_blob or outgoing.file_blob):
                raise
            await self.uploads.forget(outgoing)
        return await self.client.send(person_id, await self.uploads.ready(outgoing))

    async def _shown(self, row: Leaving) -> list[dict[str, Any]]:
        """As far back as that takes."""
        shown: list[dict[str, Any]] = []
        for page in range(PAGES):
            shown += (more := await self.client.conversation(row.person_id, PAGE, page * PAGE))
            if len(more) < PAGE or (row.since and said_at(more[-1]) < millis(row.since - SKEW)):
                break
        return shown


def _reworded(error: Undeliverable, outgoing: Outgoing) -> Outgoing | None:
    """The form to try after a refusal that will be the same next time; None where there is none.

    That the account cannot show buttons is believed once the words alone were taken: -201 has many reasons.
    """
    if error.code in NO_BUTTONS and outgoing.buttons:
        return replace(outgoing.plain(), reworded=True)
    if type(error) is Undeliverable and outgoing.quote_id:  # too old or deleted
        return replace(outgoing, quote_id="")
    return None


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
