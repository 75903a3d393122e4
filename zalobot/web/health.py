"""Health for machines: the process, what it depends on, and its numbers.

The one rule: red is what stops an answer or soon will (`standing`); all else warns. What decides whether this process
gets traffic asks `/healthz`.
"""

from datetime import datetime

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from zalobot import metrics, standing
from zalobot.account import Account
from zalobot.calendars import horizon
from zalobot.services import SERVICES, Services
from zalobot.standing import RED, Check
from zalobot.standing.checks import seconds
from zalobot.store.queries import health

routes = web.RouteTableDef()


@routes.get("/healthz")
async def process(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Every check of the installation; 503 when one of them is red."""
    checks = await checked(request.app[SERVICES])
    worst = standing.worst(checks)
    body = {"status": worst, "checks": {check.name: _line(check) for check in checks}}
    return web.json_response(body, status=503 if worst == RED else 200)


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


async def checked(services: Services, known: Account | None = None) -> tuple[Check, ...]:
    """Every check at `now`; a database that does not answer ends the list."""
    settings = services.settings
    try:
        return await services.store.read(standing.status, services.at_start, settings.zalo_oa_id, services.now(), known)
    except SQLAlchemyError as error:
        return (Check("database", RED, {"error": type(error).__name__}, "unreachable"),)


def _line(check: Check) -> dict[str, float | int | str | None]:
    return {"state": check.state, **({"problem": check.problem} if check.problem else {}), **check.facts}


def _horizon(services: Services, now: datetime) -> int:
    return horizon.horizon(services.province.calendar, now).days


def _set_backlog(waiting: health.Backlog, now: datetime) -> None:
    metrics.INBOX_BACKLOG.set(waiting.inbox)
    metrics.INBOX_FAILED.set(waiting.inbox_failed)
    metrics.INBOX_AGE.set(seconds(waiting.inbox_since, now))
    metrics.OUTBOX_AGE.set(seconds(waiting.outbox_since, now))
    for state in (*health.WAITING, "unclear", "failed"):
        metrics.OUTBOX.labels(str(state)).set(waiting.outbox.get(str(state), 0))


def _set_token(token: health.TokenHealth | None, now: datetime) -> None:
    if token:
        metrics.TOKEN_AGE.set((now - token.obtained_at).total_seconds())
        metrics.TOKEN_LEFT.set((token.expires_at - now).total_seconds())
