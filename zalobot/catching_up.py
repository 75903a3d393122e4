"""After an outage: what the webhook missed is read from Zalo's own record of the conversations.

The one rule: what is read goes through the same inbox under the same key as Zalo's own delivery, so that whichever
comes second is nothing. One call tells whether anything was missed; more are made only for people who wrote.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import inbox, metrics, troubles, withdrawals
from zalobot.errors import PastHorizon, ZaloError
from zalobot.inbox import Incoming
from zalobot.services import Services
from zalobot.store.models import CatchUp, InboxEvent
from zalobot.workdays import WorkCalendar
from zalobot.zalo.events import Event
from zalobot.zalo.missed import MESSAGE_NAMES, Shown, shown

log = logging.getLogger(__name__)

PAGE = 10  # Zalo refuses to show more at once
OVERLAP = timedelta(minutes=2)  # events of one moment come in any order
DOWN = timedelta(minutes=3)  # nobody ticked for so long: the service was not running
POLL = timedelta(minutes=2)  # while the webhook is dead the conversations are all there is
READ = -1  # in place of Zalo's count of tries


class Chats(Protocol):
    """Where conversations are read (`zalo.client.ZaloClient`)."""

    async def recent_chats(self, offset: int = 0, count: int = 10) -> list[dict[str, Any]]:
        """The latest message of each recent conversation, newest first."""

    async def conversation(self, person_id: str, count: int = 10, offset: int = 0) -> list[dict[str, Any]]:
        """The latest messages with a person, newest first."""


@dataclass(frozen=True, slots=True)
class Look:
    """Why the conversations are to be read, and from when on."""

    reason: str
    since: datetime


def due(session: Session, oa_id: str, now: datetime, patience: timedelta, calendar: WorkCalendar) -> Look | None:
    """Whether something may have been missed. To be asked again and again: it remembers when it was asked.

    That is so when the service was not running, when the webhook has been silent for `patience` of working time or was
    silent for `patience` and speaks again, and as long as the last look found what the webhook had not brought.
    """
    row = session.get(CatchUp, oa_id, with_for_update=True)
    heard = troubles.last_heard(session)
    heard_at, happened_at = heard if heard else (None, None)
    if row is None:  # what was said before the bot was there is none of its business
        session.add(CatchUp(oa_id=oa_id, complete_to=now, alive_at=now, looked_at=now, heard_at=heard_at))
        return None
    reason = _reason(row, heard_at, now, patience, calendar)
    if reason:
        return Look(reason, row.complete_to - OVERLAP)
    row.alive_at = now
    if happened_at and heard_at != row.heard_at:
        row.complete_to, row.heard_at = max(row.complete_to, happened_at), heard_at
    return None


def _reason(row: CatchUp, heard: datetime | None, now: datetime, patience: timedelta, calendar: WorkCalendar) -> str:
    if now - row.alive_at > DOWN:
        return "down"
    news = heard is not None and heard >= row.looked_at
    if row.found and not news and now - row.looked_at >= POLL:
        return "dead"
    if news and heard and heard - max(row.heard_at or row.complete_to, row.looked_at) >= patience:
        return "back"
    silent_since = max(row.looked_at, heard) if heard else row.looked_at
    return "silent" if _worked(calendar, silent_since, now) >= patience else ""


def _worked(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    try:
        return calendar.working_between(start, end)
    except PastHorizon:  # what is working time is not known: look rather than not
        return end - start


async def catch_up(services: Services, chats: Chats) -> int:
    """Look where it is due and keep what is missing; gives back how many messages that were."""
    settings, now = services.settings, services.now()
    patience = timedelta(minutes=settings.catch_up_minutes)
    calendar = services.province.calendar
    look = await services.store.run(due, settings.zalo_oa_id, now, patience, calendar)
    if look is None:
        return 0
    found, newest = 0, None
    try:
        async for missed in read(chats, settings.zalo_oa_id, look.since):
            newest = max(newest or missed[0].at, *(one.at for one in missed))
            found += await services.store.run(keep, missed, settings.zalo_app_id, settings.zalo_oa_id, now)
    except ZaloError as error:
        log.warning("the conversations could not be read, that is done again: %s", error)
        return found
    await services.store.run(looked, settings.zalo_oa_id, now, newest, found)
    if found:
        metrics.CAUGHT_UP.inc(found)
        log.error("the webhook missed %d messages since %s (%s): is it switched on?", found, look.since, look.reason)
        await services.coordination.publish(inbox.TOPIC)
    return found


async def read(chats: Chats, oa_id: str, since: datetime) -> AsyncIterator[Sequence[Shown]]:
    """What was said since then, conversation by conversation, the oldest message first."""
    seen: set[str] = set()
    offset = 0
    while page := await chats.recent_chats(offset, PAGE):
        latest = [one for item in page if (one := shown(item, oa_id))]
        for person in {one.person_id for one in latest if one.at >= since} - seen:
            seen.add(person)
            if messages := await _conversation(chats, person, oa_id, since):
                yield messages
        if len(page) < PAGE or any(one.at < since for one in latest):
            return
        offset += PAGE


async def _conversation(chats: Chats, person_id: str, oa_id: str, since: datetime) -> Sequence[Shown]:
    said: dict[str, Shown] = {}
    offset = 0
    while page := await chats.conversation(person_id, PAGE, offset):
        read = [one for item in page if (one := shown(item, oa_id)) and one.person_id == person_id]
        said |= {one.message_id: one for one in read if one.at >= since}
        if len(page) < PAGE or any(one.at < since for one in read):
            break
        offset += PAGE
    return sorted(said.values(), key=lambda one: one.at)


def keep(session: Session, messages: Sequence[Shown], app_id: str, oa_id: str, now: datetime) -> int:
    """Keep what people said and the inbox does not know; gives back how many messages that were."""
    said = [one for one in messages if one.from_person]
    known = _known(session, [one.message_id for one in said])
    missing = [one for one in said if one.message_id not in known]
    missing = [one for one in missing if not withdrawals.came_before(session, one.person_id, one.at)]
    if not missing:
        return 0
    inbox.keep(session, [_incoming(one, app_id, oa_id, now) for one in missing])
    # Zalo may call the same message otherwise when it delivers it after all: it is known by every name then.
    others = [_key(one, name) for one in missing if not one.certain for name in MESSAGE_NAMES if name != one.name]
    if others:
        inbox.shut(session, others, now)
    return len(missing)


def looked(session: Session, oa_id: str, now: datetime, newest: datetime | None, found: int) -> None:
    """The conversations were read: nothing said until then is missing any more."""
    row = session.get_one(CatchUp, oa_id, with_for_update=True)
    heard_at, happened_at = troubles.last_heard(session) or (None, None)
    dead = heard_at is None or heard_at < row.looked_at
    row.found = found or (row.found if dead else 0)
    row.alive_at = row.looked_at = now
    row.heard_at = heard_at
    row.complete_to = max(filter(None, (row.complete_to, newest, happened_at)))


def _known(session: Session, message_ids: Sequence[str]) -> set[str]:
    keys = [f"{message_id}:{name}" for message_id in message_ids for name in MESSAGE_NAMES]
    found: set[str] = set()
    for first in range(0, len(keys), 500):
        query = select(col(InboxEvent.key)).where(col(InboxEvent.key).in_(keys[first : first + 500]))
        found |= {key.rpartition(":")[0] for key in session.execute(query).scalars()}
    return found


def _incoming(one: Shown, app_id: str, oa_id: str, now: datetime) -> Incoming:
    body = one.body(app_id, oa_id)
    event = Event.parse(body.encode(), oa_id, now)
    return Incoming(event.key, event.person_id, event.name, event.at, now, body, READ)


def _key(one: Shown, name: str) -> str:
    return f"{one.message_id}:{name}"
