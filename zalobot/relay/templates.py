"""Approved templates: the ways to somebody who has not written for a week.

The one rule: neither can be looked up afterwards. What is in doubt is settled by an echo or a receipt, or it is listed
for the operator; it is never sent again by itself.
"""

from zalobot.errors import Undeliverable
from zalobot.outbox import Leaving
from zalobot.zalo.client import Sent, ZaloClient
from zalobot.zalo.zbs import ZbsClient


class ByUserId:
    """To somebody the account knows, in the chat, whenever they last wrote."""

    def __init__(self, client: ZaloClient) -> None:
        self.client = client

    async def deliver(self, row: Leaving) -> Sent:
        """Send the template that stands for the message."""
        return await self.client.send_template(row.person_id, row.directions.template_id, row.directions.values)

    async def traces(self, row: Leaving) -> list[str]:
        """Zalo shows no words of ours of a template."""
        raise Undeliverable(0, "a template is not to be found in the conversation")


class ByPhone:
    """To the number a business left with its ticket."""

    def __init__(self, client: ZbsClient) -> None:
        self.client = client

    async def deliver(self, row: Leaving) -> Sent:
        """Send the template to the number; the row's key comes back in the receipt."""
        directions = row.directions
        return await self.client.send(directions.address, directions.template_id, directions.values, row.id)

    async def traces(self, row: Leaving) -> list[str]:
        """Zalo tells of a message by the id that its answer brought, and of nothing else."""
        raise Undeliverable(0, "Zalo tells nothing of a message whose id is not known")
