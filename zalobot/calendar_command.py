"""`zalobot calendar`: what the terminal shows of the calendar, and how a file changes it.

The one rule: nothing changes without `--apply`; what would change is always shown first.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer
from sqlmodel import Session

from zalobot import app, calendars, reference
from zalobot.calendars import checking, files, recounting, sheet
from zalobot.calendars.difference import changed_days
from zalobot.config import Settings
from zalobot.errors import Refused
from zalobot.province import Province
from zalobot.store import coordination, migrations
from zalobot.store.database import Store
from zalobot.tickets.record import Actor
from zalobot.workdays import WorkCalendar

OPERATOR = Actor("command line", "admin")
_COLOURS = {"ok": "green", "warn": "yellow", "red": "red"}


def show(settings: Settings, year: int) -> None:
    """Print a year of the calendar in force; raises Refused for a year it knows nothing of."""
    store, here, _ = _opened(settings)
    store.close_now()
    if not here.calendar.first.year <= year <= here.calendar.last.year:
        raise Refused("outside_calendar", year=year, first=here.calendar.first, last=here.calendar.last)
    for line in sheet.year(here.calendar, year):
        typer.echo(line)


def check(settings: Settings) -> int:
    """Print the findings; 1 when one is red, else 0."""
    store, here, now = _opened(settings)
    store.close_now()
    lines = checking.findings(here.calendar, now)
    for line in lines:
        typer.secho(f"{line.state:5} {line.text}", fg=_COLOURS[line.state])
    return int(any(line.state == "red" for line in lines))


def take(settings: Settings, path: Path, *, source: str, apply: bool) -> None:
    """Show what a file changes and how many due times move, and with `apply` change it. Raises ConfigError, Refused."""
    store, here, now = _opened(settings)
    try:
        new, named = files.read(path, here.calendar)
        for line in _shown(here.calendar, new):
            typer.echo(line)
        if new == here.calendar:
            typer.echo("Nothing changes.")
        elif apply:
            done = store.run_now(calendars.revise, new, source or named, OPERATOR, now)
            asyncio.run(_tell_processes(settings))
            typer.echo(f"Calendar {done.version}: {done.moved} due times moved, {done.told} people will be told.")
        else:
            found = store.read_now(_would_be, here, new, now)
            typer.echo(f"{found} due times would move. --apply does it.")
    finally:
        store.close_now()


def _opened(settings: Settings) -> tuple[Store, Province, datetime]:
    migrations.upgrade(settings.database_url)
    now = app.utc_now()
    store, here = app.open_store(settings, now)
    return store, here, now


def _shown(old: WorkCalendar, new: WorkCalendar) -> list[str]:
    lines = [f"- {sheet.said(before)}\n+ {sheet.said(after)}" for before, after in changed_days(old, new)]
    if new.last != old.last:
        lines.append(f"- known to {old.last}\n+ known to {new.last}")
        lines += [f"+ {sheet.said(day)}" for day in new.days if day.date > old.last]
    return lines


def _would_be(session: Session, here: Province, new: WorkCalendar, now: datetime) -> int:
    return sum(one.moved for one in recounting.recounted(session, replace(here, calendar=new), now))


async def _tell_processes(settings: Settings) -> None:
    """Have other processes look at once where they share a Redis; they look by themselves a little later."""
    link = coordination.connect(settings.redis_url)
    await link.publish(reference.TOPIC)
    await link.close()
