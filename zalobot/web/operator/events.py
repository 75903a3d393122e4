"""Events from Zalo that could not be handled: what the fault was, and having them handled again."""

from aiohttp import web

from zalobot.errors import Refused
from zalobot.inbox import TOPIC as INBOX
from zalobot.operating import failed_events
from zalobot.services import SERVICES
from zalobot.web.access import Row
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash
from zalobot.web.operator import shell
from zalobot.web.operator.acts import perform
from zalobot.zalo.kinds import kind_of

PATH = f"{shell.PATH}/su-kien"


async def show(request: web.Request) -> web.Response:
    """The faults, the most frequent first."""
    faults = await request.app[SERVICES].store.read(failed_events.faults)
    kinds = {fault.name: str(kind_of(fault.name)) for fault in faults}
    return await shell.html(request, "events", "events", faults=faults, kinds=kinds, most=failed_events.MOST)


async def replay(request: web.Request) -> web.StreamResponse:
    """One event, or (field `ca_nhom`) all that failed like it."""
    services, whole = request.app[SERVICES], "ca_nhom" in await request.post()
    verb = failed_events.replay_like if whole else failed_events.replay
    try:
        number = await perform(request, verb, request.match_info["key"])
    except Refused as refusal:
        return onwards(request, PATH, Flash("late", text=refused(refusal)))
    await services.coordination.publish(INBOX)
    return onwards(request, PATH, Flash("ok", "xu-ly-lai", code=str(number)))


ROWS = (
    Row("GET", PATH, shell.ROLES, show),
    Row("POST", f"{PATH}/{{key}}/xu-ly-lai", shell.ROLES, replay),
)
