"""What there was of a message: every version, who wrote it, who released it, what it changed.

The one rule: nothing here changes a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from zalobot import released
from zalobot.store.models import Account, WordingOrigin, WordingState, WordingVersion
from zalobot.studio import tally, versions

LATEST: Final = 10
_author, _second = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as the pages show it. `before` are the words it was put in place of, `messages` how many
    Zalo accepted.
    `stale`: it waits, and something else was released since it was begun.

    `second` released it, or sent it back with `answer`; "" where nobody has yet.
    """

    id: str
    name: str
    language: str
    number: int | None
    state: WordingState
    origin: WordingOrigin
    text: str
    before: str
    stale: bool
    why: str
    author_id: str
    author: str
    second: str
    answer: str
    batch: str | None
    asked_at: datetime | None
    decided_at: datetime | None
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who writes the same message: since when, and whether it waits to be released."""

    name: str
    since: datetime
    waits: bool


def of(session: Session, name: str, language: str) -> list[Entry]:
    """Every version that was released or sent back, the newest first; the shipped words are not among them."""
    query = _entries().where(
        col(WordingVersion.name) == name,
        col(WordingVersion.language) == language,
        col(WordingVersion.state).in_((WordingState.RELEASED, WordingState.RETIRED, WordingState.REJECTED)),
    )
    rows = session.execute(query.order_by(col(WordingVersion.decided_at), col(WordingVersion.id))).all()
    counts = tally.of(session, name, language)
    before = versions.words_of(session).shipped[language][name].source
    found = []
    for row in rows:
        found.append(_entry(row, before, counts.get(str(row[0].number), 0)))
        if row[0].state is not WordingState.REJECTED:
            before = row[0].text
    return found[::-1]


def waiting(session: Session) -> list[Entry]:
    """What waits for a second person, the oldest first."""
    query = _entries().where(col(WordingVersion.state) == WordingState.WAITING)
    rows = session.execute(query.order_by(col(WordingVersion.asked_at), col(WordingVersion.id))).all()
    said, shipped = released.read(session), versions.words_of(session).shipped
    found = []
    for row in rows:
        key = row[0].language, row[0].name
        used = said.get(key) or shipped.get(key[0], {}).get(key[1])
        if used is None:
            continue  # the program was updated, and has no such message any more
        found.append(_entry(row, used.source, 0, stale=row[0].based_on != used.version))
    return found


def latest(session: Session) -> list[Entry]:
    """What was released last, by whomever: so that every operator sees what is new, an undo above all."""
    query = _entries().where(col(WordingVersion.number).is_not(None))
    rows = session.execute(query.order_by(col(WordingVersion.decided_at).desc(), col(WordingVersion.id)).limit(LATEST))
    return [_entry(row, "", 0) for row in rows]


def others(session: Session, name: str, language: str, me: str) -> list[Other]:
    """Who else writes this message now."""
    query = (
        select(col(Account.full_name), col(WordingVersion.created_at), col(WordingVersion.state))
        .join(Account, col(Account.id) == col(WordingVersion.author_id))
        .where(
            col(WordingVersion.name) == name,
            col(WordingVersion.language) == language,
            col(WordingVersion.state).in_((WordingState.DRAFT, WordingState.WAITING)),
            col(WordingVersion.author_id) != me,
        )
        .order_by(col(WordingVersion.created_at))
    )
    return [Other(row[0], row[1], row[2] is WordingState.WAITING) for row in session.execute(query)]


def sent_back(entries: Sequence[Entry], me: str) -> Entry | None:
    """The last word on this person's own, where it was sent back and nothing was released since."""
    newest = entries[0] if entries else None
    return newest if newest and newest.state is WordingState.REJECTED and newest.author_id == me else None


def _entries() -> Select[Any]:
    columns: list[Any] = [WordingVersion, col(_author.full_name), col(_second.full_name)]
    return (
        select(*columns)
        .join(_author, col(_author.id) == col(WordingVersion.author_id))
        .outerjoin(_second, col(_second.id) == col(WordingVersion.decided_by))
    )


def _entry(row: Sequence[Any], before: str, messages: int, *, stale: bool = False) -> Entry:
    version, author, second = row
    return Entry(
        id=version.id,
        name=version.name,
        language=version.language,
        number=version.number,
        state=version.state,
        origin=version.origin,
        text=version.text,
        before=before,
        stale=stale,
        why=version.why,
        author_id=version.author_id,
        author=author,
        second=second or "",
        answer=version.answer,
        batch=version.batch,
        asked_at=version.asked_at,
        decided_at=version.decided_at,
        messages=messages,
    )
