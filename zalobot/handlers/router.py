"""Which handler hears which kind of event.

The one rule: every handler has the signature `(session, event, now)`; nothing is injected.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from zalobot.zalo.events import Event, Kind

Handler = Callable[[Session, Event, datetime], None]


class Router:
    """The handlers of one file, by the kind of event they hear."""

    def __init__(self) -> None:
        self.handlers: dict[Kind, Handler] = {}

    def on(self, *kinds: Kind) -> Callable[[Handler], Handler]:
        """Register a handler for these kinds; one kind has one handler."""

        def register(handler: Handler) -> Handler:
            for kind in kinds:
                if kind in self.handlers:
                    raise ValueError(f"{kind} has a handler already")
                self.handlers[kind] = handler
            return handler

        return register
