"""What an administrator sets in Zalo's console: app, webhook, OAuth, and what each setting does to the bot.

The one rule: this is the other side of the bot's settings; a trap of the console is a field here, so that it can be
walked into before it is met for real.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Signature(StrEnum):
    """How events are signed. APP is as documented; the others were reported or are mistakes to survive."""

    APP = "app"
    OA_ID = "oa_id"
    APP_SECRET = "app_secret"
    SPACES = "spaces"
    BARE = "bare"
    UPPER = "upper"
    WRONG = "wrong"
    MISSING = "missing"


class Pkce(StrEnum):
    """What the token exchange wants: the pair of this request, the one saved in the console, or nothing."""

    PER_REQUEST = "per_request"
    FIXED = "fixed"
    NONE = "none"


@dataclass(slots=True)
class Console:
    """The switches. off: events that are not delivered, by name.

    asks: the consent page waits for a click (else it agrees at once). keeps_state: the callback gets `state` back.
    permitted: the permission groups are as they were at consent; changed ones end the grant (-223).
    syntax_filter: only texts beginning with # are delivered. old_info: the personal data a user shares
    come in the shape used before the provinces were merged.
    """

    oa_secret: str
    redirect_uri: str = ""
    challenge: str = ""
    pkce: Pkce = Pkce.PER_REQUEST
    asks: bool = False
    keeps_state: bool = True
    app_active: bool = True
    permitted: bool = True
    secret_proof: bool = False
    signature: Signature = Signature.APP
    retry: bool = True
    syntax_filter: bool = False
    old_info: bool = False
    off: set[str] = field(default_factory=set)

    def delivers(self, name: str, text: str) -> bool:
        """Whether an event with this name and this text is sent to the bot at all."""
        if name in self.off:
            return False
        return not (self.syntax_filter and name == "user_send_text" and not text.startswith("#"))
