"""When members of staff are pushed, and how often."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from tests.oracle import FULL, works
from tests.proofs.year.rules.books import Books
from tests.proofs.year.walls import local
from zalobot.store.models import EventKind as K
from zalobot.store.models import Priority

# New work, or what another person did on a part: it comes when it happens, and counts for nothing.
A_DAY = 2
NEWS = ("assigned", "offered", "decided", "handed_over", "reopened", "succeeded", "pause_ended", "recounted")


def pushes_only_in_working_time(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Nothing leaves for a member of staff outside working time, except the answer to what they have just typed.

    On days that nobody knows yet the hours of the week must do.
    """
    year, week = books.year, {day: FULL if day < 5 else () for day in range(7)}
    for row in books.outbox:
        who = year.world.ever.get(row.person_id)
        if who is None or row.priority == Priority.REPLY:
            continue
        at = books.left(row)
        gone = year.world.left.get(row.person_id)
        if gone is not None and gone <= at:  # no member of staff any more
            continue
        checked["pushes to staff"] += 1
        moment = local(at)
        wall = year.walls.at(at)
        if not works(wall if moment.date() in wall else {moment.date(): week[moment.weekday()]}, moment):
            queued = local(row.created_at)
            yield f"{who.role} {row.person_id} of {who.agency}: {row.template} left {moment}, queued {queued}"


def two_a_day(books: Books, checked: Counter[str]) -> Iterator[str]:
    """The clock itself speaks to nobody more than twice a day, new assignments and others' doings apart.

    Counted by the day on which it came to the phone, whatever day it was queued.
    """
    found: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in books.outbox:
        if row.person_id in books.year.world.ever and _of_the_clock(books, row):
            found[row.person_id, local(books.left(row)).date()].append(row)
    for (person, day), rows in found.items():
        who = books.year.world.ever[person]
        checked[f"{who.role}-days with a push of the clock"] += 1
        if len(rows) > A_DAY:
            said = ", ".join(f"{row.template} {local(row.created_at):%d.%m. %H:%M}" for row in rows)
            yield f"{who.role} {person} of {who.agency} got {len(rows)} pushes on {day}: {said}"


def _of_the_clock(books: Books, row: Any) -> bool:
    """Whether a reminder, or anything else that a job queued, but for what it tells of other people's doings."""
    if row.priority == Priority.REMINDER:
        return True
    if row.template.partition("/")[2] in NEWS:
        return False
    at = bisect_right(books.swept, row.id) - 1
    return at >= 0 and row.id <= books.year.machine.sweeps[at][1]


def digests_in_the_morning(books: Books, checked: Counter[str]) -> Iterator[str]:
    """A digest comes once a day, in the hour after 08:00."""
    found: Counter[tuple[str, Any]] = Counter()
    for row in books.outbox:
        if "/digest" in row.template:
            checked["digests"] += 1
            moment = local(row.created_at)
            found[row.person_id, moment.date()] += 1
            if not time(7, 59) <= moment.time() < time(9, 15):
                yield f"{row.person_id}: {row.template} at {moment}"
    yield from (f"{person} got {times} digests on {day}" for (person, day), times in found.items() if times > 1)


def the_absent_are_left_alone(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Who is away, with a deputy who is there, is reminded of nothing."""
    world = books.year.world
    ever = {staff.id: staff for staff in world.ever.values()}
    reminded: dict[str, list[datetime]] = defaultdict(list)
    for row in books.outbox:
        if row.priority == Priority.REMINDER:
            reminded[row.person_id].append(row.created_at)
    for away in world.away:
        person, deputy = ever[away.officer].person_id, ever[away.deputy]
        for at in reminded[person]:
            day = local(at).date()
            if not away.first <= day <= away.last or at < away.noted or away not in _in_force(books, away.officer, at):
                continue
            checked["reminders around absences"] += 1
            gone = world.left.get(deputy.person_id)
            away_too = any(other.first <= day <= other.last for other in _in_force(books, deputy.id, at))
            if not away_too and (gone is None or gone > at) and person not in world.left:
                yield f"{person} is away {away.first} to {away.last}, got a reminder at {local(at)}"


def _in_force(books: Books, officer: str, at: datetime) -> list[Any]:
    """Absences of somebody as noted until then; a later one takes the place of those whose days it shares."""
    found: list[Any] = []
    for away in books.year.world.away:
        if away.officer == officer and away.noted <= at:
            found = [other for other in found if other.last < away.first or other.first > away.last] + [away]
    return found


def everybody_new_is_told(books: Books, checked: Counter[str]) -> Iterator[str]:
    """An assignment says how many were told, and that many messages were queued."""
    queued = Counter(row.ticket_id for row in books.outbox if row.template == "officer/assigned")
    for ticket in books.tickets:
        told = sum(event.data.get("told", 0) for event in books.events[ticket.id] if event.kind is K.ASSIGNED)
        checked["assignments told"] += told
        if not min(told, 1) <= queued[ticket.id] <= told:  # a deputy is told once for two
            yield f"{ticket.code}: {told} told by its history, {queued[ticket.id]} messages"
