"""What goes wrong on request.

The one rule: a fault is something the real platform or the network does; there is none that only a simulator could do.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

SILENCE = timedelta(days=8)


@dataclass(slots=True)
class Faults:
    """All switches, off at first. Changed by the page, by tests, and by time (some end by themselves).

    copies: every event is delivered so many times, shuffled (varies: once to so many times).
    drop_response: the message arrives, the answer is lost (a negative number means always, a positive one the next so
    many); drop_refresh: the same for the next token refreshes, which do rotate.
    fail_every: each Nth send answers 500 and does not arrive. slow: seconds every send takes longer.
    refresh_error: the next token refresh answers this code with HTTP 200, and nothing rotates.
    silent_since: businesses that said nothing after this instant count as silent for 8 days.
    per_minute: calls allowed per minute (0: no limit). shut: the webhook cannot be reached.
    v2_only: a government account of the kind that answers -235 on v3. no_buttons: one that may not use buttons (-201).
    """

    copies: int = 1
    varies: bool = False
    drop_response: int = 0
    drop_refresh: int = 0
    fail_every: int = 0
    refresh_error: int = 0
    silent_since: datetime | None = None
    per_minute: int = 0
    shut: bool = False
    v2_only: bool = False
    no_buttons: bool = False
    slow: float = 0.0
    _sends: int = 0

    def next_copies(self) -> int:
        """How many times the next event is delivered."""
        return random.randint(1, self.copies) if self.varies else self.copies

    def next_send_fails(self) -> bool:
        """Count one send; True for every `fail_every`-th."""
        self._sends += 1
        return self.fail_every > 0 and self._sends % self.fail_every == 0

    def next_response_drops(self) -> bool:
        """Whether the answer to this send gets lost on the way."""
        if self.drop_response > 0:
            self.drop_response -= 1
            return True
        return self.drop_response < 0

    def next_refresh_drops(self) -> bool:
        """Whether the answer to this token refresh gets lost on the way."""
        self.drop_refresh = max(0, (left := self.drop_refresh) - 1)
        return left > 0

    def take_refresh_error(self) -> int:
        """The code for this refresh (0: none); it is used up."""
        code, self.refresh_error = self.refresh_error, 0
        return code

    def silence(self, last: datetime | None) -> datetime | None:
        """When the person was last heard, as Zalo would have it with this switch."""
        if last is None or self.silent_since is None or last > self.silent_since:
            return last
        return min(last, self.silent_since - SILENCE)
