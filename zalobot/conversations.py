"""Where the talk with each person stands, loaded and saved for many people at once.

The one rule: inside a transaction there is one `Talk` per person; change it in place and `save` it, it is written
once before the commit. Loading on PostgreSQL locks the person, which is what keeps one person's events in order
however many workers there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles to the same ON CONFLICT on SQLite
from sqlmodel import Session

from zalobot.store.among import among
from zalobot.store.bulk import insert_rows
from zalobot.store.database import before_commit, memo, sqlite
from zalobot.store.models import Conversation, Officer, Person, Reach, Role


@dataclass(slots=True)
class Talk:
    """A person's conversation, and who they are if they are staff. `fresh`: nothing was ever said with them.

    `waiting`: a message waits until they write (`channels.waiting`). `language`: what they chose, or began in.
    """

    person_id: str
    updated_at: datetime
    display_name: str = ""
    follows: bool = False
    follows_since: datetime | None = None
    consent_version: str = ""
    consented_at: datetime | None = None
    naming_version: str = ""
    notices_version: str = ""
    last_interaction_at: datetime | None = None
    flow: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    shelf: list[dict[str, Any]] = field(default_factory=list)
    open_step: str = ""
    open_until: datetime | None = None
    held_reply: str = ""
    misunderstood: int = 0
    with_person_until: datetime | None = None
    language: str = ""
    nudge_at: datetime | None = None
    business: dict[str, Any] = field(default_factory=dict)
    officer_id: str = ""
    officer_name: str = ""
    officer_agency: str = ""
    officer_role: Role | None = None
    fresh: bool = False
    waiting: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether this Zalo account belongs to an officer, head, leader or coordinator."""
        return self.officer_role is not None

    @property
    def speaks(self) -> str:
        """The language they are spoken to in, "" for what nobody chose; staff are always spoken to in Vietnamese."""
        return "" if self.is_staff else self.language

    def with_person(self, now: datetime) -> bool:
        """Whether a member of staff talks to them now: the bot says nothing."""
        return self.with_person_until is not None and now < self.with_person_until

    def begin(self, flow: str, answers: dict[str, Any]) -> None:
        """Enter a flow; an unfinished one is put on the shelf, so that nothing a person wrote is lost.

        Entering the flow one is in already, about the same part, goes on where it stood.
        """
        if (self.flow, self.answers.get("part")) == (flow, answers.get("part")) and flow:
            return
        if self.flow and self.answers:
            self.shelf = [*self.shelf[-4:], {"flow": self.flow, "answers": self.answers}]
        self.flow, self.answers = flow, answers
        self.open_step, self.open_until, self.nudge_at = "", None, None

    def leave(self) -> None:
        """Leave the flow: it is finished or given up. A reply still held stays known: the next one takes it back."""
        self.flow, self.answers = "", {}
        self.open_step, self.open_until, self.nudge_at = "", None, None


_table = Conversation.__table__  # type: ignore[attr-defined]
_person = Person.__table__  # type: ignore[attr-defined]
_officer = Officer.__table__  # type: ignore[attr-defined]
_reach = Reach.__table__  # type: ignore[attr-defined]
_columns = [column for column in _table.columns if column.name != "person_id"]
_staff = [_officer.c.id, _officer.c.name, _officer.c.agency, _officer.c.role]
_select = (
    select(
        _person.c.id,
        _table.c.person_id,
        *_columns,
        *(column.label(f"o_{column.name}") for column in _staff),
        _reach.c.waiting_since,
    )
    .select_from(
        _person.outerjoin(_table, _table.c.person_id == _person.c.id)
        .outerjoin(_officer, (_officer.c.person_id == _person.c.id) & _officer.c.active.is_(True))
        .outerjoin(_reach, _reach.c.person_id == _person.c.id)
    )
    .where(among(_person.c.id, "people"))
    .order_by(_person.c.id)
)
_lock = select(_person.c.id).where(among(_person.c.id, "people")).order_by(_person.c.id).with_for_update()
_lock_free = _lock.with_for_update(skip_locked=True)
_insert = insert(_table)
_upsert = _insert.on_conflict_do_update(
    index_elements=["person_id"], set_={column.name: _insert.excluded[column.name] for column in _columns}
)
_insert_person = insert(_person).on_conflict_do_nothing(index_elements=["id"])
_language = select(_table.c.language).where(_table.c.person_id == bindparam("person"))
_names = [column.name for column in _columns]


