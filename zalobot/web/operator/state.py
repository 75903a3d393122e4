"""How the installation stands: the checks of the doctor in plain words, and on request what speaking costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from zalobot import channel_policy, standing
from zalobot.channels import costs
from zalobot.services import SERVICES
from zalobot.standing import OK, RED, WARN, Check
from zalobot.web import health
from zalobot.web.access import Row
from zalobot.web.operator import shell
from zalobot.web.status_words import Told, told

PATH = f"{shell.PATH}/tinh-trang"
MONTH = timedelta(days=30)
_ORDER = (RED, WARN, OK)


@dataclass(frozen=True, slots=True)
class Line:
    """A check: its words, and its facts but for those nobody knows."""

    told: Told
    facts: tuple[tuple[str, float | int | str], ...]


async def show(request: web.Request) -> web.Response:
    """Every check, the worst first."""
    services = request.app[SERVICES]
    checks = await health.checked(services)
    things: dict[str, Any] = {"lines": lines(checks), "worst": standing.worst(checks), "spent": None}
    if "chi-phi" in request.query:
        policy = channel_policy.policy(may_pay=services.settings.paid_messages)
        now = services.now()
        things["spent"] = await services.store.read(costs.of, now - MONTH, now, policy)
    return await shell.html(request, "state", "state", **things)


def lines(checks: Sequence[Check]) -> list[Line]:
    """The checks in words, the worst first."""
    ranked = sorted(checks, key=lambda check: _ORDER.index(check.state))
    return [
        Line(told(check), tuple((name, value) for name, value in check.facts.items() if value is not None))
        for check in ranked
    ]


ROWS = (Row("GET", PATH, shell.ROLES, show),)
