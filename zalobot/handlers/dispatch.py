"""The routers by name, and dispatch over them."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from zalobot import conversations, withdrawals
from zalobot.handlers import echoes, followers, groups, messages, notices, reactions
from zalobot.handlers.router import Handler
from zalobot.inbox import Waiting
from zalobot.zalo.events import Event, Kind

ROUTERS = (
    messages.router,
    followers.router,
    echoes.router,
    reactions.router,
    notices.router,
    groups.router,
)
ABOUT_THE_ACCOUNT = {Kind.TEMPLATE, Kind.MANAGEMENT, Kind.RECEIPT_DELIVERED, Kind.RECEIPT_SEEN}
HANDLERS: dict[Kind, Handler] = {kind: handler for router in ROUTERS for kind, handler in router.handlers.items()}


def dispatcher(oa_id: str) -> Callable[[Session, Waiting, datetime], None]:
    """What the inbox worker calls for each event; kinds nobody hears are kept and done with."""

    def dispatch(session: Session, waiting: Waiting, now: datetime) -> None:
        event = Event.parse(waiting.body.encode(), oa_id, waiting.received_at)
        handler = HANDLERS.get(event.kind)
        nobody = not event.person_id and event.kind not in ABOUT_THE_ACCOUNT  # an event of another account, for one
        if handler is not None and not nobody and not _withdrawn(session, event, now):
            handler(session, event, now)

    return dispatch


def _withdrawn(session: Session, event: Event, now: datetime) -> bool:
    """Whether this was said before the person had their data erased: it is forgotten again, nobody answers."""
    person = event.person_id
    if not person or not conversations.of(session, person, now).fresh:
        return False
    if event.kind is Kind.WITHDRAW or not withdrawals.came_before(session, person, event.at):
        return False
    withdrawals.drop(session, person, event.at, now)
    return True
