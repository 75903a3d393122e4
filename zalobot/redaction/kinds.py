"""What is masked, and the mask itself.

The one rule: the order of the kinds is the order in which they are looked for, and what was found first wins.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data, in the order of search."""

    LINK = "MXH"
    EMAIL = "EMAIL"
    ACCOUNT = "STK"
    IDENTITY = "CCCD"
    PHONE = "SDT"
    PLATE = "BS"
    PASSPORT = "HC"
    NAME = "TEN"
    ADDRESS = "DC"


@dataclass(frozen=True, slots=True)
class Mask:
    """`text[start:end]` is personal data of this kind; `reason` names the rule that said so."""

    kind: Kind
    start: int
    end: int
    reason: str
