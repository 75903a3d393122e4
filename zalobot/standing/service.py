"""The service itself: what waits, the tokens, the calendar.

The one rule: age decides, not number: a thousand events that are being worked off are well.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from zalobot import released
from zalobot.calendars import horizon
from zalobot.province import Province
from zalobot.standing.checks import OK, RED, WARN, Check, Fact, seconds
from zalobot.store.queries import health

STALE_INBOX = timedelta(minutes=1)
STALE_OUTBOX = timedelta(minutes=15)
OLD_TOKEN = timedelta(days=60)


def backlog(session: Session, now: datetime) -> Check:
    """Events and messages that wait."""
    waiting = health.backlog(session, now)
    inbox, outbox = seconds(waiting.inbox_since, now), seconds(waiting.outbox_since, now)
    facts: dict[str, Fact] = {
        "inbox": waiting.inbox,
        "inbox_oldest_seconds": round(inbox),
        "inbox_failed": waiting.inbox_failed,
        "outbox_oldest_seconds": round(outbox),
        **{f"outbox_{state}": number for state, number in waiting.outbox.items()},
    }
    if inbox > STALE_INBOX.total_seconds() or outbox > STALE_OUTBOX.total_seconds():
        return Check("backlog", RED, facts, "stale")
    failed = waiting.inbox_failed or waiting.outbox.get("failed", 0) or waiting.outbox.get("unclear", 0)
    return Check("backlog", WARN if failed else OK, facts, "failed" if failed else "")


def token(session: Session, oa_id: str, now: datetime) -> Check:
    """A lost grant is red. An access token that has run out is renewed at the next call, so age only warns."""
    kept = health.token(session, oa_id)
    if kept is None:
        return Check("token", WARN, {"status": "none"}, "none")
    age, left = seconds(kept.obtained_at, now), (kept.expires_at - now).total_seconds()
    facts: dict[str, Fact] = {"status": kept.status, "age_seconds": round(age)}
    if kept.status != "ok":
        return Check("token", RED, facts, "consent_needed")
    if kept.failing_since is not None:
        facts["failing_seconds"] = round(seconds(kept.failing_since, now))
        return Check("token", WARN if left > 0 else RED, facts, "failing")
    if age > OLD_TOKEN.total_seconds():
        return Check("token", WARN, facts, "old")
    return Check("token", OK, facts)


def calendar(province: Province, now: datetime) -> Check:
    """Warns from 60 days before the last known day, red from 30: past it no date is promised."""
    days = horizon.horizon(province.calendar, now).days
    state = horizon.state(days)
    return Check("calendar", state, {"known_days_left": days}, "" if state == OK else "ends")


def wording(session: Session) -> Check:
    """Released words that an update of the program left behind: the shipped ones are said in their place."""
    number = released.not_said(session)
    return Check("wording", WARN, {"not_said": number}, "not_said") if number else Check("wording")
