"""What an officer's page keeps for them: the draft of an answer, and who else has the part open.

The one rule: a draft is one officer's own; it is shown again until that part is answered or the officer clears it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session, col

from zalobot.store.models import AnswerDraft, Officer, Part, PartPresence

HEARD: Final = timedelta(seconds=75)  # the page speaks up every half minute
KEPT: Final = timedelta(days=60)  # drafts nobody came back to

A_WORD: Final = 15  # letters: what is shorter was chosen from a list or is soon typed again
OTHER: Final = "~"  # after the name of a field: what another page of the same person held

_draft = AnswerDraft.__table__  # type: ignore[attr-defined]
_presence = PartPresence.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and when that was kept."""

    fields: Mapping[str, str]
    saved_at: datetime

    @property
    def mark(self) -> str:
        """Names this state of the draft: a page that knows another one was not the last to keep something."""
        return hashlib.sha256(json.dumps(self.fields, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Beside:
    """A colleague who has the same part open."""

    name: str
    since: datetime


def merged(before: Draft | None, values: Mapping[str, str], mark: str | None) -> dict[str, str]:
    """A draft with what is typed now. Where it was kept meanwhile by another page of the same person (its `mark` is not
    the one this page knows), a text that would be written over stays beside the new one, under its name and `OTHER`.
    """
    kept = dict(before.fields) if before else {}
    if before and mark is not None and mark != before.mark:
        for name, now in values.items():
            was = kept.get(name, "").strip()
            if len(was) > A_WORD and not now.strip().startswith(was):
                kept[name + OTHER] = kept[name]
    return {**kept, **values}


def save_draft(session: Session, part_id: str, officer_id: str, fields: Mapping[str, str], now: datetime) -> None:
    """Keep what is typed; nothing typed is no draft."""
    typed = {name: text for name, text in fields.items() if text.strip()}
    if not typed:
        return drop_draft(session, part_id, officer_id)
    row = {"part_id": part_id, "officer_id": officer_id, "fields": typed, "saved_at": now}
    statement = insert(_draft).values(row)
    kept = {"fields": statement.excluded.fields, "saved_at": statement.excluded.saved_at}
    session.execute(statement.on_conflict_do_update(index_elements=["part_id", "officer_id"], set_=kept))
    return None


def drop_draft(session: Session, part_id: str, officer_id: str) -> None:
    """The answer was sent."""
    session.execute(delete(AnswerDraft).where(*_mine(part_id, officer_id)))


def forget(session: Session, part_id: str, officer_id: str, names: Collection[str], now: datetime) -> None:
    """These fields were sent; what was typed into the others stays."""
    kept = draft(session, part_id, officer_id)
    if kept is not None:
        left = {name: text for name, text in kept.fields.items() if name.removesuffix(OTHER) not in names}
        save_draft(session, part_id, officer_id, left, now)


def draft(session: Session, part_id: str, officer_id: str) -> Draft | None:
    """What this officer had typed for this part and not sent; one from before its last answer is none."""
    query = (
        select(col(AnswerDraft.fields), col(AnswerDraft.saved_at), col(Part.answered_at))
        .join(Part, col(Part.id) == col(AnswerDraft.part_id))
        .where(*_mine(part_id, officer_id))
    )
    row = session.execute(query).one_or_none()
    if row is None or (row.answered_at is not None and row.answered_at >= row.saved_at):
        return None
    return Draft({name: str(text) for name, text in row.fields.items()}, row.saved_at)


def be_here(session: Session, part_id: str, officer_id: str, now: datetime) -> None:
    """This officer has the part open now."""
    session.execute(delete(PartPresence).where(col(PartPresence.part_id) == part_id, _silent(now)))
    row = {"part_id": part_id, "officer_id": officer_id, "since": now, "heard_at": now}
    statement = insert(_presence).values(row)
    heard = {"heard_at": statement.excluded.heard_at}
    session.execute(statement.on_conflict_do_update(index_elements=["part_id", "officer_id"], set_=heard))


def beside(session: Session, part_id: str, officer_id: str, now: datetime) -> list[Beside]:
    """Who else has it open, the first comer first."""
    query = (
        select(col(Officer.name), col(PartPresence.since))
        .join(Officer, col(Officer.id) == col(PartPresence.officer_id))
        .where(col(PartPresence.part_id) == part_id, col(PartPresence.officer_id) != officer_id, ~_silent(now))
        .order_by(col(PartPresence.since))
    )
    return [Beside(row[0], row[1]) for row in session.execute(query)]


def sweep(session: Session, now: datetime) -> None:
    """Drop what nobody will come back to."""
    session.execute(delete(AnswerDraft).where(col(AnswerDraft.saved_at) < now - KEPT))
    session.execute(delete(PartPresence).where(_silent(now)))


def _silent(now: datetime) -> ColumnElement[bool]:
    return col(PartPresence.heard_at) < now - HEARD


def _mine(part_id: str, officer_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(AnswerDraft.part_id) == part_id, col(AnswerDraft.officer_id) == officer_id
