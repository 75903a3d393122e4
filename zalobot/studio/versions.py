"""Drafts and versions of one message in one language: kept, asked for, taken back, listed.

The one rule: a draft remembers which version it was begun upon (`based_on`), so that nobody undoes by accident what
somebody else released meanwhile.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, col

from zalobot import released, templating
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Account, WordingOrigin, WordingState, WordingVersion
from zalobot.templating import Finding, Kind, Message, Wording, titles
from zalobot.templating.language import SOURCE_LIMIT
from zalobot.vietnamese import nfc

WHY_AT_LEAST: Final = 5  # letters of a reason
WHY_AT_MOST: Final = 500


def words_of(session: Session) -> Wording:
    """The words this process speaks, with the shipped ones."""
    return released.speaking(session) or templating.current()


def in_use(session: Session, name: str, language: str) -> Message:
    """What is in use as the database has it. Raises Refused: no_such_message."""
    try:
        return released.in_use(session, words_of(session), name, language)
    except KeyError:
        raise Refused("no_such_message", message=name) from None


def findings(text: str, name: str, language: str, before: str, words: Wording | None = None) -> tuple[Finding, ...]:
    """What is to be said about these words; `before` are the words in use."""
    return templating.check(text, name, language, before, wording=words)


def stops(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep words from being released."""
    return tuple(finding for finding in found if finding.kind is Kind.STOP)


def clean(text: str) -> str:
    """What was typed as it is kept: one kind of line end, and one at the end as files have it."""
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n")).rstrip() + "\n"


def save(
    session: Session,
    name: str,
    language: str,
    text: str,
    now: datetime,
    *,
    by: Account,
    seen: str | None = None,
    mine: str = "",
) -> WordingVersion | None:
    """Keep what this person is typing. The words in use are no draft: then there is none afterwards.

    `seen` is the mark of the draft that was typed upon, where it matters; a draft that says `mine` is of the same
    window, which did not hear that it was kept. Raises Refused: no_such_message,
    wording_waits (theirs waits for a second person), wording_too_long, wording_elsewhere (they typed on in another
    window meanwhile).
    """
    used, text = in_use(session, name, language), clean(text)
    if len(text) > SOURCE_LIMIT:
        raise Refused("wording_too_long", limit=SOURCE_LIMIT)
    if mine_waiting(session, name, language, by) is not None:
        raise Refused("wording_waits")
    draft = draft_of(session, name, language, by)
    if draft is not None and seen is not None and mark(draft) != seen and draft.text not in (text, clean(mine)):
        raise Refused("wording_elsewhere")
    if text == clean(used.source):
        if draft is not None:
            session.delete(draft)
            session.flush()
        return None
    if draft is None:
        draft = _begun(name, language, by, used, now)
        session.add(draft)
    draft.text, draft.saved_at = text, now
    session.flush()
    return draft


def mark(draft: WordingVersion | None) -> str:
    """What tells a draft from what it was before; "" for none."""
    return draft.saved_at.isoformat() if draft else ""


def load(
    session: Session, name: str, language: str, origin: WordingOrigin, text: str, now: datetime, *, by: Account
) -> WordingVersion | None:
    """Put these words into this person's draft, upon the version in use now: the shipped ones, or an old version's."""
    discard(session, name, language, now, by=by)
    draft = save(session, name, language, text, now, by=by)
    if draft is not None:
        draft.origin = origin
        session.flush()
    return draft


def rebase(session: Session, name: str, language: str, now: datetime, *, by: Account) -> None:
    """This person has seen what was released meanwhile; their words are meant to follow it."""
    draft = _mine(session, name, language, by)
    draft.based_on, draft.saved_at = in_use(session, name, language).version, now
    session.flush()


def discard(session: Session, name: str, language: str, _now: datetime, *, by: Account) -> None:
    """This person's draft is wanted no more."""
    session.execute(delete(WordingVersion).where(*_drafts(name, language), col(WordingVersion.author_id) == by.id))


def ask(session: Session, name: str, language: str, why: str, now: datetime, *, by: Account) -> WordingVersion:
    """Ask a second person to release this person's draft.

    Raises Refused: no_draft, reason_missing, wording_stale (something was released meanwhile), wording_stop.
    """
    draft = _mine(session, name, language, by)
    why = why.strip()[:WHY_AT_MOST]
    if len(why) < WHY_AT_LEAST:
        raise Refused("reason_missing")
    check(session, draft)
    draft.state, draft.why, draft.asked_at = WordingState.WAITING, why, now
    session.flush()
    note(session, "wording_asked", draft, now, by=by)
    return draft


