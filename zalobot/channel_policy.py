"""Zalo's windows, nights and prices, as `templates/channels.toml` has them.

The one rule: a number that Zalo may change stands in that file with its source, never in code.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache

from zalobot.paths import templates_folder
from zalobot.store.models import Channel, Priority
from zalobot.workdays import LOCAL


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed when, in which order it is tried, and what it costs (VND a message).

    `free` and `paid` are how long after a person's last word Zalo's message is taken, the margin already off.
    """

    free: timedelta
    paid: timedelta
    night_begins: time
    night_ends: time
    advertising_ends: time
    order: Mapping[Priority, tuple[Channel, ...]]
    keeps: Mapping[Priority, timedelta]
    merge_from: int
    nudge_before: timedelta
    nudge_earliest: time
    nudge_latest: time
    price: Mapping[Channel, int]
    paid_messages_included: int
    template_lengths: Mapping[str, int]
    may_pay: bool = True

    @property
    def open(self) -> timedelta:
        """How long after a person's last word the chat is open to us: with or without what has to be paid for."""
        return self.paid if self.may_pay else self.free

    def at_night(self, now: datetime, begins: time | None = None) -> datetime | None:
        """When the night that `now` lies in is over; None by day. `begins`: another beginning of the night."""
        local, begins = now.astimezone(LOCAL), begins or self.night_begins
        if self.night_ends <= local.time() < begins:
            return None
        morning = local.replace(hour=self.night_ends.hour, minute=self.night_ends.minute, second=0, microsecond=0)
        return morning if local.time() < self.night_ends else morning + timedelta(days=1)


def policy(*, may_pay: bool = True) -> Policy:
    """The shipped policy; `may_pay` is the installation's word on paid messages."""
    return replace(_shipped(), may_pay=may_pay)


@cache
def _shipped() -> Policy:
    data = tomllib.loads((templates_folder() / "channels.toml").read_text(encoding="utf-8"))
    window, night, nudge, waiting = data["window"], data["night"], data["nudge"], data["waiting"]
    margin = timedelta(minutes=window["margin_minutes"])
    return Policy(
        free=timedelta(hours=window["free_hours"]) - margin,
        paid=timedelta(hours=window["paid_hours"]) - margin,
        night_begins=time.fromisoformat(night["from"]),
        night_ends=time.fromisoformat(night["until"]),
        advertising_ends=time.fromisoformat(night["advertising_from"]),
        order={one: tuple(Channel(name) for name in data["order"][one.name.lower()]) for one in Priority},
        keeps={one: timedelta(days=waiting[one.name.lower()]) for one in Priority},
        merge_from=waiting["merge_from"],
        nudge_before=timedelta(hours=nudge["hours_before"]),
        nudge_earliest=time.fromisoformat(nudge["earliest"]),
        nudge_latest=time.fromisoformat(nudge["latest"]),
        price={channel: data["price"][channel.value] for channel in Channel},
        paid_messages_included=data["package"]["paid_messages"],
        template_lengths=data["template_lengths"],
    )
