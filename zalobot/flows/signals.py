"""Words that mean: this is no matter for a ticket. An emergency comes first, then a complaint or denunciation.

The words stand in `templates/words.toml`; marks that were typed must agree, marks that were not may be anything.
"""

from functools import cache

from zalobot.spoken import words_file
from zalobot.topics import Index, guess, index_of

EMERGENCY, COMPLAINT = "emergency", "complaint"


@cache
def _index() -> Index:
    return index_of(words_file()["signals"])


def signal(text: str) -> str:
    """The kind of matter that must not become a ticket, "" where the text is an ordinary one."""
    heard = {found.code for found in guess(text, _index())}
    return next((kind for kind in (EMERGENCY, COMPLAINT) if kind in heard), "")
