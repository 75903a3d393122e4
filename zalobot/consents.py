"""What a person agreed to: handling what they write, their business's name in public, notices. Each for itself.

The one rule: a yes counts for the words that were shown, and only for them (Luật 91/2025/QH15: clear, specific, for one
purpose; silence is none). Every answer is kept with its words, so that it can be proved; whoever changes what the words
promise gives that purpose a new version, and people are asked again, once.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from zalobot.conversations import Talk
from zalobot.store.among import among
from zalobot.store.database import is_waiting, later, write_rows_so_far
from zalobot.store.ids import new_id
from zalobot.store.models import ConsentAnswer, Conversation, OutboxMessage, Purpose

VERSIONS: Final = {Purpose.HANDLING: "2026-11-24", Purpose.NAMING: "2026-11-24", Purpose.NOTICES: "2026-11-24"}
NO: Final = "no"
LATELY: Final = timedelta(hours=1)
ASKED_IN: Final = {
    Purpose.HANDLING: ("welcome/consent", "report_issue/consent", "own_data/privacy"),
    Purpose.NAMING: ("report_issue/publicity",),
    Purpose.NOTICES: (
        *("report_issue/sent", "report_issue/past_horizon", "report_issue/same_matter"),
        *("at_once/joined", "own_data/notices"),
    ),
}
"""The messages whose words ask for each."""

_COLUMNS: Final = {
    Purpose.HANDLING: "consent_version",
    Purpose.NAMING: "naming_version",
    Purpose.NOTICES: "notices_version",
}
_outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
_insert = ConsentAnswer.__table__.insert()  # type: ignore[attr-defined]
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_last_asked = (
    select(_outbox.c.body, _outbox.c.language)
    .where(
        _outbox.c.person_id == bindparam("person"),
        among(_outbox.c.template, "templates"),
        _outbox.c.not_before <= bindparam("now"),
        _outbox.c.not_before > bindparam("since"),
    )
    .order_by(_outbox.c.id.desc())
    .limit(1)
)


def agreed(talk: Talk | Conversation, purpose: Purpose = Purpose.HANDLING) -> bool:
    """Whether the person agreed to this, in the words as they are now."""
    return bool(getattr(talk, _COLUMNS[purpose]) == VERSIONS[purpose])


def refused(talk: Talk, purpose: Purpose) -> bool:
    """Whether the person said no to this; who was never asked did not."""
    return bool(getattr(talk, _COLUMNS[purpose]) == NO)


def agree(session: Session, talk: Talk, purpose: Purpose, now: datetime) -> bool:
    """Take note of a yes, with the words last shown for it; False, and nothing noted, where none were shown."""
    words = _shown(session, talk.person_id, purpose, now)
    if words is None:
        return False
    setattr(talk, _COLUMNS[purpose], VERSIONS[purpose])
    if purpose is Purpose.HANDLING:
        talk.consented_at = now
    _keep(session, talk, purpose, True, words, now)
    return True


def decline(session: Session, talk: Talk, purpose: Purpose, now: datetime) -> None:
    """Take note of a no, or of a yes taken back: what was lawfully done until now stays done."""
    setattr(talk, _COLUMNS[purpose], "" if purpose is Purpose.HANDLING else NO)
    if purpose is Purpose.HANDLING:
        talk.consented_at = None
    _keep(session, talk, purpose, False, _shown(session, talk.person_id, purpose, now) or ("", ""), now)


def note_about(session: Session, talk: Talk, purpose: Purpose, given: bool, about: str, now: datetime) -> None:
    """Keep an answer that is for one ticket alone (its name in public, news of it); a no to it takes nothing back."""
    words = _shown(session, talk.person_id, purpose, now) or ("", "")
    if given and purpose is Purpose.NAMING:
        talk.naming_version = VERSIONS[purpose]
    _keep(session, talk, purpose, given, words, now, about)


def terms_are_fresh(session: Session, person_id: str, now: datetime) -> bool:
    """Whether somebody was shown the terms of handling within the hour, and need not read them all again."""
    return _shown(session, person_id, Purpose.HANDLING, now, since=now - LATELY) is not None


def refusing(session: Session, people: Iterable[str], purpose: Purpose) -> frozenset[str]:
    """Those of these people who said no to this."""
    column = getattr(Conversation, _COLUMNS[purpose])
    query = select(col(Conversation.person_id)).where(col(Conversation.person_id).in_(list(people)), column == NO)
    return frozenset(session.execute(query).scalars())


def given(talk: Talk) -> list[Purpose]:
    """What the person agrees to now."""
    return [purpose for purpose in Purpose if agreed(talk, purpose)]


def answers(session: Session, person_id: str) -> Sequence[ConsentAnswer]:
    """Everything a person answered, the newest first."""
    write_rows_so_far(session)
    query = select(ConsentAnswer).where(col(ConsentAnswer.person_id) == person_id)
    return session.execute(query.order_by(col(ConsentAnswer.id).desc())).scalars().all()


def _shown(
    session: Session, person_id: str, purpose: Purpose, now: datetime, since: datetime | None = None
) -> tuple[str, str] | None:
    """The text and language of what last asked for this; what is still held back was not shown."""
    if is_waiting(session, _outbox, person_id=person_id):
        write_rows_so_far(session)
    asked = {"person": person_id, "templates": list(ASKED_IN[purpose]), "now": now, "since": since or _EVER}
    row = session.connection().execute(_last_asked, asked).first()
    return (str(row[0].get("text", "")), str(row[1])) if row else None


def _keep(
    session: Session,
    talk: Talk,
    purpose: Purpose,
    given: bool,
    shown: tuple[str, str],
    now: datetime,
    about: str = "",
) -> None:
    text, language = shown
    row = {"id": new_id(), "person_id": talk.person_id, "purpose": purpose, "given": given, "about": about, "at": now}
    later(session, _insert, {**row, "version": VERSIONS[purpose], "words": text, "language": language})
