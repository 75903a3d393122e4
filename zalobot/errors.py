"""Every error raised on purpose, named by what happens next.

The one rule: one exception per reaction. A wrong answer in a chat is a value, not an exception.
"""

from collections.abc import Sequence


class ZalobotError(Exception):
    """The root: catching it catches everything raised on purpose."""


class ConfigError(ZalobotError):
    """Refuse to start. `problems` holds one line for each setting, with its remedy."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class BadEvent(ZalobotError):
    """The body is no event at all (not JSON, no object, no name): nothing is stored."""


class InvalidSignature(BadEvent):
    """The body is not proven to come from Zalo: nothing is stored. `reason` is one word for whoever looks for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(ZalobotError):
    """The person who asked is told why. `reason` names a wording file, `facts` fill its placeholders."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class IllegalTransition(Refused):
    """The ticket or part cannot go from where it is to where it was asked to go."""


class StaleTicket(Refused):
    """Somebody else changed it since it was shown."""


class PastHorizon(Refused):
    """The working calendar does not reach that far, so no date is promised."""

    def __init__(self, **facts: object) -> None:
        super().__init__("past_horizon", **facts)


class ZaloError(ZalobotError):
    """Zalo refused a call. `code` is Zalo's own (0 where there was none)."""

    def __init__(self, code: int = 0, message: str = "") -> None:
        super().__init__(f"{code} {message}".strip())
        self.code = code
        self.message = message


class Retryable(ZaloError):
    """The same call may succeed later. `after` is the least wait in seconds."""

    def __init__(self, code: int = 0, message: str = "", after: float = 0.0) -> None:
        super().__init__(code, message)
        self.after = after


class Undeliverable(ZaloError):
    """This payload will never arrive on this channel: give up where the operator sees it."""


class OtherChannel(Undeliverable):
    """This person cannot be reached on this channel now: another channel, or wait until they write."""


class Misconfigured(Undeliverable):
    """A human must change something with Zalo first (package, verification, permission); then the same call works."""


class UploadExpired(Undeliverable):
    """The attachment is known to Zalo no more (its ids live 7 days): upload it again, then the same call works."""


class OutcomeUnknown(ZaloError):
    """Nobody knows whether it arrived (timeout, reset, 5xx): settle by echo or conversation, never resend blindly.

    after: seconds until a look is worth something; what was waited for in vain may still be on its way.
    """

    def __init__(self, code: int = 0, message: str = "", after: float = 0.0) -> None:
        super().__init__(code, message)
        self.after = after


class TokenRejected(ZaloError):
    """The access token is not valid any more (-216, -220, 401)."""


class ConsentNeeded(ZaloError):
    """The grant is lost: an OA administrator must click consent again."""
