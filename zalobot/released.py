"""The words of the bot as the database has them: the released versions, which every process speaks.

The one rule: a release grows the number in the province's row, in its own transaction; whoever sees another number than
that of the words they speak takes all of them up at once.
"""

import logging
from datetime import datetime
from typing import Final

from sqlalchemy import event, select, update
from sqlmodel import Session, col

from zalobot.store.models import ProvinceRow, WordingState, WordingVersion
from zalobot.templating import Message, Unsafe, Wording
from zalobot.templating.language import compiled

log = logging.getLogger(__name__)

WORDS: Final = "words"  # session.info: the words this process speaks
Key = tuple[str, str]  # language and name
_said = col(WordingVersion.text), col(WordingVersion.number), col(WordingVersion.decided_at)


def speaking(session: Session) -> Wording | None:
    """The words this process speaks; None where it speaks none (a test of a single room)."""
    words: Wording | None = session.info.get(WORDS)
    return words


def heard(session: Session, number: int) -> bool:
    """The province's row has this number: take the words up where they are not spoken yet; whether there were any."""
    words = speaking(session)
    if words is None or words.revision == number:
        return False
    return words.speak(_usable(words, read(session)), number)


def take_up(session: Session, words: Wording) -> None:
    """At the start of a process: speak what was released, in the sessions that carry these words and anywhere else."""
    number = session.execute(select(col(ProvinceRow.wording))).scalar()
    if number:
        words.speak(_usable(words, read(session)), number)


def read(session: Session) -> dict[Key, Message]:
    """Every released version that is in use."""
    columns = col(WordingVersion.language), col(WordingVersion.name), *_said
    query = select(*columns).where(col(WordingVersion.state) == WordingState.RELEASED)
    return {(row[0], row[1]): _message(row[2], row[3], row[4]) for row in session.execute(query)}


def not_said(session: Session) -> int:
    """How many released versions this program no longer understands, so that the shipped words are said instead."""
    words = speaking(session)
    if words is None:
        return 0
    return sum(bool(_fault(words, key, message)) for key, message in read(session).items())


def changing(session: Session) -> int:
    """Before a release: no other may begin until the commit. `changed` takes the number it gives."""
    statement = update(ProvinceRow).values(wording=col(ProvinceRow.wording) + 1).returning(col(ProvinceRow.wording))
    number: int = session.execute(statement.execution_options(synchronize_session=False)).scalar_one()
    return number


def changed(session: Session, number: int) -> None:
    """After the release: this process speaks so as soon as it is committed."""
    words = speaking(session)
    if words is None:
        return
    said = _usable(words, read(session))
    event.listen(session, "after_commit", lambda _session: words.speak(said, number), once=True)


def in_use(session: Session, words: Wording, name: str, language: str) -> Message:
    """What the database says is in use: the released version, else the shipped words. KeyError for no such message."""
    query = select(*_said).where(
        col(WordingVersion.name) == name,
        col(WordingVersion.language) == language,
        col(WordingVersion.state) == WordingState.RELEASED,
    )
    row = session.execute(query).one_or_none()
    return _message(row[0], row[1], row[2]) if row else words.shipped[language][name]


def _message(text: str, number: int, at: datetime) -> Message:
    return Message(text, str(number), int(at.timestamp() * 1000))


def _usable(words: Wording, said: dict[Key, Message]) -> dict[Key, Message]:
    """Without what this program no longer understands (it was updated since): there the shipped words are said."""
    faults = {key: _fault(words, key, message) for key, message in said.items()}
    for (language, name), fault in faults.items():
        if fault:
            log.error("the released words of %s (%s) are not said: %s", name, language, fault)
    return {key: message for key, message in said.items() if not faults[key]}


def _fault(words: Wording, key: Key, message: Message) -> str:
    """Why this program cannot say these words; "" where it can."""
    language, name = key
    if words.has(name, language) and words.message(name, language) == message:
        return ""  # it is said already
    try:
        names = compiled(message.source).names
    except Unsafe as fault:
        return str(fault)
    given = {*words.contexts.get(name, ()), *words.always}
    lacking = [one for one in names if one not in words.placeholders or words.placeholders[one].needs not in given]
    return f"there is no {', '.join(lacking)}" if lacking else ""
