"""`zalobot templates export|import`: all words as files, to be kept in git, and files as words that wait for release.

The one rule: what is taken in waits for a second person, who releases it in the wording studio.
"""

from pathlib import Path

from zalobot import app, templating
from zalobot.accounts import managing
from zalobot.config import Settings
from zalobot.errors import Refused
from zalobot.studio import difference, files, versions
from zalobot.studio.files import Changed


def export(settings: Settings, folder: Path) -> str:
    """Write every text as it is in use."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        return f"{store.read_now(files.write, folder)} texts written to {folder}."
    finally:
        store.close_now()


def take_in(settings: Settings, folder: Path, *, by: str, why: str, dry_run: bool) -> int:
    """Print what the files change and, unless it is a dry run, let it wait for a second person.

    Gives back how many texts could not be released as they stand; then nothing is taken in. Raises Refused:
    files_unknown, files_unreadable, account_unknown, not_allowed, reason_missing, wording_waits.
    """
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        texts = files.read(folder, store.read_now(versions.words_of))
        found = store.read_now(files.changes, texts)
        for one in found:
            print(*_lines(one), sep="\n")
        stopped = sum(bool(one.stopped) for one in found)
        if dry_run or stopped or not found:
            print(f"{len(found)} texts differ from what is in use, {stopped} of them cannot be released. Nothing done.")
            return stopped
        author = store.read_now(managing.named, by)
        if author.role not in files.AUTHORS:
            raise Refused("not_allowed")
        store.run_now(files.take_in, found, why, now, by=author)
        print(f"{len(found)} texts wait for a second person: /van-hanh/loi-nhan/cho-duyet")
        return 0
    finally:
        store.close_now()


def _lines(one: Changed) -> list[str]:
    """A text that differs: where, what went and came, what is to be said about it."""
    marks = {"gone": "-", "new": "+", "same": " ", "skipped": "…"}
    where = files.place(one.name, one.language)
    told = [f"{where}:{said.line}: {said.kind} {said.code}: {templating.words(said)}" for said in one.findings]
    return [where, *(f"  {marks[line.kind]} {line.text}" for line in difference.between(one.before, one.text)), *told]
