"""Letters by e-mail, for what Zalo cannot carry.

The one rule: a letter that may have been taken is not written again; who got none is in the operator's list.
"""

from zalobot.errors import Undeliverable
from zalobot.mail import Letter, Postbox
from zalobot.outbox import Leaving
from zalobot.zalo.client import Sent


class Letters:
    """Writes to the address of an officer, or of the business that left one."""

    def __init__(self, postbox: Postbox) -> None:
        self.postbox = postbox

    async def deliver(self, row: Leaving) -> Sent:
        """Send the letter; the id is its Message-ID."""
        to = row.directions
        return Sent(await self.postbox.send(Letter(row.id, to.address, to.subject, to.text)))

    async def traces(self, row: Leaving) -> list[str]:
        """A mail server shows nobody what it has taken."""
        raise Undeliverable(0, "a letter cannot be looked up")
