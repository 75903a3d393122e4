"""What runs when: one table. APScheduler is a metronome; every duty is right however often and wherever it runs.

The one rule: a job claims its work as rows. The lease only spares work where several processes run.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot import (
    account,
    attachments,
    catching_up,
    channel_policy,
    digests,
    grant_alarm,
    nudging,
    outbox,
    profiles,
    reminders,
    unseen,
    withdrawals,
)
from zalobot.accounts import held_forms, links, sessions, tries
from zalobot.calendars import horizon, strays
from zalobot.channels import keeping
from zalobot.credentials import TokenKeeper
from zalobot.errors import Refused, Retryable
from zalobot.ledger import days
from zalobot.mail import Postbox
from zalobot.relay import TOPIC as OUTBOX
from zalobot.relay import Relay, alarms
from zalobot.services import Services
from zalobot.store.blobs import BlobStore
from zalobot.store.ids import new_id
from zalobot.store.models import Lease
from zalobot.studio import tally
from zalobot.tickets import at_desk, disputes, proposals, silence, succeeding
from zalobot.zalo import media
from zalobot.zalo.client import ZaloClient

log = logging.getLogger(__name__)
ME = new_id()


@dataclass(frozen=True, slots=True)
class Duties:
    """What the jobs work with."""

    services: Services
    relay: Relay
    tokens: TokenKeeper
    http: aiohttp.ClientSession
    blobs: BlobStore
    client: ZaloClient


@dataclass(frozen=True, slots=True)
class Job:
    """A duty and how often it is looked at, in seconds."""

    name: str
    every: float
    does: Callable[[Duties], Awaitable[None]]


async def remind(duties: Duties) -> None:
    """Tell what came due on the ladder."""
    services = duties.services
    while await services.store.run(reminders.remind, services.now()):
        await services.coordination.publish(OUTBOX)


async def nudge(duties: Duties) -> None:
    """Ask once about a draft that was left a day ago."""
    services = duties.services
    if await services.store.run(nudging.nudge, services.now()):
        await services.coordination.publish(OUTBOX)


async def remind_coordinators(duties: Duties) -> None:
    """Remind the coordinators of what waits for them; tell the leaders of what has waited too long."""
    services = duties.services
    for sweep in (disputes.remind, disputes.escalate, proposals.remind):
        if await services.store.run(sweep, services.now()):
            await services.coordination.publish(OUTBOX)


async def succeed(duties: Duties) -> None:
    """Carry out successions of agencies whose day has come."""
    services = duties.services
    if await services.store.run(succeeding.carry_out, services.now()):
        await services.coordination.publish(OUTBOX)


async def keep_calendar(duties: Duties) -> None:
    """Count again what a change of the calendar missed; warn the coordinators before the calendar ends."""
    services = duties.services
    told = await services.store.run(strays.settle, services.now())
    if told + await services.store.run(horizon.alarm, services.now()):
        await services.coordination.publish(OUTBOX)


async def keep_silence(duties: Duties) -> None:
    """What the clock does where nobody says anything: pauses end, answers close, lateness stays unexplained."""
    services = duties.services
    for sweep in (silence.end_pauses, silence.close_unjudged, silence.note_unexplained):
        if await services.store.run(sweep, services.now()):
            await services.coordination.publish(OUTBOX)


async def close_days(duties: Duties) -> None:
    """Keep where the ledger stood at the end of each day."""
    services = duties.services
    if await services.store.read(days.due, services.now()):
        await services.store.run(days.close_days, services.now())


async def climb(duties: Duties) -> None:
    """Tell the heads of urgent notices that nobody looked at."""
    services = duties.services
    if await services.store.run(unseen.climb, services.now()):
        await services.coordination.publish(OUTBOX)


async def digest(duties: Duties) -> None:
    """Tell the staff what the morning holds."""
    services = duties.services
    while await services.store.run(digests.send, services.now()):
        await services.coordination.publish(OUTBOX)


async def put_by(duties: Duties) -> None:
    """Reminders that could not leave on their day are said no more."""
    await duties.services.store.run(outbox.put_by, duties.services.now())


async def keep_windows(duties: Duties) -> None:
    """Give whoever has something to hear a button before Zalo's window closes."""
    services = duties.services
    policy = channel_policy.policy(may_pay=services.settings.paid_messages)
    if await services.store.run(keeping.keep, services.now(), policy):
        await services.coordination.publish(OUTBOX)


async def settle(duties: Duties) -> None:
    """Find out what became of messages nobody knows the outcome of."""
    await duties.relay.settle_unknown()


async def keep_tokens(duties: Duties) -> None:
    """Renew the token pair in good time; tell people where only they can."""
    services, settings = duties.services, duties.services.settings
    await duties.tokens.keep_fresh(services.now())
    postbox = Postbox(settings.smtp_url, settings.mail_from)
    send = postbox.send if postbox.open else None
    oa_id, to = settings.zalo_oa_id, settings.alarm_addresses
    if await grant_alarm.sound(services.store, oa_id, services.now(), send, to):
        await services.coordination.publish(OUTBOX)