def take_back(session: Session, version_id: str, now: datetime, *, by: Account) -> WordingVersion:
    """What this person asked for becomes their draft again. Raises Refused: not_waiting, not_allowed."""
    version = waiting(session, version_id)
    if version.author_id != by.id:
        raise Refused("not_allowed")
    version.state, version.asked_at, version.batch = WordingState.DRAFT, None, None
    session.flush()
    note(session, "wording_taken_back", version, now, by=by)
    return version


def check(session: Session, *together: WordingVersion) -> None:
    """Whether these may follow what is in use, all at once. Raises Refused: wording_stale, wording_stop."""
    words = together_with(session, {(one.language, one.name): one.text for one in together})
    for version in together:
        used = in_use(session, version.name, version.language)
        if version.based_on != used.version:
            raise Refused("wording_stale", message=titles.title(version.name))
        stopped = stops(findings(version.text, version.name, version.language, used.source, words))
        if stopped:
            raise Refused("wording_stop", message=titles.title(version.name), line=stopped[0].line)


def together_with(session: Session, texts: Mapping[tuple[str, str], str]) -> Wording:
    """The words as they would be spoken if these texts (by language and name) were released now."""
    new = {key: templating.message(text) for key, text in texts.items()}
    return words_of(session).with_words({**released.read(session), **new})


def waiting(session: Session, version_id: str) -> WordingVersion:
    """A version that waits for a second person, locked. Raises Refused: not_waiting."""
    query = select(WordingVersion).where(col(WordingVersion.id) == version_id).with_for_update()
    version: WordingVersion | None = session.execute(query).scalar_one_or_none()
    if version is None or version.state is not WordingState.WAITING:
        raise Refused("not_waiting")
    return version


def draft_of(session: Session, name: str, language: str, by: Account) -> WordingVersion | None:
    """This person's draft."""
    query = select(WordingVersion).where(*_drafts(name, language), col(WordingVersion.author_id) == by.id)
    found: WordingVersion | None = session.execute(query).scalar_one_or_none()
    return found


def mine_waiting(session: Session, name: str, language: str, by: Account) -> WordingVersion | None:
    """What this person asked for and nobody decided yet."""
    query = select(WordingVersion).where(*_of(name, language), _in(WordingState.WAITING))
    found: WordingVersion | None = (
        session.execute(query.where(col(WordingVersion.author_id) == by.id)).scalars().first()
    )
    return found


def begun_by(session: Session, by: Account) -> dict[tuple[str, str], WordingState]:
    """What this person has begun, by language and name: a draft, or words that wait (which comes first)."""
    own = (WordingState.DRAFT, WordingState.WAITING)
    columns = (col(WordingVersion.language), col(WordingVersion.name), col(WordingVersion.state))
    query = select(*columns).where(col(WordingVersion.author_id) == by.id, col(WordingVersion.state).in_(own))
    rows = sorted(session.execute(query).all(), key=lambda row: row[2] is WordingState.WAITING)
    return {(row[0], row[1]): row[2] for row in rows}


def note(session: Session, kind: str, version: WordingVersion, now: datetime, *, by: Account, **more: Any) -> None:
    """An act upon a version, in the admin chain; its words by their hash."""
    digest = hashlib.sha256(version.text.encode()).hexdigest()
    facts = {"version": version.id, "message": version.name, "language": version.language, "text": digest}
    log.note(session, kind, by, now, **facts, **more)


def _mine(session: Session, name: str, language: str, by: Account) -> WordingVersion:
    draft = draft_of(session, name, language, by)
    if draft is None:
        raise Refused("no_draft")
    return draft


def _begun(name: str, language: str, by: Account, used: Message, now: datetime) -> WordingVersion:
    return WordingVersion(
        id=new_id(),
        name=name,
        language=language,
        state=WordingState.DRAFT,
        origin=WordingOrigin.TYPED,
        text="",
        author_id=by.id,
        based_on=used.version,
        created_at=now,
        saved_at=now,
    )


def _of(name: str, language: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(WordingVersion.name) == name, col(WordingVersion.language) == language


def _in(state: WordingState) -> ColumnElement[bool]:
    return col(WordingVersion.state) == state


def _drafts(name: str, language: str) -> tuple[ColumnElement[bool], ...]:
    return *_of(name, language), _in(WordingState.DRAFT)
