"""The clerk: goes through the history of every part with a wall calendar and says when it was due, and when it ran.

The one rule: nothing of zalobot counts here. Days and minutes come from tests/oracle.py, the instants at which people
and the clock did something from the history.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle import MIDNIGHT, Wall, hard, later, simple, working_day
from tests.proofs.year.walls import Walls, closes, local, utc, worked
from zalobot.store.models import EventKind as K

SIMPLE_HOURS, HARD_DAYS, WAIT_DAYS, CLOSE_DAYS = 4, 3, 3, 5
ENDS_PAUSE = (K.BUSINESS_REPLIED, K.ANSWERED, K.DECLINED)


@dataclass(frozen=True)
class Run:
    """A stretch in which a part was open, its clock running, its due time this one."""

    begins: datetime
    ends: datetime | None
    due: datetime | None
    clock: int
    started: datetime
    klass: str


@dataclass
class Told:
    """What the clerk knows of a part. `dues` are (clock, due) as they changed; `runs` its stretches."""

    code: str
    started: datetime
    klass: str
    agency: str
    clock: int = 1
    due: datetime | None = None
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    paused: datetime | None = None
    open: bool = True
    answered: datetime | None = None
    dues: list[tuple[int, datetime]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    holders: list[tuple[datetime, str]] = field(default_factory=list)
    _since: datetime | None = None

    def says(self, due: datetime | None, now: datetime) -> None:
        """The due time is this one from now on."""
        self._stop(now)
        self.due = due
        if due is not None and (not self.dues or self.dues[-1] != (self.clock, due)):
            self.dues.append((self.clock, due))
        self._go(now)

    def pause(self, now: datetime) -> None:
        self._stop(now)
        self.paused = now

    def end(self, now: datetime) -> None:
        """No longer open."""
        self._stop(now)
        self.open = False

    def run_out(self) -> None:
        """The year is over."""
        if self._since is not None:
            self.runs.append(Run(self._since, None, self.due, self.clock, self.started, self.klass))

    def _stop(self, now: datetime) -> None:
        if self._since is not None and self._since < now:
            self.runs.append(Run(self._since, now, self.due, self.clock, self.started, self.klass))
        self._since = None

    def _go(self, now: datetime) -> None:
        self._since = now if self.open and self.paused is None else None

    def go(self, now: datetime) -> None:
        self.open, self.paused = True, None
        self._go(now)


def histories(walls: Walls, tickets: Iterable[Any], events: dict[str, list[Any]]) -> dict[str, Told]:
    """Every part's history as the clerk counts it, by its code."""
    found: dict[str, Told] = {}
    for ticket in tickets:
        for told in _Ticket(walls, ticket, events[ticket.id]).parts.values():
            told.run_out()
            found[told.code] = told
    return found


class _Ticket:
    """One ticket, gone through event by event, the changes of the calendar between them."""

    def __init__(self, walls: Walls, ticket: Any, events: list[Any]) -> None:
        self.walls, self.ticket, self.klass = walls, ticket, ""
        self.parts: dict[int, Told] = {}
        changes = [(since, None) for since in walls.since[1:] if since > ticket.received_at]
        happened = sorted([*changes, *((event.at, event) for event in events)], key=lambda one: one[0])
        for at, event in happened:
            if event is None:
                self._recount(at)
            else:
                self._take(event)

    def _take(self, event: Any) -> None:
        at, kind = event.at, event.kind
        part = self.parts.get(event.part_number)
        if part is None:
            self._of_ticket(event)
            return
        if kind in ENDS_PAUSE and part.paused is not None:
            self._resume(part, at, at)
        if kind is K.PAUSE_ENDED and part.paused is not None:
            self._resume(part, end_of_day(self.walls.at(at), part.paused, WAIT_DAYS) or at, at)
        if kind is K.QUESTION_ASKED:
            part.pause(at)
        elif kind is K.ANSWERED:
            part.answered = at
            part.end(at)
        elif kind is K.CLOSED:
            part.end(at)
        elif kind is K.REOPENED:
            part.clock, part.klass, part.started, part.pauses, part.open = part.clock + 1, "hard", at, [], True
            part.answered = None
            part.says(self._count(part, at), at)
        elif kind in (K.TRANSFERRED, K.DECIDED, K.SUCCEEDED):
            part.holders.append((at, event.agency))

    def _of_ticket(self, event: Any) -> None:
        at, kind, data = event.at, event.kind, event.data
        if kind is K.RECEIVED:
            self.klass = data["klass"]
        elif kind is K.ASSIGNED:
            number = event.part_number
            part = Told(f"{self.ticket.code}/{number}", self.ticket.received_at, self.klass, event.agency)
            self.parts[number] = part
            part.holders.append((at, event.agency))
            part.says(self._count(part, at), at)
        elif kind is K.CLASS_CHANGED:
            self.klass = data["klass"]
            for part in self._open():
                if part.clock == 1:
                    part.klass = self.klass
                    self._say(part, self._count(part, at), at)
        elif kind is K.WITHDRAWN or (kind is K.MERGED and "into" in data):
            for part in self._open():
                if part.paused is not None:
                    self._resume(part, at, at)
                part.end(at)

    def _open(self) -> list[Told]:
        return [part for part in self.parts.values() if part.open]

    def _recount(self, at: datetime) -> None:
        for part in self._open():
            if part.due is None or part.due > (part.paused or at):
                self._say(part, self._count(part, at), at)

    def _say(self, part: Told, due: datetime | None, at: datetime) -> None:
        """A due time may change while the clock stands."""
        paused = part.paused
        part.says(due, at)
        if paused is not None:
            part.pause(at)
            part.paused = paused

    def _resume(self, part: Told, ends: datetime, now: datetime) -> None:
        assert part.paused is not None
        wall, begins = self.walls.at(now), part.paused
        part.pauses.append((begins, ends))
        due = _moved(wall, local(part.due), begins, ends) if part.due else None
        part.paused = None
        part.says(utc(due) if due else None, now)

    def _count(self, part: Told, now: datetime) -> datetime | None:
        """From the beginning of the clock, with the pauses there were."""
        wall, started = self.walls.at(now), local(part.started)
        due = simple(wall, started, SIMPLE_HOURS) if part.klass == "simple" else hard(wall, started, HARD_DAYS, "A17")
        for begins, ends in part.pauses:
            due = _moved(wall, due, begins, ends) if due else None
        return utc(due) if due else None


def _moved(wall: Wall, due: datetime, begins: datetime, ends: datetime) -> datetime | None:
    waited = worked(wall, _minute(begins), _minute(ends))
    if waited is None:
        return None
    return later(wall, due, waited) if waited else due


def _minute(instant: datetime) -> datetime:
    return local(instant).replace(second=0, microsecond=0)


def end_of_day(wall: Wall, start: datetime, days: int) -> datetime | None:
    """When the N-th working day after an instant ends."""
    day = working_day(wall, (local(start) - timedelta(microseconds=1)).date(), days)
    end = closes(wall, day) if day else None
    return utc(end) if end else None


def morning_after(wall: Wall, due: datetime, number: int) -> datetime | None:
    """Half an hour of work into the N-th working day after the due one."""
    day = working_day(wall, last_day(due), number)
    if day is None or not wall.get(day):
        return None
    begins = datetime.combine(day, MIDNIGHT) + timedelta(minutes=wall[day][0][0])
    settled = later(wall, begins, timedelta(minutes=30))
    return utc(settled) if settled else None


def last_day(due: datetime) -> date:
    """The day a due time belongs to: a midnight to the day it ends."""
    return (local(due) - timedelta(microseconds=1)).date()
