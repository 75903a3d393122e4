"""The alarm when the account can't renew its tokens by itself: by every way that still works, within a minute.

The one rule: one process tells it (it is taken from the row of the tokens), and again every six hours until a consent
has mended it. `/readyz`, `/metrics` and `zalobot doctor` say it all the while.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from zalobot import metrics, templating
from zalobot.errors import ZaloError
from zalobot.mail import Letter, is_address
from zalobot.store import tokens
from zalobot.store.database import Store
from zalobot.store.ids import new_id
from zalobot.store.models import OaToken, Officer, Priority, Role
from zalobot.tickets import finding, pushing

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=6)
PATIENCE = timedelta(minutes=10)  # in which a renewal may fail (Zalo away, its limit reached) before it is told
RETRY = timedelta(minutes=1)  # until letters that did not leave are tried again

_table = OaToken.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Loss:
    """What is told. `consent`: Zalo refused the refresh token for good; otherwise renewing fails since `since`.

    `until` is when the last access token ends; with `left` it still lives.
    """

    oa_id: str
    consent: bool
    error: str
    since: datetime
    until: datetime
    left: bool


async def sound(
    store: Store, oa_id: str, now: datetime, send: Callable[[Letter], Awaitable[str]] | None, addresses: Iterable[str]
) -> bool:
    """Tell a loss that nobody was told of, by the log, in Zalo while that works, and by letters (`send` is None where
    there is no mail server). Whether there was one and messages were queued."""
    loss = await store.run(take, oa_id, now)
    if loss is None:
        return False
    metrics.GRANT_ALARMS.inc()
    log.critical(
        "OA %s: CONSENT NEEDED%s; an administrator of the account must consent again: `zalobot oauth link` (%s)",
        oa_id,
        "" if loss.consent else " SOON",
        loss.error,
    )
    told = await store.run(tell, loss, now)
    to = list(dict.fromkeys([*addresses, *await store.read(staff_addresses)]))
    if send is not None and to and not await _write(send, loss, to):
        await store.run(put_off, oa_id, now - AGAIN + RETRY)
    return told > 0


def take(session: Session, oa_id: str, now: datetime) -> Loss | None:
    """The loss that is to be told now, taken: nobody else gets it for six hours."""
    bad = or_(_table.c.status == tokens.CONSENT_NEEDED, _table.c.failing_since <= now - PATIENCE)
    due = or_(_table.c.alarmed_at.is_(None), _table.c.alarmed_at <= now - AGAIN)
    if session.execute(select(_table.c.oa_id).where(_table.c.oa_id == oa_id, bad, due)).first() is None:
        return None  # as nearly always: one read, no lock
    taken = update(_table).where(_table.c.oa_id == oa_id, bad, due).values(alarmed_at=now).returning(_table)
    row = session.execute(taken).one_or_none()
    if row is None:
        return None
    consent, since = row.status == tokens.CONSENT_NEEDED, row.failing_since or now
    return Loss(oa_id, consent, row.error or "", since, row.expires_at, row.expires_at > now)


def put_off(session: Session, oa_id: str, alarmed_at: datetime) -> None:
    """Have it told again soon: not everybody was reached."""
    session.execute(update(_table).where(_table.c.oa_id == oa_id).values(alarmed_at=alarmed_at))


def tell(session: Session, loss: Loss, now: datetime) -> int:
    """Tell the coordinators in Zalo while the last access token lives; gives back how many. At any hour: it is no
    reminder, and by the morning it could not be said any more."""
    if not loss.left:
        return 0
    said = templating.render("coordinator/consent_needed", loss=loss)
    people = [one.person_id for one in finding.staff(session, (Role.COORDINATOR,)) if one.person_id]
    for person_id in people:
        pushing.push(session, person_id, said, now, priority=Priority.REPLY)
    return len(people)


def staff_addresses(session: Session) -> list[str]:
    """The e-mail addresses of the coordinators, where known."""
    query = select(col(Officer.email)).where(col(Officer.role) == Role.COORDINATOR, col(Officer.active).is_(True))
    return [address for address in session.execute(query).scalars() if address]


async def _write(send: Callable[[Letter], Awaitable[str]], loss: Loss, addresses: Iterable[str]) -> bool:
    """One letter to each; whether all were taken."""
    said = templating.render("coordinator/consent_needed", loss=loss)
    subject = templating.render("mail/consent_needed", loss=loss).text
    everybody = True
    for address in filter(is_address, addresses):
        try:
            await send(Letter(new_id(), address, subject, said.text))
        except ZaloError as error:
            log.error("the alarm did not reach a mail box: %s", error)
            everybody = False
    return everybody