def load(session: Session, people: Sequence[str], now: datetime, *, skip_locked: bool = False) -> dict[str, Talk]:
    """The talks of these people, locked for this transaction; `skip_locked`: without those another worker serves."""
    talks = _talks(session)
    # Lock first, then read: one statement doing both may show the talk as it was before the lock was had.
    mine = people if sqlite(session) else _locked(session, people, skip_locked)
    if mine:
        for row in session.connection().execute(_select, {"people": list(mine)}).mappings():
            talks[row["id"]] = _talk(row, now)
    return talks


def of(session: Session, person_id: str, now: datetime) -> Talk:
    """The talk of one person, a fresh one if they were never heard of."""
    talks = _talks(session)
    if person_id not in talks:
        load(session, [person_id], now)
    if person_id not in talks:
        session.execute(_insert_person, [{"id": person_id, "created_at": now}])
        talks[person_id] = Talk(person_id, now, fresh=True)
    return talks[person_id]


def language(session: Session, person_id: str) -> str:
    """The language a person is spoken to in, "" for what nobody chose.

    Of the person of a turn it is known; of somebody who is told something it is looked up, once a transaction.
    """
    talk = _talks(session).get(person_id)
    if talk is not None:
        return talk.speaks
    known: dict[str, str] = memo(session).setdefault("language", {})
    if person_id not in known:
        known[person_id] = str(session.connection().execute(_language, {"person": person_id}).scalar() or "")
    return known[person_id]


def present(session: Session) -> list[str]:
    """The people whose talks this transaction has loaded."""
    return list(_talks(session))


def known(session: Session, people: Iterable[str], now: datetime) -> None:
    """Make sure that these people have a row to lock."""
    statement, rows = to_lock(people, now)
    if rows:
        insert_rows(session, statement, rows)


def to_lock(people: Iterable[str], now: datetime) -> tuple[Insert, list[dict[str, Any]]]:
    """What `known` inserts: the statement, and its rows in the order in which everybody locks them."""
    return _insert_person, [{"id": person, "created_at": now} for person in sorted(set(people))]


def save(session: Session, talk: Talk, now: datetime) -> None:
    """Have the talk written before the commit, as it will be then."""
    talk.updated_at = now
    changed: dict[str, Talk] = session.info.setdefault("changed_talks", {})
    changed[talk.person_id] = talk
    before_commit(session, _write)


def dismiss(session: Session, person_id: str) -> None:
    """Drop what was loaded and changed of one person: their rows are gone."""
    _talks(session).pop(person_id, None)
    session.info.get("changed_talks", {}).pop(person_id, None)


def forget(session: Session) -> None:
    """Drop what was loaded and changed: the work was rolled back."""
    session.info.pop("talks", None)
    session.info.pop("changed_talks", None)


def _locked(session: Session, people: Sequence[str], skip_locked: bool) -> Sequence[str]:
    lock = _lock_free if skip_locked else _lock
    return session.connection().execute(lock, {"people": list(people)}).scalars().all()


def _talks(session: Session) -> dict[str, Talk]:
    talks: dict[str, Talk] = session.info.setdefault("talks", {})
    return talks


def _write(session: Session) -> None:
    changed: dict[str, Talk] = session.info.pop("changed_talks", {})
    rows = [
        {"person_id": talk.person_id, **{name: getattr(talk, name) for name in _names}} for talk in changed.values()
    ]
    if rows:
        insert_rows(session, _upsert, sorted(rows, key=lambda row: row["person_id"]))


def _talk(row: Any, now: datetime) -> Talk:
    stored: dict[str, Any] = (
        {name: row[name] for name in _names} if row["person_id"] is not None else {"updated_at": now}
    )
    talk = Talk(row["id"], **stored, fresh=row["person_id"] is None)
    talk.waiting = row["waiting_since"] is not None
    if row["o_id"] is not None:
        talk.officer_id, talk.officer_name = row["o_id"], row["o_name"]
        talk.officer_agency, talk.officer_role = row["o_agency"], row["o_role"]
    return talk
