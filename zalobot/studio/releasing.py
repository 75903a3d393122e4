"""A second person releases what was asked for, or sends it back; a release is undone in one step.

The one rule: releases follow each other one at a time (the province's row is locked first), and each is upon the
version that its author saw. After the commit this process speaks so; the others are told by `reference.TOPIC`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from zalobot import released
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, WordingOrigin, WordingState, WordingVersion
from zalobot.studio import telling, versions
from zalobot.templating import titles

RELEASERS = (AccountRole.OPERATOR, AccountRole.ADMIN)


def seconds(session: Session, me: str) -> tuple[str, ...]:
    """Who may release what the account `me` wrote, by name."""
    query = select(col(Account.full_name)).where(
        col(Account.role).in_(RELEASERS), col(Account.active).is_(True), col(Account.id) != me
    )
    return tuple(session.execute(query.order_by(col(Account.full_name))).scalars())


def release(session: Session, version_id: str, now: datetime, *, by: Account) -> WordingVersion:
    """Say it in these words from now on.

    Raises Refused: not_waiting, wording_own (the second person is another one), not_allowed, wording_stale,
    wording_stop.
    """
    return _release(session, [version_id], now, by=by)[0]


def release_batch(session: Session, batch: str, now: datetime, *, by: Account) -> list[WordingVersion]:
    """Release all that waits of one import, at one moment; one that cannot be released keeps all of them."""
    query = select(col(WordingVersion.id)).where(
        col(WordingVersion.batch) == batch, col(WordingVersion.state) == WordingState.WAITING
    )
    found: Sequence[str] = session.execute(query.order_by(col(WordingVersion.id))).scalars().all()
    if not found:
        raise Refused("not_waiting")
    return _release(session, found, now, by=by)


def send_back(session: Session, version_id: str, answer: str, now: datetime, *, by: Account) -> WordingVersion:
    """Not so: with words for its author, whose draft it is again. Raises Refused: reason_missing and as `release`."""
    version = versions.waiting(session, version_id)
    _check_second(version, by)
    answer = answer.strip()[: versions.WHY_AT_MOST]
    if len(answer) < versions.WHY_AT_LEAST:
        raise Refused("reason_missing")
    version.state, version.answer = WordingState.REJECTED, answer
    version.decided_by, version.decided_at = by.id, now
    session.flush()
    author = session.get_one(Account, version.author_id)
    if versions.draft_of(session, version.name, version.language, author) is None:
        again = version.model_dump(exclude={"decided_by", "decided_at", "answer", "asked_at", "batch", "id"})
        session.add(WordingVersion(**again | {"id": new_id(), "state": WordingState.DRAFT, "saved_at": now}))
        session.flush()
    versions.note(session, "wording_sent_back", version, now, by=by)
    return version


def undo(session: Session, name: str, language: str, seen: str, now: datetime, *, by: Account) -> WordingVersion:
    """Back to the words before the last release, as a new version; every operator is told.

    One person may: those words were released by two. `seen` is the version on the screen. Raises Refused:
    not_allowed, nothing_to_undo, wording_stale, wording_stop.
    """
    if by.role not in RELEASERS:
        raise Refused("not_allowed")
    number = released.changing(session)
    used = versions.in_use(session, name, language)
    if seen != used.version:
        raise Refused("wording_stale", message=titles.title(name))
    before = words_before(session, name, language)
    if before is None:
        raise Refused("nothing_to_undo")
    version = WordingVersion(
        id=new_id(),
        name=name,
        language=language,
        state=WordingState.WAITING,
        origin=WordingOrigin.UNDO,
        text=before,
        author_id=by.id,
        based_on=used.version,
        created_at=now,
        saved_at=now,
    )
    session.add(version)
    session.flush()
    versions.check(session, version)
    _put_in_use(session, version, now, by=by)
    versions.note(session, "wording_undone", version, now, by=by, number=version.number)
    telling.undone(session, version, now, by=by)
    released.changed(session, number)
    return version


def words_before(session: Session, name: str, language: str) -> str | None:
    """The words before the last release; None where nothing was released yet."""
    newest = _last_number(session, name, language)
    if newest == 0:
        return None
    if newest == 1:
        return versions.words_of(session).shipped[language][name].source
    query = select(col(WordingVersion.text)).where(
        col(WordingVersion.name) == name,
        col(WordingVersion.language) == language,
        col(WordingVersion.number) == newest - 1,
    )
    text: str = session.execute(query).scalar_one()
    return text


def _release(session: Session, ids: Sequence[str], now: datetime, *, by: Account) -> list[WordingVersion]:
    number = released.changing(session)
    together = [versions.waiting(session, version_id) for version_id in ids]
    for version in together:
        _check_second(version, by)
    versions.check(session, *together)
    for version in together:
        _put_in_use(session, version, now, by=by)
        versions.note(session, "wording_released", version, now, by=by, number=version.number)
    released.changed(session, number)
    return together


def _check_second(version: WordingVersion, by: Account) -> None:
    if by.role not in RELEASERS:
        raise Refused("not_allowed")
    if version.author_id == by.id:
        raise Refused("wording_own")


def _put_in_use(session: Session, version: WordingVersion, now: datetime, *, by: Account) -> None:
    following = _last_number(session, version.name, version.language) + 1
    retired = update(WordingVersion).where(
        col(WordingVersion.name) == version.name,
        col(WordingVersion.language) == version.language,
        col(WordingVersion.state) == WordingState.RELEASED,
    )
    session.execute(
        retired.values(state=WordingState.RETIRED).execution_options(synchronize_session="fetch")
    )  # before the next one: there is one in use
    version.state, version.number = WordingState.RELEASED, following
    version.decided_by, version.decided_at = by.id, now
    session.flush()


def _last_number(session: Session, name: str, language: str) -> int:
    query = select(func.max(col(WordingVersion.number))).where(
        col(WordingVersion.name) == name, col(WordingVersion.language) == language
    )
    return session.execute(query).scalar() or 0
