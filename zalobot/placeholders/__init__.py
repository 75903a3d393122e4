"""Every word an operator may write in double braces: what it is read from, how, and a sample for previews.

The one rule: a value is text and nothing else; what it says of time is said as of the instant in its facts.
"""

from typing import Final

from zalobot.placeholders.calendars import CALENDAR, OTHERS
from zalobot.placeholders.counting import RECEIPT
from zalobot.placeholders.digests import DIGEST
from zalobot.placeholders.people import PEOPLE
from zalobot.placeholders.studio import STUDIO
from zalobot.placeholders.tickets import PART, TICKET
from zalobot.placeholders.work import DRAFT, FOUND, LISTS, OWN

PLACEHOLDERS: Final = (
    *TICKET,
    *PART,
    *PEOPLE,
    *DRAFT,
    *FOUND,
    *LISTS,
    *OWN,
    *DIGEST,
    *RECEIPT,
    *CALENDAR,
    *STUDIO,
    *OTHERS,
)
