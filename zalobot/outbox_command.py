"""What reached nobody, on the command line: the list, another try, or settled otherwise."""

from datetime import datetime, timedelta

from sqlmodel import Session

from zalobot import app, channel_policy
from zalobot.channels import costs, undelivered
from zalobot.channels.undelivered import Undelivered
from zalobot.config import Settings
from zalobot.workdays import LOCAL


def show(settings: Settings) -> int:
    """Print the list; how many lines it has."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        found = store.read_now(undelivered.listed)
    finally:
        store.close_now()
    for one in found:
        print(_line(one))
    return len(found)


def retry(settings: Settings, key: str, *, even_if_arrived: bool) -> None:
    """Try a message again by whatever way is open now. Raises Refused."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        store.run_now(_retry, key, now, even_if_arrived)
    finally:
        store.close_now()


def resolve(settings: Settings, key: str, note: str) -> None:
    """Take a message off the list. Raises Refused."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        store.run_now(undelivered.resolve, key, note, now)
    finally:
        store.close_now()


def show_costs(settings: Settings, days: int) -> None:
    """Print what the last days cost, and what a month will."""
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        policy = channel_policy.policy(may_pay=settings.paid_messages)
        found = store.read_now(costs.of, now - timedelta(days=days), now, policy)
    finally:
        store.close_now()
    print(*costs.lines(found), sep="\n")


def _retry(session: Session, key: str, now: datetime, even_if_arrived: bool) -> None:
    undelivered.retry(session, key, now, even_if_arrived=even_if_arrived)


def _line(one: Undelivered) -> str:
    since = one.since.astimezone(LOCAL)
    tried = "; ".join(f"{try_.channel} {'?' if try_.code is None else try_.code}" for try_ in one.tried)
    about = f"{one.ticket or '-'} {one.template}"
    return f"{one.id} {one.state} since {since:%d/%m/%Y %H:%M} {about}: {one.reason or '-'}" + (
        f" (tried: {tried})" if tried else ""
    )
