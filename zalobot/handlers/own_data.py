"""A person asks about their own data: sees what is kept, takes a copy along, takes back the consent, has all erased.

The one rule: all of it is done at once and by themselves; only a correction of what is with an agency needs a human.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zalobot import consents, exports, reference, withdrawals
from zalobot.conversations import Talk
from zalobot.flows import own_data
from zalobot.handlers import talking
from zalobot.tickets import finding

MANY = 1000


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is kept of a person, as the wording sees it."""

    talk: Talk
    tickets: int
    link: str


def show(session: Session, talk: Talk, now: datetime) -> None:
    """What is kept, a link to a copy of all of it, and what can be done."""
    link = exports.link(session, reference.public_url(session), talk.person_id, now)
    mine = OwnData(talk, len(finding.tickets_of(session, talk.person_id, MANY)), link)
    talking.say(session, talk, "own_data/shown", now, own=mine)


def begin_unconsent(session: Session, talk: Talk, now: datetime) -> None:
    """Ask once more before a consent is taken back; there must be one."""
    if consents.agreed(talk):
        talking.begin(session, talk, own_data.UNCONSENT, {}, now)
    else:
        talking.say(session, talk, "welcome/consent_declined", now)


def begin_erase(session: Session, talk: Talk, now: datetime) -> None:
    """Ask once more before everything is erased."""
    talking.begin(session, talk, own_data.ERASE, {}, now)


def unconsented(session: Session, talk: Talk, now: datetime) -> None:
    """The consent is taken back, and with it goes what was being written."""
    if talk.answers["sure"] != own_data.SURE:
        talking.say(session, talk, "own_data/kept", now)
        return
    consents.take_back(talk)
    talk.shelf, talk.business = [], {}
    talking.say(session, talk, "own_data/consent_withdrawn", now)


def erased(session: Session, talk: Talk, now: datetime) -> None:
    """Everything is erased; the last word is that it was."""
    if talk.answers["sure"] != own_data.SURE:
        talking.say(session, talk, "own_data/kept", now)
        return
    talk.shelf, talk.held_reply = [], ""
    withdrawals.withdraw(session, talk.person_id, talk.last_interaction_at or now, now)
    talking.say(session, talk, "own_data/erased", now)
