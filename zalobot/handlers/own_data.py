"""A person asks about their own data: sees what is kept, takes a copy along, takes back the consent, has all erased.

The one rule: all of it is done at once and by themselves; only a correction of what is with an agency needs a human.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zalobot import consents, exports, reference, withdrawals
from zalobot.conversations import Talk
from zalobot.flows import own_data
from zalobot.handlers import agreeing, talking
from zalobot.store.models import ConsentAnswer, Purpose
from zalobot.tickets import finding, unnaming

MANY = 1000


@dataclass(frozen=True, slots=True)
class OwnData:
    """What is kept of a person, as the wording sees it. `answers` are those about their data, the newest first."""

    talk: Talk
    tickets: int
    link: str
    answers: Sequence[ConsentAnswer]

    def stands(self, purpose: Purpose) -> tuple[str, datetime | None]:
        """How it stands with a purpose, `yes`, `no` or `unasked`, and since when it is agreed to."""
        said = [answer for answer in self.answers if answer.purpose is purpose]
        if consents.agreed(self.talk, purpose):
            return "yes", next((answer.at for answer in said if answer.given), None)
        return ("no" if said else "unasked"), None


def show(session: Session, talk: Talk, now: datetime) -> None:
    """What is kept and what was agreed to, a link to a copy of all of it, and what can be done."""
    link = exports.link(session, reference.public_url(session), talk.person_id, now)
    tickets = len(finding.tickets_of(session, talk.person_id, MANY))
    mine = OwnData(talk, tickets, link, consents.answers(session, talk.person_id))
    talking.say(session, talk, "own_data/shown", now, own=mine)


def begin_unconsent(session: Session, talk: Talk, now: datetime) -> None:
    """Ask which consent is taken back where there are several, and once more before it is done."""
    given = consents.given(talk)
    if not given:
        talking.say(session, talk, "welcome/consent_declined", now)
    elif given == [Purpose.NOTICES]:
        agreeing.notices_off(session, talk, now)
    else:
        talking.begin(session, talk, own_data.UNCONSENT, {"given": [str(purpose) for purpose in given]}, now)


def begin_erase(session: Session, talk: Talk, now: datetime) -> None:
    """Ask once more before everything is erased."""
    talking.begin(session, talk, own_data.ERASE, {}, now)


def unconsented(session: Session, talk: Talk, now: datetime) -> None:
    """One consent is taken back. With that to the handling goes what was being written, with that to the name the
    name in public."""
    purpose = own_data.taken_back(talk.answers)
    if purpose is None or purpose is Purpose.NOTICES:
        agreeing.notices_off(session, talk, now)
        return
    if talk.answers[own_data.SURE_OF[purpose]] != own_data.SURE:
        talking.say(session, talk, "own_data/kept", now)
        return
    consents.decline(session, talk, purpose, now)
    if purpose is Purpose.NAMING:
        unnaming.unname(session, talk.person_id, now)
        talking.say(session, talk, "own_data/name_withdrawn", now)
    else:
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
