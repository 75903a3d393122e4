"""An act of an operator: a verb of the rooms, as the account that is signed in.

The one rule: a verb takes `by`, the account, and writes into the admin chain itself what was done.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlmodel import Session

from zalobot import reference
from zalobot.errors import Refused
from zalobot.relay import TOPIC as OUTBOX
from zalobot.services import SERVICES
from zalobot.store.models import Account
from zalobot.web.access import WHO
from zalobot.web.acting import onwards, refused
from zalobot.web.flashes import Flash

Verb = Callable[..., Any]


async def act(request: web.Request, verb: Verb, *words: Any, done: str, back: str, **more: Any) -> web.Response:
    """Do it, then go `back`, where the flash `done` (or the refusal) is said."""
    try:
        await perform(request, verb, *words, **more)
    except Refused as refusal:
        return onwards(request, back, Flash("late", text=refused(refusal)))
    return onwards(request, back, Flash("ok", done))


async def perform(request: web.Request, verb: Verb, *words: Any, **more: Any) -> Any:
    """Run `verb(session, *words, now, by=account, **more)`; the relay is woken. Raises what it raises."""
    services = request.app[SERVICES]
    result = await services.store.run(_by_account, verb, request[WHO].account.id, words, services.now(), more)
    await services.coordination.publish(OUTBOX)
    return result


async def rearrange(request: web.Request, verb: Verb, *words: Any, done: str, back: str, **more: Any) -> web.Response:
    """`act` for what every process keeps in memory (agencies, topics): they are told to look at once."""
    response = await act(request, verb, *words, done=done, back=back, **more)
    await request.app[SERVICES].coordination.publish(reference.TOPIC)
    return response


async def typed(request: web.Request, *names: str, most: int = 2000) -> dict[str, str]:
    """These fields of a form, trimmed; what is missing is ''."""
    form = await request.post()
    return {name: str(form.get(name, "")).strip()[:most] for name in names}


def _by_account(
    session: Session, verb: Verb, account_id: str, words: tuple[Any, ...], now: datetime, more: dict[str, Any]
) -> Any:
    return verb(session, *words, now, by=session.get_one(Account, account_id), **more)
