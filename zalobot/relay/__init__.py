"""The relay says what the outbox holds.

The one rule: every claimed row ends as an Outcome, and an unknown outcome is settled by what can be seen of it before
anything is sent again. A claimed row is given to `ways[row.channel]` (ways.py): that is where a channel hooks in.
"""

from zalobot.relay.chat import Chat
from zalobot.relay.hours import exchange
from zalobot.relay.letters import Letters
from zalobot.relay.loop import TOPIC, Relay
from zalobot.relay.templates import ByPhone, ByUserId
from zalobot.relay.traits import Traits
from zalobot.relay.uploads import Uploads
from zalobot.relay.ways import Way, Ways

__all__ = ["TOPIC", "ByPhone", "ByUserId", "Chat", "Letters", "Relay", "Traits", "Uploads", "Way", "Ways", "exchange"]
