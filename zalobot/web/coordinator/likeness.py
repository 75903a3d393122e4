"""Which tickets say nearly the same as this one. Pure.

The one rule: a likeness is a hint for a person, who decides; so it names the words in common.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zalobot.store.queries.triage import Other
from zalobot.vietnamese import token_set

NEAR: Final = 0.3  # of the words and pairs of both
SAME_PERSON: Final = 0.18  # who wrote twice may have put it in other words
MOST: Final = 3
QUOTED: Final = 300  # letters of the other text that are shown beside


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket that may be the same matter. `same_person`: of the same business."""

    code: str
    title: str
    text: str
    state: str
    same_person: bool
    likeness: float
    due: datetime | None = None


def alike(text: str, person_id: str, others: Iterable[Other]) -> tuple[Alike, ...]:
    """The likest of these, likeliest first; none where nothing is near."""
    said = token_set(text)
    found = [_compared(said, person_id, other) for other in others]
    near = [one for one in found if one.likeness >= (SAME_PERSON if one.same_person else NEAR)]
    return tuple(sorted(near, key=lambda one: -one.likeness)[:MOST])


def _compared(said: frozenset[str], person_id: str, other: Other) -> Alike:
    words = token_set(other.text)
    share = len(said & words) / (len(said | words) or 1)
    same = bool(person_id) and other.person_id == person_id
    return Alike(other.code, other.title, other.text[:QUOTED], str(other.state), same, share, other.due)
