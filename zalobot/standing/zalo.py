"""What stands between us and Zalo: the account and its package, the webhook, the clocks, the templates.

The one rule: only what was really seen is held against the account; what was never asked or heard is said as such.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from zalobot import account as accounts
from zalobot import troubles
from zalobot.account import GOVERNMENT, Account
from zalobot.errors import PastHorizon
from zalobot.province import Province
from zalobot.standing.checks import OK, RED, WARN, Check, Fact, seconds
from zalobot.store.models import TemplateApproval, TemplateState
from zalobot.store.queries import hearing
from zalobot.workdays import LOCAL
from zalobot.zalo.packages import without_openapi

ENDS_SOON, ENDS_NOW = 30, 7  # days
QUIET = timedelta(hours=4)  # of working time
DEAF = timedelta(minutes=15)  # after a message whose echo must have come
DROPPED = timedelta(days=1)
SUSPICIOUS, OF_PEOPLE = 5, 2  # so many texts, all with #, of so many people
SKEW_WARN, SKEW_RED = 30.0, 300.0  # seconds

# What Zalo refuses getoa with, by the problem it tells (platform facts 7.1).
_REFUSED = {
    -224: "no_openapi",
    -221: "unverified",
    -209: "app_off",
    -212: "app_off",
    -219: "app_off",
    -223: "permissions",
}


def account(session: Session, oa_id: str, now: datetime, known: Account | None = None) -> Check:
    """The account and its package, as kept or as just asked (`known`)."""
    seen = known or accounts.find(session, oa_id)
    if seen is None:
        return Check("account", OK, {"asked": None})
    facts: dict[str, Fact] = {
        "name": seen.name or None,
        "government": int(seen.oa_type == GOVERNMENT),
        "verified": int(seen.verified),
        "package": seen.package or None,
        "asked_seconds_ago": round(seconds(seen.asked_at, now)),
    }
    if seen.refused:
        return Check("account", RED, facts | {"code": seen.refused}, _REFUSED.get(seen.refused, "refused"))
    if not seen.verified:
        return Check("account", RED, facts, "unverified")
    if without_openapi(seen.package):
        return Check("account", RED, facts, "no_openapi")
    return _package(seen, facts, now)


def _package(seen: Account, facts: dict[str, Fact], now: datetime) -> Check:
    if seen.package_until is None:
        return Check("account", OK, facts)
    days = (seen.package_until - now.astimezone(LOCAL).date()).days
    facts = facts | {"package_days_left": days}
    if days < 0:
        return Check("account", RED, facts, "package_ended")
    if days <= ENDS_SOON:
        return Check("account", RED if days <= ENDS_NOW else WARN, facts, "package_ends")
    return Check("account", OK, facts)


def quota(session: Session, oa_id: str, known: Account | None = None) -> Check:
    """The paid messages of the package (what is said between the second and the seventh day)."""
    seen = known or accounts.find(session, oa_id)
    left = seen.facts.get("quota") if seen else None
    if not left:
        return Check("quota", OK, {"remain": None})
    used_up = left["total"] > 0 and left["remain"] * 10 < left["total"]
    facts: dict[str, Fact] = {"remain": left["remain"], "total": left["total"]}
    return Check("quota", WARN if used_up else OK, facts, "low" if used_up else "")


def webhook(session: Session, province: Province, now: datetime) -> Check:
    """Does Zalo still deliver? Silence counts in working time; a sent message without its echo tells at any time."""
    heard, sent = troubles.last_heard(session), hearing.last_sent(session)
    dropped = {trouble.reason: trouble.number for trouble in troubles.noted(session, now - DROPPED)}
    facts: dict[str, Fact] = {f"dropped_{reason}": number for reason, number in dropped.items()}
    if heard is None:
        deaf = sent is not None and now - sent > DEAF
        return Check("webhook", RED if deaf else WARN, {"last": None, **facts}, "never")
    silent = _working(province, heard[0], now)
    facts = {"silent_working_minutes": round(silent.total_seconds() / 60), **facts}
    if sent is not None and sent > heard[0] and now - sent > DEAF:
        return Check("webhook", RED, facts, "deaf")
    if silent >= QUIET:
        return Check("webhook", WARN, facts, "quiet")
    return Check("webhook", WARN if dropped else OK, facts, "dropped" if dropped else "")


def _working(province: Province, start: datetime, end: datetime) -> timedelta:
    try:
        return province.calendar.working_between(start, end)
    except PastHorizon:
        return timedelta(0)


def syntax_filter(session: Session, now: datetime) -> Check:
    """With Zalo's "Lọc cú pháp" on, only texts that begin with # arrive, and nobody tells us of the others."""
    found = hearing.texts(session, now - timedelta(days=7))
    facts: dict[str, Fact] = {"texts": found.number, "with_hash": found.with_hash}
    on = found.number >= SUSPICIOUS and found.people >= OF_PEOPLE and found.with_hash == found.number
    return Check("syntax_filter", WARN if on else OK, facts, "only_hash" if on else "")


def clock(session: Session, oa_id: str, known: Account | None = None) -> Check:
    """How far our clock is from Zalo's: events are dated by theirs, windows end by theirs."""
    seen = known or accounts.find(session, oa_id)
    if seen is None or seen.skew is None:
        return Check("clock", OK, {"skew_seconds": None})
    skew = abs(seen.skew)
    state = RED if skew >= SKEW_RED else WARN if skew >= SKEW_WARN else OK
    return Check("clock", state, {"skew_seconds": round(seen.skew, 1)}, "" if state == OK else "skewed")


def templates(session: Session, province: Province) -> Check:
    """What Zalo decided of the templates of the pack: the way to who has not written for a week."""
    query = select(col(TemplateApproval.key), col(TemplateApproval.state))
    states = {row.key: TemplateState(row.state) for row in session.execute(query)}
    wanted = {template.key for template in province.message_templates}
    number = Counter(states.values())
    facts: dict[str, Fact] = {"wanted": len(wanted), **{state.value: number[state] for state in TemplateState}}
    if number[TemplateState.REJECTED] or number[TemplateState.DISABLED]:
        return Check("templates", WARN, facts, "refused")
    if wanted - states.keys():
        return Check("templates", WARN, facts, "missing")
    return Check("templates", OK, facts)
