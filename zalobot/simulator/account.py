"""What the Official Account is and has: its package, its money, its allowances (§4.7, §5.4, §6).

The one rule: whatever costs or runs out is taken here, once, at the moment something is really sent.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from .rules import Refusal
from .week import LOCAL

FREE = timedelta(hours=48)
UPLOADS_A_MONTH, TEMPLATES_A_DAY = 5000, 20_000
PRICE_PAID, BALANCE = 55, 1_000_000  # dong


class SendApi(StrEnum):
    """Which message call this account may use: some government accounts get -235 on v3, some may not send at all."""

    V3 = "v3"
    V2 = "v2"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Package:
    """What the office pays for. per_minute: calls of this OA (0: not limited); paid_messages a month, after 48 h."""

    key: str
    name: str
    api: bool
    per_minute: int
    paid_messages: int
    apps: int


@cache
def packages() -> Mapping[str, Package]:
    """The packages of `packages.json`, by key. "open" is a government account of which nothing is known."""
    raw = json.loads((Path(__file__).parent / "packages.json").read_text(encoding="utf-8"))
    return {one["key"]: Package(**one) for one in raw}


def _month(now: datetime) -> str:
    return f"{now.astimezone(LOCAL):%Y-%m}"


def _day(now: datetime) -> str:
    return f"{now.astimezone(LOCAL):%Y-%m-%d}"


@dataclass(slots=True)
class Allowance:
    """So many in each period; `left` may be set, for the present period only."""

    limit: int
    period: Callable[[datetime], str]
    used: int = 0
    _now: str = ""

    def left(self, now: datetime) -> int:
        """What remains in the period of `now`."""
        if (period := self.period(now)) != self._now:
            self.used, self._now = 0, period
        return max(self.limit - self.used, 0)

    def take(self, now: datetime) -> bool:
        """Use one; False when none is left."""
        if not self.left(now):
            return False
        self.used += 1
        return True


def _monthly_uploads() -> Allowance:
    return Allowance(UPLOADS_A_MONTH, _month)


def _daily_templates() -> Allowance:
    return Allowance(TEMPLATES_A_DAY, _day)


@dataclass(slots=True)
class Account:
    """The OA. linked: a ZBS account (formerly Zalo Cloud Account) pays; balance and spent in dong.

    night_rule: template messages by phone are refused from 22:00 to 06:00 (-133). hides_strangers: profiles of people
    who do not follow are refused (-213).
    """

    package: Package
    valid_through: date | None = None
    verified: bool = True
    enabled: bool = True
    oa_type: int = 4
    send_api: SendApi = SendApi.V3
    linked: bool = True
    balance: int = BALANCE
    spent: int = 0
    night_rule: bool = True
    hides_strangers: bool = False
    uploads: Allowance = field(default_factory=_monthly_uploads)
    templates: Allowance = field(default_factory=_daily_templates)
    paid: Allowance = field(init=False)

    def __post_init__(self) -> None:
        self.choose(self.package)

    def choose(self, package: Package) -> None:
        """Move to another package; its messages of the month start anew."""
        self.package = package
        self.paid = Allowance(package.paid_messages, _month)

    def closed(self, now: datetime) -> Refusal | None:
        """Why the OpenAPI is closed to this account, if it is."""
        if not self.enabled:
            return Refusal(-204, "Offical Account is disable")
        if not self.verified:
            return Refusal(-221, "OA needs to be verified")
        over = self.valid_through is not None and now.astimezone(LOCAL).date() > self.valid_through
        if over or not self.package.api:
            return Refusal(-224, "OA needs to upgrade OA Tier Package")
        return None

    def charge_consultation(self, last: datetime, now: datetime) -> str:
        """Take what a consultation message costs after the free 48 hours: from the package, else from the balance.

        Returns the quota it was taken from ("" when money was); Refusal -320 or -321 when there is neither.
        """
        if now - last <= FREE:
            return "reply"
        if self.paid.take(now):
            return "sub_quota"
        self.charge(PRICE_PAID, Refusal(-320, "App must connect Zalo Cloud Account"), Refusal(-321, "Out of money"))
        return ""

    def charge(self, price: int, unlinked: Refusal, broke: Refusal) -> None:
        """Take money; raises `unlinked` or `broke`."""
        if not self.linked:
            raise unlinked
        if self.balance < price:
            raise broke
        self.balance -= price
        self.spent += price
