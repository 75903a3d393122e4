"""Taking back a consent, and having everything erased: each is asked once more, with what it means.

The one rule: neither is done by a word that is said lightly; "ok" erases nothing.
"""

from zalobot.flows.choices import Choice
from zalobot.flows.engine import Flow
from zalobot.flows.words import spoken
from zalobot.province import Province

UNCONSENT, ERASE = "unconsent", "erase_me"
SURE, KEEP = "sure", "keep"


def unconsent_flow(_province: Province) -> Flow:
    """Consent is taken back."""
    return Flow(name=UNCONSENT, steps=(Choice(name="sure", options=spoken(UNCONSENT)),))


def erase_flow(_province: Province) -> Flow:
    """Everything is erased."""
    return Flow(name=ERASE, steps=(Choice(name="sure", options=spoken(ERASE)),))
