"""`zalobot knowledge`: the knowledge base shown, taken from a file, written to a file.

The one rule: a file with a mistake changes nothing; every mistake is named.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from zalobot import app
from zalobot.config import Settings
from zalobot.errors import ConfigError
from zalobot.knowledge import keeping
from zalobot.pack import Notes
from zalobot.pack_knowledge import read_knowledge, written
from zalobot.province import Province
from zalobot.store import migrations
from zalobot.store.database import Store
from zalobot.store.models import KnowledgeState
from zalobot.workdays import LOCAL

BY = "command line"


def listed(settings: Settings) -> list[str]:
    """A line for each entry; one that is shown to nobody says why."""
    with _opened(settings) as (store, _, now):
        today = now.astimezone(LOCAL).date()
        lines = []
        for entry in store.read_now(keeping.entries):
            retired = entry.state is KnowledgeState.RETIRED
            kept_back = "retired" if retired else "" if keeping.shown_on(entry, today) else "past its review"
            cells = (entry.key, entry.agency, f"until {entry.review}", f"v{entry.version}", kept_back)
            lines.append("  ".join(cell for cell in (*cells, entry.questions[0]) if cell))
        return lines


def take(settings: Settings, file: Path) -> str:
    """Take the entries of a file; says how many are new and how many changed. Raises ConfigError, Refused."""
    with _opened(settings) as (store, here, now):
        notes = Notes()
        answers = read_knowledge(file, here.topics, here.agencies, notes)
        if notes.problems:
            raise ConfigError(notes.problems)
        added, changed = store.run_now(keeping.take, answers, BY, now)
    return f"{added} added, {changed} changed, {len(answers) - added - changed} as they were."


def give(settings: Settings, file: Path) -> str:
    """Write the entries that are not retired to a file; says how many."""
    with _opened(settings) as (store, _, _now):
        entries = store.read_now(keeping.entries)
    answers = [keeping.known(entry) for entry in entries if entry.state is KnowledgeState.ACTIVE]
    file.write_text(written(answers), encoding="utf-8")
    return f"{len(answers)} entries in {file}."


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Store, Province, datetime]]:
    migrations.upgrade(settings.database_url)
    now = app.utc_now()
    store, here = app.open_store(settings, now)
    try:
        yield store, here, now
    finally:
        store.close_now()
