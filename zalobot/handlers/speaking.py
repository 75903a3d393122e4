"""The language a business is spoken to in: the one its first plain words are in, or the one it asks for.

The one rule: what was asked for, or begun in, stays until another is asked for. Staff are spoken to in Vietnamese.
"""

from datetime import datetime

from sqlmodel import Session

from zalobot import foreign
from zalobot.conversations import Talk
from zalobot.handlers import talking


def note(talk: Talk, text: str) -> None:
    """Take note of the language of the first words that show one."""
    if text and not talk.language and not talk.is_staff:
        talk.language = foreign.written_in(text)


def change(session: Session, talk: Talk, text: str, now: datetime) -> bool:
    """ "English", "Tiếng Việt": go on in that language, with the question being asked; False for anything else."""
    wanted = "" if talk.is_staff else foreign.asked_for(text)
    if not wanted:
        return False
    talk.language = wanted
    if not (talk.flow and talking.ask_again(session, talk, now)):
        talking.welcome(session, talk, now)
    return True
