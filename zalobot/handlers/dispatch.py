"""The routers by name, and dispatch over them."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from zalobot.handlers import echoes, followers, messages
from zalobot.handlers.router import Handler
from zalobot.inbox import Waiting
from zalobot.zalo.events import Event, Kind

ROUTERS = (messages.router, followers.router, echoes.router)
HANDLERS: dict[Kind, Handler] = {kind: handler for router in ROUTERS for kind, handler in router.handlers.items()}


def dispatcher(oa_id: str) -> Callable[[Session, Waiting, datetime], None]:
    """What the inbox worker calls for each event; kinds nobody hears are kept and done with."""

    def dispatch(session: Session, waiting: Waiting, now: datetime) -> None:
        event = Event.parse(waiting.body.encode(), oa_id, waiting.received_at)
        handler = HANDLERS.get(event.kind)
        if handler is not None:
            handler(session, event, now)

    return dispatch
