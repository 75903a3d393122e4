"""What the demo's operators changed of the bot's words, by the verbs of the wording studio.

The one rule: a proposal whose words are not there any more is a fault of `week.toml`, and ends the start.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot.accounts import managing
from zalobot.demo.week import Proposal
from zalobot.languages import DEFAULT
from zalobot.store.models import Account, AccountRole
from zalobot.studio import releasing, versions


def enter(session: Session, proposal: Proposal, now: datetime) -> None:
    """Write it, ask for its release and, where somebody did, release it."""
    author = _operator(session, proposal.by, now)
    words = versions.in_use(session, proposal.message, DEFAULT).source
    versions.save(session, proposal.message, DEFAULT, f"{proposal.first} {words}", now, by=author)
    version = versions.ask(session, proposal.message, DEFAULT, proposal.why, now, by=author)
    if proposal.second:
        releasing.release(session, version.id, now, by=_operator(session, proposal.second, now))


def _operator(session: Session, name: str, now: datetime) -> Account:
    return managing.find(session, name) or managing.add(session, name, AccountRole.OPERATOR, now)[0]
