"""A person's consent to how what they write is handled: which version of the words they agreed to, and when.

The one rule: agreeing to older words is no consent to the present ones (Luật 91/2025/QH15: clear, specific, for a
purpose). Whoever changes what the words promise gives them a new version; people are then asked again, once.
"""

from datetime import datetime
from typing import Final

from zalobot.conversations import Talk

VERSION: Final = "2026-11"


def agreed(talk: Talk) -> bool:
    """Whether the person agreed to the words as they are now."""
    return talk.consent_version == VERSION


def give(talk: Talk, now: datetime) -> None:
    """Take note of a yes."""
    talk.consent_version, talk.consented_at = VERSION, now


def take_back(talk: Talk) -> None:
    """The consent is withdrawn: nothing new is taken down; what was lawfully done until now stays done."""
    talk.consent_version, talk.consented_at = "", None
