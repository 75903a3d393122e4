"""A stream per open page of the live chat: it says that something happened, and the page asks what.

The one rule: it carries no word of the conversation. A look costs a few rows along indexes, and is taken at once when
something comes in from Zalo, else every two seconds.
"""

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web
from aiohttp_sse import EventSourceResponse
from sqlalchemy.exc import SQLAlchemyError

from zalobot.inbox import TOPIC as INBOX
from zalobot.operating import transcripts
from zalobot.services import SERVICES
from zalobot.web.access import Row
from zalobot.web.live import HEADERS, LIFE, LOOK, watch_of
from zalobot.web.operator.chat import PATH, ROLES

SETTLE: Final = 0.3  # seconds between something coming in and what the bot makes of it


async def stream(request: web.Request) -> web.StreamResponse:
    """Tell the page of the person `nguoi` (or the list) that it should look again."""
    services, person = request.app[SERVICES], request.query.get("nguoi", "")[:64]
    bell, watch = services.coordination.subscribe(INBOX), watch_of(services)
    response = EventSourceResponse(headers=HEADERS)
    await response.prepare(request)
    # From what the page shows, not from now: nothing that happened in between is missed.
    seen = request.query.get("moc", "") or await services.store.read(transcripts.mark, person)
    loop = asyncio.get_running_loop()
    until = loop.time() + LIFE
    try:
        async with response:
            while not watch.over and _there(request) and loop.time() < until:
                with suppress(SQLAlchemyError):
                    now = await services.store.read(transcripts.mark, person)
                    if now != seen:
                        seen = now
                        await response.send("[]", event="thay-doi")
                if await bell.wait(LOOK):
                    await asyncio.sleep(SETTLE)
    except ConnectionResetError:
        pass
    return response


def _there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


ROWS = (Row("GET", f"{PATH}/song", ROLES, stream),)
