"""The ledger as a file that can be checked without anything else: JSON Lines, a header, then one entry a line.

The one rule: every line is the canonical JSON of what it says with its hash, so that any changed byte is seen. Entries
keep their instants in UTC, as they were hashed; the header says in local time when it was made.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session

from zalobot.ledger.chain import FORMAT, Entry, canonical, digest
from zalobot.ledger.checking import Claim, DayHead, Fault, Wrong, check
from zalobot.ledger.days import Published
from zalobot.ledger.reading import claim, entries
from zalobot.store.database import of_one_moment
from zalobot.workdays import LOCAL


class NotALedger(ValueError):
    """The file is none of ours, or an entry of the database can no longer be written down; the words say which."""


def export(session: Session, path: Path, now: datetime) -> int:
    """Write the ledger to a file; gives back how many entries. The file is there whole or not at all.

    Raises NotALedger where an entry can no longer be read: `reading.verify` names it.
    """
    of_one_moment(session)
    held = claim(session)
    header = {
        "format": FORMAT,
        "installation": held.installation,
        "exported_at": now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "entries": held.count,
        "head": held.head,
        "days": [_listed(day) for day in held.days],
    }
    _write(path, _lines(header, entries(session, held.count)))
    return held.count


def verify(path: Path, heads: Path | None = None) -> Fault | None:
    """The first fault of an exported file, also against published daily heads; NotALedger for another file."""
    with path.open("rb") as file:
        header = _header(file.readline())
        if header is None:
            raise NotALedger(f"{path.name} does not begin like a ledger")
        claimed = _claimed(header, _heads(heads) if heads else [])
        if not Entry({key: header[key] for key in header if key != "hash"}, str(header.get("hash"))).sound:
            return Fault(0, Wrong.CHANGED, 0, "the first line of the file does not have the hash of what it says")
        return check(_entries(file), claimed)


def as_json(published: Published) -> dict[str, Any]:
    """The daily heads as they are published, and as `verify` takes them."""
    days = [_listed(DayHead(day.day.isoformat(), day.seq, day.hash)) for day in published.days]
    return {"format": FORMAT, "installation": published.installation, "days": days}


def _listed(day: DayHead) -> dict[str, Any]:
    return {"day": day.day, "seq": day.seq, "hash": day.hash}


def _claimed(header: dict[str, Any], published: list[dict[str, Any]]) -> Claim:
    try:
        days = tuple(DayHead(day["day"], int(day["seq"]), day["hash"]) for day in [*header["days"], *published])
        return Claim(header["installation"], int(header["entries"]), header["head"], days)
    except (KeyError, TypeError, ValueError):
        raise NotALedger("the first line does not say what a ledger's says") from None


def _heads(path: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(path.read_bytes())["days"])
    except (KeyError, TypeError, ValueError):
        raise NotALedger(f"{path.name} holds no daily heads") from None


def _lines(header: dict[str, Any], kept: Iterable[Entry | None]) -> Iterator[str]:
    yield canonical({**header, "hash": digest(header)})
    for seq, entry in enumerate(kept, 1):
        if entry is None:
            raise NotALedger(f"entry {seq} cannot be read")
        yield canonical({**entry.body, "hash": entry.hash})


def _header(line: bytes) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        header = json.loads(line)
        if isinstance(header, dict) and header.get("format") == FORMAT:
            return header
    return None


def _entries(file: IO[bytes]) -> Iterator[Entry | None]:
    """A line that was cut short is no entry: the file ends before it."""
    for line in file:
        if line.endswith(b"\n"):
            yield _entry(line[:-1])


def _entry(line: bytes) -> Entry | None:
    try:
        said = json.loads(line)
        if canonical(said).encode() != line:
            return None
        hash_ = said.pop("hash")
        return Entry(said, hash_) if isinstance(said["seq"], int) and isinstance(said["prev_hash"], str) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _write(path: Path, lines: Iterable[str]) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
