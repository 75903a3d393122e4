"""The few long-lived things, and the one key under which the web application holds them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from zalobot import reference
from zalobot.config import Settings
from zalobot.figures.board import Board
from zalobot.province import Province
from zalobot.store.coordination import Coordination
from zalobot.store.database import Store
from zalobot.store.freshest import Freshest

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Services:
    """What doors need. `now` gives aware UTC; in `demo` it is the simulator's clock. `board`: the published figures;
    `desks`: what all coordinators see alike."""

    settings: Settings
    store: Store
    coordination: Coordination
    at_start: Province
    now: Now
    board: Board = field(default_factory=Board)
    desks: Freshest[Any] = field(default_factory=Freshest)

    @property
    def province(self) -> Province:
        """The province as it is now: its calendar, for one, may have changed since the start."""
        here: Province = self.store.info.get(reference.PROVINCE, self.at_start)
        return here


SERVICES = web.AppKey("services", Services)
