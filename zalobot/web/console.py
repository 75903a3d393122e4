"""What stands around every console page: whose it is, and how much working time is left today."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from zalobot.errors import PastHorizon
from zalobot.services import SERVICES
from zalobot.web import pages
from zalobot.web.access import HOME, WHO
from zalobot.web.filters import Span, local, span
from zalobot.web.flashes import COOKIE, take
from zalobot.web.workday import day_length, whole_day
from zalobot.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The frame of a console: `left` of today's working time, or when it `resumes`; None past the known days."""

    home: str
    place: str
    left: Span | None
    resumes: datetime | None


def html(request: web.Request, name: str, /, *, status: int = 200, **things: object) -> web.Response:
    """Render a console page with `who`, `console` and what it is about."""
    who, services = request[WHO], request.app[SERVICES]
    agency = services.province.agencies.get(who.account.agency)
    left, resumes = working_time(services.province.calendar, services.now())
    frame = Surroundings(HOME[who.account.role], agency.name if agency else "", left, resumes)
    flash = take(request)
    response = pages.html(request, name, status=status, who=who, console=frame, flash=flash, **things)
    if flash is not None:
        response.del_cookie(COOKIE, path="/")
    return response


def working_time(calendar: WorkCalendar, now: datetime) -> tuple[Span | None, datetime | None]:
    """The working time left today while it runs (a lunch break included), else when it goes on."""
    try:
        rest = calendar.working_between(now, whole_day(local(now).date())[1])
        if rest:
            return span(rest, day_length(calendar, local(now).date())), None
        return None, calendar.next_working_moment(now)
    except PastHorizon:
        return None, None
