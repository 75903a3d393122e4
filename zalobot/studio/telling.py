"""What is said in Zalo about the words: a trial to whoever writes them, and to all operators that one was undone.

The one rule: a trial goes to the editor's own Zalo and to nobody else, and says in its first line that it is one.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from sqlmodel import Session

from zalobot import outbox, reference, templating
from zalobot.accounts import log, own_zalo
from zalobot.errors import Refused
from zalobot.store.models import Account, AccountRole, WordingVersion
from zalobot.templating import Rendered, titles
from zalobot.tickets import pushing

PATH: Final = "/van-hanh/loi-nhan"
_TOLD: Final = (AccountRole.OPERATOR, AccountRole.ADMIN)


def address(name: str, language: str) -> str:
    """Where a message is edited, below the site's own address."""
    return f"{PATH}/{quote(name)}?ngon-ngu={language}"


def undone(session: Session, version: WordingVersion, now: datetime, *, by: Account) -> None:
    """Tell every operator who is reached in Zalo that words were undone, and by whom."""
    facts = {
        "account": by.full_name,
        "message": titles.title(version.name),
        "number": version.number,
        "address": reference.public_url(session) + address(version.name, version.language),
    }
    said = templating.render("studio/undone", facts=facts)
    for person_id in own_zalo.people_of(session, _TOLD):
        pushing.push(session, person_id, said, now)


def trial(session: Session, name: str, rendered: Rendered, now: datetime, *, by: Account) -> None:
    """Send what was rendered of an unreleased text to the editor's own Zalo. Raises Refused: no_zalo."""
    person_id = own_zalo.person_of(session, by)
    if not person_id:
        raise Refused("no_zalo")
    said = templating.render("studio/trial", facts={"message": titles.title(name), "words": rendered.text})
    outbox.enqueue(session, person_id, replace(said, buttons=rendered.buttons), now=now)
    log.note(session, "wording_tried", by, now, message=name)
