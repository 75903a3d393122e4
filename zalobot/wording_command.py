"""`zalobot templates export|import`: all words as files, to be kept in git, and files as words that wait for release.

The one rule: what is taken in waits for a second person, who releases it in the wording studio.
"""

from pathlib import Path

from zalobot import app, templating
from zalobot.accounts import managing
from zalobot.config import Settings
from zalobot.errors import Refused
from zalobot.studio import difference, files, reading, versions
from zalobot.studio.files import Changed


def export(settings: Settings, folder: Path) -> str:
    """Write every text as it is in use."""
    store, _ = app.open_store(settings, app.utc_now())
    try:
        return f"{store.read_now(files.write, folder)} texts written to {folder}."
    finally:
        store.close_now()


def take_in(settings: Settings, folder: Path, *, by: str, why: str, dry_run: bool, good: bool = False) -> int:
    """Print what is in the files, text by text, and, unless it is a dry run, let it wait for a second person.

    Gives back how many files could not be taken in as they stand; then nothing is, or with `good` what is in order.
    Raises Refused: files_unreadable, account_unknown, not_allowed, reason_missing.
    """
    now = app.utc_now()
    store, _ = app.open_store(settings, now)
    try:
        author = None if dry_run and not by else store.read_now(managing.named, by)
        sent = reading.folder(folder, store.read_now(versions.words_of))
        found = store.read_now(files.changes, sent.texts, author)
        print(*(line for one in found for line in _lines(one)), sep="\n", end="\n" if found else "")
        print(*(f"{where}: {problem.replace('_', ' ')}\n" for where, problem in sent.wrong), sep="", end="")
        chosen = [one for one in found if one.takeable]
        left = len(found) - len(chosen) + len(sent.wrong)
        print(f"{len(found)} texts differ from what is in use, {left} files cannot be taken in.", end=" ")
        if author is None or dry_run or not chosen or (left and not good):
            print("Nothing done.")
            return left
        if author.role not in files.AUTHORS:
            raise Refused("not_allowed")
        store.run_now(files.take_in, chosen, why, now, by=author)
        print(f"{len(chosen)} texts wait for a second person: /van-hanh/loi-nhan/cho-duyet")
        return left
    finally:
        store.close_now()


def _lines(one: Changed) -> list[str]:
    """A text that differs: where, what went and came, what is to be said about it."""
    marks = {"gone": "-", "new": "+", "same": " ", "skipped": "…"}
    where = reading.place(one.name, one.language)
    held = {"": [], "draft": ["a draft of yours is there"], "waiting": ["words of yours for it wait already"]}[one.held]
    told = [f"{where}: cannot be taken in, {why}" for why in held]
    told += [f"{where}:{said.line}: {said.kind} {said.code}: {templating.words(said)}" for said in one.findings]
    return [where, *(f"  {marks[line.kind]} {line.text}" for line in difference.between(one.before, one.text)), *told]
