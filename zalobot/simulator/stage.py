"""Everything one simulator holds, for its HTTP handlers and for the people on it.

The one rule: made once per simulator and reached through `STAGE`; nothing is global.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from .account import Account, packages
from .clock import SimClock
from .console import Console
from .deliver import Deliverer
from .faults import Faults
from .grant import Grant
from .payloads import Payloads
from .settings import SimSettings
from .world import Person, Role, World


class Meter:
    """Counts calls per minute of simulated time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._minute = -1
        self._calls = 0

    def take(self, limit: int) -> int:
        """Count one call; how many are left this minute (negative: too many). No limit: a large number."""
        minute = int(self._now().timestamp() // 60)
        if minute != self._minute:
            self._minute, self._calls = minute, 0
        self._calls += 1
        return limit - self._calls if limit else 4000


class Stage:
    """The parts, wired."""

    def __init__(self, settings: SimSettings, clock: SimClock) -> None:
        self.settings = settings
        self.clock = clock
        self.world = World(quiet=settings.quiet)
        self.faults = Faults()
        self.grant = Grant(clock.now(), settings.access_token, settings.refresh_token)
        self.account = Account(packages()[settings.package], settings.valid_through, oa_type=settings.oa_type)
        self.console = Console(settings.oa_secret, settings.redirect_uri, asks=settings.asks)
        self.templates = {template.id: replace(template) for template in settings.templates}
        self.payloads = Payloads(settings)
        self.deliverer = Deliverer(settings, self.world, self.faults, self.console, clock.now)
        self.meter = Meter(clock.now)
        self.base_url = settings.public_url

    def now(self) -> datetime:
        """The simulated instant."""
        return self.clock.now()

    def last_interaction(self, person: Person) -> datetime | None:
        """When Zalo last heard the person: with the silence switch on, businesses lose eight days."""
        if person.role is Role.BUSINESS:
            return self.faults.heard(person.last_interaction)
        return person.last_interaction


STAGE = web.AppKey("stage", Stage)