async def alarm(duties: Duties) -> None:
    """Write letters of what only a human can mend."""
    services, settings = duties.services, duties.services.settings
    postbox = Postbox(settings.smtp_url, settings.mail_from)
    if postbox.open:
        to = dict.fromkeys([*settings.alarm_addresses, *await services.store.read(grant_alarm.staff_addresses)])
        await alarms.write(services.store, services.now(), postbox.send, to)


async def look_at_account(duties: Duties) -> None:
    """Ask Zalo now and then what the account is."""
    services, oa_id = duties.services, duties.services.settings.zalo_oa_id
    if await services.store.read(account.due, oa_id, services.now()):
        seen = await account.look(duties.client, services.now())
        await services.store.run(account.keep, oa_id, seen)


async def look_up_names(duties: Duties) -> None:
    """Ask Zalo how people are called who wrote lately."""
    services = duties.services
    await profiles.look_up(services.store, duties.client, services.now())


async def fetch(duties: Duties) -> None:
    """Fetch what people sent before Zalo's links die."""
    services = duties.services
    settings = services.settings
    for file in await services.store.read(attachments.wanted, services.now()):
        try:
            found = await media.fetch(
                duties.http,
                file.url,
                hosts=settings.media_hosts,
                limit_bytes=settings.attachment_limit,
                name=file.name,
            )
        except Refused as refusal:
            await services.store.run(attachments.refused, file.id, refusal.reason)
        except Retryable as error:
            await services.store.run(attachments.again, file, str(error), services.now())
        else:
            sha256 = await asyncio.to_thread(duties.blobs.put, found.data)
            await services.store.run(attachments.kept, file.id, sha256, found.content_type, len(found.data))
            await asyncio.to_thread(duties.blobs.put, found.data)


async def catch_up(duties: Duties) -> None:
    """Read what the webhook may have missed."""
    await catching_up.catch_up(duties.services, duties.client)


async def forget_files(duties: Duties) -> None:
    """Remove the files of people who were erased."""
    while await duties.services.store.run(withdrawals.sweep, duties.blobs):
        pass


async def tidy(duties: Duties) -> None:
    """Drop what nobody needs any more: links and sessions that ran out, old tries, what nobody came back to."""
    for sweep in (links.sweep, sessions.sweep, tries.sweep, at_desk.sweep, held_forms.sweep):
        await duties.services.store.run(sweep, duties.services.now())


async def count_uses(duties: Duties) -> None:
    """Count how many messages were written with each version of the words."""
    await duties.services.store.run(tally.count, duties.services.now())


JOBS = (
    Job("remind", 15, remind),
    Job("nudge", 60, nudge),
    Job("coordinators", 60, remind_coordinators),
    Job("succeed", 600, succeed),
    Job("calendar", 60, keep_calendar),
    Job("climb", 60, climb),
    Job("digest", 30, digest),
    Job("silence", 60, keep_silence),
    Job("ledger_days", 60, close_days),
    Job("put_by", 600, put_by),
    Job("windows", 300, keep_windows),
    Job("settle", 5, settle),
    Job("keep_tokens", 10, keep_tokens),
    Job("alarm", 60, alarm),
    Job("account", 60, look_at_account),
    Job("names", 60, look_up_names),
    Job("fetch", 2, fetch),
    Job("catch_up", 60, catch_up),
    Job("forget_files", 60, forget_files),
    Job("wording_uses", 60, count_uses),
    Job("tidy", 3600, tidy),
)


async def run_all(duties: Duties) -> None:
    """Every duty once, in order (the demo's clock, tests)."""
    for job in JOBS:
        await job.does(duties)


def scheduler(duties: Duties) -> AsyncIOScheduler:
    """The metronome, not yet started."""
    made = AsyncIOScheduler(timezone="Asia/Ho_Chi_Minh")
    for job in JOBS:
        # None: a tick that comes late is still wanted; APScheduler drops it after one second otherwise.
        made.add_job(
            _guarded,
            IntervalTrigger(seconds=job.every),
            (job, duties),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return made


async def _guarded(job: Job, duties: Duties) -> None:
    services = duties.services
    try:
        # Real time, not the demo's: a lease is between processes.
        if await services.store.run(
            take_lease, job.name, ME, services.now(), timedelta(seconds=max(30, job.every * 3))
        ):
            await job.does(duties)
    except Exception:
        log.exception("job %s failed", job.name)


def take_lease(session: Session, name: str, holder: str, now: datetime, life: timedelta) -> bool:
    """Whether this holder does the duty now: nobody else's lease is running. Taking it again renews it."""
    table = Lease.__table__  # type: ignore[attr-defined]
    session.execute(
        insert(table).on_conflict_do_nothing(index_elements=["name"]),
        [{"name": name, "holder": holder, "until": now + life, "token": 1}],
    )
    statement = update(Lease).where(col(Lease.name) == name, (col(Lease.until) < now) | (col(Lease.holder) == holder))
    taken = session.execute(statement.values(holder=holder, until=now + life))
    return bool(taken.rowcount)  # type: ignore[attr-defined]
