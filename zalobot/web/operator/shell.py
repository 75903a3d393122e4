"""What stands around each page of the operator's console: the side list with what wants a hand now.

The one rule: a page says which entry of the list it is (`here`, a key of `_frame.html`), and nothing else of the frame.
"""

from typing import Any

from aiohttp import web

from zalobot.calendars import horizon
from zalobot.services import SERVICES
from zalobot.store.queries import operating
from zalobot.store.queries.operating import Wanting
from zalobot.web import console
from zalobot.web.access import OPERATORS, WHO
from zalobot.web.filters import local

PATH = "/van-hanh"
ROLES = OPERATORS


async def html(
    request: web.Request, name: str, here: str, /, *, status: int = 200, wants: Wanting | None = None, **things: Any
) -> web.Response:
    """The page `consoles/operator/<name>.html`, with the list around it. `wants` where it has been read already."""
    services = request.app[SERVICES]
    wants = wants or await wanting(request)
    days = horizon.horizon(services.province.calendar, services.now())
    frame = {"here": here, "wants": wants, "horizon": days, "horizon_state": horizon.state(days.days)}
    return console.html(request, f"consoles/operator/{name}", status=status, **frame, **things)


async def wanting(request: web.Request) -> Wanting:
    """What wants a hand now of whoever asks."""
    services, me = request.app[SERVICES], request[WHO].account.id
    now = services.now()
    return await services.store.read(operating.wanting, local(now).date(), now, me)
