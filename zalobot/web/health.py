"""Health for machines: the process, what it depends on, and its numbers.

The one rule: red is what stops an answer or soon will (database, lost consent, an old backlog, a calendar that ends
within 30 days); all else warns. What decides whether this process gets traffic asks `/healthz`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from zalobot import metrics, reference
from zalobot.calendars import horizon
from zalobot.services import SERVICES, Services
from zalobot.store.queries import health

STALE_INBOX = timedelta(minutes=1)
STALE_OUTBOX = timedelta(minutes=15)
OLD_TOKEN = timedelta(days=60)

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `/readyz`: `state` is ok, warn or red; `facts` are numbers."""

    name: str
    state: str
    facts: dict[str, float | int | str | None]


@routes.get("/healthz")
async def process(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Database, tokens, calendar and backlog; 503 when one of them is red."""
    checks = await checked(request.app[SERVICES])
    worst = (
        "red" if any(c.state == "red" for c in checks) else "warn" if any(c.state == "warn" for c in checks) else "ok"
    )
    body = {"status": worst, "checks": {c.name: {"state": c.state, **c.facts} for c in checks}}
    return web.json_response(body, status=503 if worst == "red" else 200)


@routes.get("/metrics")
async def numbers(request: web.Request) -> web.Response:
    """Counters since the start, gauges as of now."""
    services = request.app[SERVICES]
    now = services.now()
    try:
        _set_backlog(await services.store.read(health.backlog, now), now)
        _set_token(await services.store.read(health.token, services.settings.zalo_oa_id), now)
    except SQLAlchemyError:
        pass  # the counters are still worth reading; /readyz says that the database is gone
    metrics.HORIZON.set(_horizon(services, now))
    return web.Response(body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def checked(services: Services) -> list[Check]:
    """Every check at `now`; a database that does not answer ends the list."""
    now = services.now()
    try:
        waiting = await services.store.read(health.backlog, now)
        token = await services.store.read(health.token, services.settings.zalo_oa_id)
        await services.store.read(reference.refresh)
    except SQLAlchemyError as error:
        return [Check("database", "red", {"error": type(error).__name__})]
    return [
        Check("database", "ok", {}),
        _backlog_check(waiting, now),
        _token_check(token, now),
        _calendar_check(_horizon(services, now)),
    ]


def _backlog_check(waiting: health.Backlog, now: datetime) -> Check:
    inbox, outbox = _age(waiting.inbox_since, now), _age(waiting.outbox_since, now)
    stale = inbox > STALE_INBOX.total_seconds() or outbox > STALE_OUTBOX.total_seconds()
    failed = waiting.inbox_failed or waiting.outbox.get("failed", 0)
    facts: dict[str, float | int | str | None] = {
        "inbox": waiting.inbox,
        "inbox_oldest_seconds": round(inbox),
        "inbox_failed": waiting.inbox_failed,
        "outbox_oldest_seconds": round(outbox),
        **{f"outbox_{state}": number for state, number in waiting.outbox.items()},
    }
    return Check("backlog", "red" if stale else "warn" if failed else "ok", facts)


def _token_check(token: health.TokenHealth | None, now: datetime) -> Check:
    """A lost grant is red. An access token that has run out is renewed at the next call, so age only warns."""
    if token is None:
        return Check("token", "warn", {"status": "none"})
    age = now - token.obtained_at
    state = "red" if token.status != "ok" else "warn" if age > OLD_TOKEN else "ok"
    return Check("token", state, {"status": token.status, "age_seconds": round(age.total_seconds())})


def _calendar_check(days: int) -> Check:
    """Warns from 60 days before the last known day, red from 30: past it no date is promised."""
    return Check("calendar", horizon.state(days), {"known_days_left": days})


def _horizon(services: Services, now: datetime) -> int:
    return horizon.horizon(services.province.calendar, now).days


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _set_backlog(waiting: health.Backlog, now: datetime) -> None:
    metrics.INBOX_BACKLOG.set(waiting.inbox)
    metrics.INBOX_FAILED.set(waiting.inbox_failed)
    metrics.INBOX_AGE.set(_age(waiting.inbox_since, now))
    metrics.OUTBOX_AGE.set(_age(waiting.outbox_since, now))
    for state in (*health.WAITING, "failed"):
        metrics.OUTBOX.labels(str(state)).set(waiting.outbox.get(str(state), 0))


def _set_token(token: health.TokenHealth | None, now: datetime) -> None:
    if token:
        metrics.TOKEN_AGE.set((now - token.obtained_at).total_seconds())
        metrics.TOKEN_LEFT.set((token.expires_at - now).total_seconds())
