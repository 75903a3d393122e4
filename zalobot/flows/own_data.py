"""Taking back a consent, and having everything erased: each is asked once more, with what it means.

The one rule: neither is done by a word that is said lightly; "ok" erases nothing. Notices alone end at one word.
"""

from typing import Any, Final

from zalobot.flows.choices import Choice
from zalobot.flows.engine import Answers, Condition, Flow
from zalobot.flows.options import Options
from zalobot.flows.words import spoken
from zalobot.province import Province
from zalobot.store.models import Purpose

UNCONSENT, ERASE = "unconsent", "erase_me"
SURE, KEEP = "sure", "keep"
SURE_OF: Final[dict[Purpose, str]] = {Purpose.HANDLING: "sure", Purpose.NAMING: "sure_name"}


def unconsent_flow(_province: Province) -> Flow:
    """One consent is taken back; `given` (what is agreed to now) is answered beforehand."""
    sure = (Choice(name=name, options=spoken(UNCONSENT), when=_is(purpose)) for purpose, name in SURE_OF.items())
    which = Choice(name="which", options=given, when=lambda answers: len(answers.get("given", ())) > 1)
    return Flow(name=UNCONSENT, steps=(which, *sure))


def erase_flow(_province: Province) -> Flow:
    """Everything is erased."""
    return Flow(name=ERASE, steps=(Choice(name="sure", options=spoken(ERASE)),))


def given(answers: Answers) -> Options:
    """What was agreed to, by what it is called."""
    names: dict[str, Any] = spoken("purpose")
    return {purpose: names[purpose] for purpose in answers.get("given", ())}


def taken_back(answers: Answers) -> Purpose | None:
    """Which consent it is about; None while that is not known."""
    among = answers.get("given", ())
    chosen = answers.get("which") or (among[0] if len(among) == 1 else "")
    return Purpose(chosen) if chosen else None


def _is(purpose: Purpose) -> Condition:
    return lambda answers: taken_back(answers) is purpose
