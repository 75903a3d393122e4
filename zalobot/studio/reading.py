"""What a folder or an archive of texts holds: the texts that are messages of ours, and by name every file that is none.

The one rule: a file stands where the shipped one stands below `templates/`. A name that is none of those is told and
nothing of it is kept, so no file can be written or read anywhere else; nothing is left out without a word.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from zalobot.errors import Refused
from zalobot.languages import DEFAULT
from zalobot.templating import Wording
from zalobot.templating.language import SOURCE_LIMIT

MOST_FILES: Final = 2000
MOST_BYTES: Final = SOURCE_LIMIT * 4  # of a text: four bytes a letter at the most
MOST_IN_ALL: Final = 8_000_000
_NAME: Final = 120  # letters that are told of a name

Key = tuple[str, str]  # language and name


class Wrong(StrEnum):
    """Why a file is no text of ours: no message stands there, it is too long, no UTF-8, or there twice."""

    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    NO_TEXT = "no_text"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the texts by language and name, and each other file by where it stands."""

    texts: Mapping[Key, str]
    wrong: tuple[tuple[str, Wrong], ...] = ()


def place(name: str, language: str) -> str:
    """Where a message stands below the folder: `messages/welcome/menu.txt`, `languages/en/messages/…`."""
    folder = "messages" if language == DEFAULT else f"languages/{language}/messages"
    return f"{folder}/{name}.txt"


def folder(where: Path, words: Wording) -> Sent:
    """The texts of a folder. Raises Refused: files_unreadable."""
    paths = sorted(path for path in where.rglob("*.txt") if path.is_file())
    return _sent(((path.relative_to(where).as_posix(), _bytes(path)) for path in paths), words)


def archive(data: bytes, words: Wording) -> Sent:
    """The texts of a .zip, read in memory and no further than they may be long. Raises Refused: files_unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) > MOST_FILES:
                raise Refused("files_unreadable")
            return _sent(_opened(packed, entries), words)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Refused("files_unreadable") from None


def _sent(files: Iterable[tuple[str, bytes]], words: Wording) -> Sent:
    places = {
        place(name, language): (language, name) for language in words.languages for name in words.shipped[language]
    }
    texts: dict[Key, str] = {}
    wrong: dict[str, Wrong] = {}
    seen, total = set[str](), 0
    for where, data in files:
        total += len(data)
        if total > MOST_IN_ALL:
            raise Refused("files_unreadable")
        if problem := Wrong.TWICE if where in seen else _wrong(where, data, places):
            wrong[where] = problem
        else:
            texts[places[where]] = data.decode("utf-8-sig")  # some editors put a mark before
        seen.add(where)
    for where in wrong.keys() & places.keys():  # of two with one name nobody knows which is meant
        texts.pop(places[where], None)
    return Sent(texts, tuple((where[:_NAME], problem) for where, problem in wrong.items()))


def _wrong(where: str, data: bytes, places: Mapping[str, Key]) -> Wrong | None:
    if where not in places:
        return Wrong.UNKNOWN
    if len(data) > MOST_BYTES:
        return Wrong.TOO_LONG
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Wrong.NO_TEXT
    return None


def _opened(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Each entry, never more of it than a text may be long, whatever it says of its own size."""
    for entry in entries:
        with packed.open(entry) as file:
            yield entry.filename, file.read(MOST_BYTES + 1)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
