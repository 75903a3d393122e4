"""All words as files, so that they can be kept in git, and files as drafts that wait for a second person.

The one rule: a file stands where the shipped one stands below `templates/`; a name that is none of those is refused
before anything is read of it, so no file can be written or read anywhere else. What is taken in is taken in whole.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session

from zalobot import released, templating
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, WordingOrigin, WordingState, WordingVersion
from zalobot.studio import versions
from zalobot.templating import Finding, Wording, titles
from zalobot.templating.language import SOURCE_LIMIT

AUTHORS: Final = (AccountRole.OPERATOR, AccountRole.ADMIN)
MOST_FILES: Final = 2000
MOST_BYTES: Final = SOURCE_LIMIT * 4  # of a text: four bytes a letter at the most
MOST_IN_ALL: Final = 8_000_000
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)  # the same words make the same bytes

Key = tuple[str, str]  # language and name


@dataclass(frozen=True, slots=True)
class Changed:
    """A text of the files that is not as it is in use, and what is to be said about it."""

    name: str
    language: str
    text: str
    before: str
    findings: tuple[Finding, ...]

    @property
    def stopped(self) -> tuple[Finding, ...]:
        """What keeps it from being taken in."""
        return versions.stops(self.findings)


def place(name: str, language: str) -> str:
    """Where a message stands below the folder: `messages/welcome/menu.txt`, `languages/en/messages/…`."""
    folder = "messages" if language == DEFAULT else f"languages/{language}/messages"
    return f"{folder}/{name}.txt"


def in_use(session: Session) -> dict[str, str]:
    """Every text as it is in use, by the place of its file."""
    words, said = versions.words_of(session), released.read(session)
    return {
        place(name, language): said.get((language, name), message).source
        for language, messages in words.shipped.items()
        for name, message in messages.items()
    }


def write(session: Session, folder: Path) -> int:
    """Write every text as it is in use into a folder; how many files."""
    texts = in_use(session)
    for where, text in texts.items():
        path = folder / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return len(texts)


def read(folder: Path, words: Wording) -> dict[Key, str]:
    """The texts of a folder. Raises Refused: files_unreadable, files_unknown."""
    paths = sorted(path for path in folder.rglob("*.txt") if path.is_file())
    return _texts(((path.relative_to(folder).as_posix(), _bytes(path)) for path in paths), words)


def packed(session: Session) -> bytes:
    """The same as one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for where, text in sorted(in_use(session).items()):
            info = zipfile.ZipInfo(where, _ALWAYS)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return made.getvalue()


def unpacked(data: bytes, words: Wording) -> dict[Key, str]:
    """The texts of such a file, read in memory and no further than they may be long.

    Raises Refused: files_unreadable, files_unknown.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_FILES:
                raise Refused("files_unreadable")
            return _texts(_opened(archive, entries), words)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Refused("files_unreadable") from None


def changes(session: Session, texts: Mapping[Key, str]) -> list[Changed]:
    """Which of these differ from what is in use, each looked at as if all of them were released."""
    words = versions.words_of(session).with_words(released.read(session))
    new = {key: templating.message(versions.clean(text)) for key, text in texts.items()}
    together = words.with_words(new)
    return [
        Changed(name, language, said.source, before, versions.findings(said.source, name, language, before, together))
        for (language, name), said in new.items()
        for before in [words.source(name, language)]
        if said.source != versions.clean(before)
    ]


def take_in(session: Session, found: list[Changed], why: str, now: datetime, *, by: Account) -> str:
    """Let these wait, together, for a second person; gives back the key they share.

    Raises Refused: files_same, reason_missing, wording_stop, wording_waits (one of this person's waits already).
    """
    why = why.strip()[: versions.WHY_AT_MOST]
    if not found:
        raise Refused("files_same")
    if len(why) < versions.WHY_AT_LEAST:
        raise Refused("reason_missing")
    batch = new_id()
    for one in found:
        if one.stopped:
            raise Refused("wording_stop", message=titles.title(one.name), line=one.stopped[0].line)
        if versions.mine_waiting(session, one.name, one.language, by) is not None:
            raise Refused("wording_waits")
        session.add(_waiting(one, versions.in_use(session, one.name, one.language).version, why, batch, now, by))
    session.flush()
    log.note(session, "wording_imported", by, now, batch=batch, messages=len(found))
    return batch


def _waiting(one: Changed, based_on: str, why: str, batch: str, now: datetime, by: Account) -> WordingVersion:
    return WordingVersion(
        id=new_id(),
        name=one.name,
        language=one.language,
        state=WordingState.WAITING,
        origin=WordingOrigin.FILE,
        text=one.text,
        author_id=by.id,
        based_on=based_on,
        why=why,
        batch=batch,
        created_at=now,
        saved_at=now,
        asked_at=now,
    )


def _texts(files: Iterator[tuple[str, bytes]], words: Wording) -> dict[Key, str]:
    places = {
        place(name, language): (language, name) for language in words.languages for name in words.shipped[language]
    }
    texts: dict[Key, str] = {}
    total = 0
    for where, data in files:
        total += len(data)
        if len(data) > MOST_BYTES or total > MOST_IN_ALL:
            raise Refused("files_unreadable")
        if where not in places:
            raise Refused("files_unknown", message=where[:80])
        try:
            texts[places[where]] = data.decode("utf-8-sig")  # some editors put a mark before
        except UnicodeDecodeError:
            raise Refused("files_unreadable") from None
    return texts


def _opened(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Each entry, never more of it than a text may be long, whatever it says of its own size."""
    for entry in entries:
        with archive.open(entry) as file:
            yield entry.filename, file.read(MOST_BYTES + 1)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
