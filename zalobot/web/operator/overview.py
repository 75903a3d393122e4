"""The first page of the operators: what needs a hand now, the most urgent first, and the way to everything else."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from zalobot.calendars import horizon
from zalobot.services import SERVICES
from zalobot.standing import OK, RED
from zalobot.store.queries.operating import Wanting
from zalobot.web import health
from zalobot.web.access import Row
from zalobot.web.operator import shell


@dataclass(frozen=True, slots=True)
class Todo:
    """A thing to do; `key` names its words in the template. `first`: the one next step of the page."""

    key: str
    count: int
    urgent: bool
    since: datetime | None = None
    first: bool = False


async def show(request: web.Request) -> web.Response:
    """What needs a hand now."""
    services = request.app[SERVICES]
    wants = await shell.wanting(request)
    red = sum(check.state == RED and check.name != "calendar" for check in await health.checked(services))
    ahead = horizon.state(horizon.horizon(services.province.calendar, services.now()).days)
    return await shell.html(request, "overview", "overview", wants=wants, todo=todo(wants, red, ahead))


def todo(wants: Wanting, red: int, ahead: str) -> list[Todo]:
    """What there is to do, the most urgent first. `red`: checks that fail; `ahead`: the state of the calendar."""
    found = [
        Todo("asked", wants.asked, True, wants.asked_since),
        Todo("state", red, True),
        Todo("failed", wants.failed, True),
        Todo("unclear", wants.unclear, False),
        Todo("events", wants.events, True),
        Todo("calendar", int(ahead != OK), ahead == RED),
        Todo("to_release", wants.to_release, False),
        Todo("own_words", wants.own_words, False),
        Todo("past_review", wants.past_review, False),
    ]
    there = sorted((one for one in found if one.count), key=lambda one: not one.urgent)
    first = next((one for one in there if one.key != "own_words"), None)  # which only somebody else can do
    return [Todo(one.key, one.count, one.urgent, one.since, first=one is first) for one in there]


ROWS = (Row("GET", shell.PATH, shell.ROLES, show),)
