"""All words as files, so that they can be kept in git, and files as drafts that wait for a second person.

The one rule: what differs is shown first, text by text, and what is chosen of it is taken in whole; each text is held
to what an edit is held to (`reading.py` says what the files are).
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session

from zalobot import released, templating
from zalobot.accounts import log
from zalobot.errors import Refused
from zalobot.store.ids import new_id
from zalobot.store.models import Account, AccountRole, WordingOrigin, WordingState, WordingVersion
from zalobot.studio import versions
from zalobot.studio.reading import Key, place
from zalobot.templating import Finding, titles

AUTHORS: Final = (AccountRole.OPERATOR, AccountRole.ADMIN)
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)  # the same words make the same bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """A text of the files that is not as it is in use, and what is to be said about it.

    `held`: what else keeps it out, "waiting" (the same person's words for it wait already) or "draft" (they have begun
    a draft of their own, which is not to be lost).
    """

    name: str
    language: str
    text: str
    before: str
    findings: tuple[Finding, ...]
    held: str = ""

    @property
    def takeable(self) -> bool:
        """Whether it can be taken in as it is."""
        return not self.stopped and not self.held

    @property
    def stopped(self) -> tuple[Finding, ...]:
        """What keeps it from being taken in."""
        return versions.stops(self.findings)


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


def packed(session: Session) -> bytes:
    """The same as one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for where, text in sorted(in_use(session).items()):
            info = zipfile.ZipInfo(where, _ALWAYS)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode())
    return made.getvalue()


def changes(session: Session, texts: Mapping[Key, str], by: Account | None = None) -> list[Changed]:
    """Which of these differ from what is in use, each looked at as if all of them were released; `by` sends them."""
    begun = versions.begun_by(session, by) if by else {}
    words = versions.words_of(session).with_words(released.read(session))
    new = {key: templating.message(versions.clean(text)) for key, text in texts.items()}
    together = words.with_words(new)
    return [
        Changed(
            name,
            language,
            said.source,
            before,
            versions.findings(said.source, name, language, before, together),
            str(begun.get((language, name), "")),
        )
        for (language, name), said in new.items()
        for before in [words.source(name, language)]
        if said.source != versions.clean(before)
    ]


def take_in(session: Session, found: list[Changed], why: str, now: datetime, *, by: Account) -> str:
    """Let these wait, together, for a second person; gives back the key they share.

    Raises Refused: files_same, reason_missing, wording_stop, wording_waits (one of this person's waits already),
    files_draft (they have a draft of one).
    """
    why = why.strip()[: versions.WHY_AT_MOST]
    if not found:
        raise Refused("files_same")
    if len(why) < versions.WHY_AT_LEAST:
        raise Refused("reason_missing")
    batch, begun = new_id(), versions.begun_by(session, by)
    for one in found:
        if one.stopped:
            raise Refused("wording_stop", message=titles.title(one.name), line=one.stopped[0].line)
        if state := begun.get((one.language, one.name)):
            waits = state is WordingState.WAITING
            raise Refused("wording_waits" if waits else "files_draft", message=titles.title(one.name))
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
