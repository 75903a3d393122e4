"""Who means to do what, and when the clock ticks next."""

import heapq
import random
from datetime import datetime, timedelta
from itertools import count

from tests.oracle import DAY, FULL, MIDNIGHT, MINUTE, SECOND, Wall
from tests.proofs.year.machine import STEP
from tests.proofs.year.people import Act
from tests.proofs.year.scenario import Scenario
from tests.proofs.year.walls import local, utc

AROUND = timedelta(minutes=10)  # before and after work the clock already goes in small steps
IDLE = timedelta(minutes=20)


class Agenda:
    """What is meant to be done. What falls into an outage is done after it."""

    def __init__(self, scenario: Scenario, chance: random.Random) -> None:
        self._heap: list[tuple[datetime, int, Act]] = []
        self._count, self._chance = count(), chance
        self._downs = [down for down in scenario.downs if down.whole]
        self._changes = {change.at for change in scenario.changes}

    def add(self, at: datetime, act: Act) -> None:
        """Somebody means to do something at an instant."""
        for down in self._downs:
            if down.begins <= at < down.ends:
                at = down.ends + timedelta(minutes=self._chance.uniform(0, 60))
        at = at.replace(microsecond=0)  # what Zalo tells is exact to the millisecond, the oracle to the second
        if act.what != "calendar" and at in self._changes:
            at += SECOND  # else nobody could say which calendar it was
        heapq.heappush(self._heap, (at, next(self._count), act))

    def until(self, now: datetime) -> list[tuple[datetime, Act]]:
        """Take out what is to be done by now, in order."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            at, _, act = heapq.heappop(self._heap)
            found.append((at, act))
        return found


def next_tick(wall: Wall, now: datetime) -> datetime:
    """Every five minutes around work, else every twenty; never past the beginning of work."""
    moment = local(now)
    hours = wall.get(moment.date(), FULL)
    midnight = datetime.combine(moment.date(), MIDNIGHT)
    after = midnight + ((moment - midnight) // STEP + 1) * STEP
    if hours and midnight + hours[0][0] * MINUTE - AROUND <= after <= midnight + hours[-1][1] * MINUTE + AROUND:
        return utc(after)
    found = moment + IDLE
    for day in (moment.date(), moment.date() + DAY):
        hours = wall.get(day, FULL)
        begins = datetime.combine(day, MIDNIGHT) + hours[0][0] * MINUTE - AROUND if hours else found
        if moment < begins < found:
            found = begins
    return utc(found)
