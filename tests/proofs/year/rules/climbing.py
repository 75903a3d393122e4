"""What is overdue climbs: the officer each working day, the head on the first, the leader on the second."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.oracle import DAY, MIDNIGHT, begins
from tests.proofs.year.clerk import Run, morning_after
from tests.proofs.year.machine import STEP
from tests.proofs.year.rules.books import ROLE_OF, Books
from tests.proofs.year.scenario import EPOCH
from tests.proofs.year.walls import local, opens, utc

SLACK = timedelta(minutes=11)  # two ticks of the clock here
HALF = timedelta(minutes=30)
ESCALATIONS = {1: "overdue_1", 2: "overdue_2"}


def overdue_climbs(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Every overdue part reaches officer, head and leader, in this order, on the working days that are theirs."""
    for part in books.parts:
        told = books.told.get(part.code)
        if told is None:
            continue
        first: dict[tuple[datetime, str], datetime] = {}
        for entry in books.steps[part.id]:
            key = (entry.due_at, entry.step)
            first[key] = min(first.get(key, entry.taken_at), entry.taken_at)
        yield from _too_early(books, part, first, checked)
        for run in told.runs:
            if run.due is not None:
                yield from _climb(books, part, run, first, checked)
        for due in {due for due, _ in first}:
            officer = min(
                (at for (d, step), at in first.items() if d == due and step.startswith("overdue_n")), default=None
            )
            order = [officer, first.get((due, "overdue_1")), first.get((due, "overdue_2"))]
            known = [at for at in order if at is not None]
            if known != sorted(known):
                yield f"{part.code}, due {local(due)}: officer, head, leader told at {known}"


def _climb(
    books: Books, part: Any, run: Run, first: dict[tuple[datetime, str], datetime], checked: Counter[str]
) -> Iterator[str]:
    assert run.due is not None
    ends, owed = run.ends or books.year.scenario.ends, list[str]()
    which = f"{part.code} ({part.agency}), due {local(run.due)}"
    for number in range(1, 400):
        wanted = _morning(books, run.due, number)
        if wanted is None or wanted[0] >= ends:
            return
        at, deadline = wanted
        owed += [ESCALATIONS[number]] if number in ESCALATIONS else []
        if at < run.begins:  # the clock stood; what was missed comes with the next step
            continue
        hung = (books.year.walls.at(at), books.year.walls.at(deadline))
        following = min((day for wall in hung if (day := morning_after(wall, run.due, number + 1))), default=None)
        steps, owed = owed, []
        if following is None or deadline < following:  # else only the latest is left after an outage
            steps.append(f"overdue_n/{number}")
        for step in steps:
            taken = first.get((run.due, step))
            if deadline >= ends:
                continue
            checked["escalations and daily reminders due"] += 1
            if taken is not None and taken <= deadline:
                continue
            if _had_two_already(books, part, step, at):
                checked["put off because somebody had had two pushes that day"] += 1
                owed += [step] if taken is None and step in ESCALATIONS.values() else []
            else:
                came = f"came {local(taken)}" if taken else f"never did (it ran until {local(ends)})"
                yield f"{which}: {step} was to come {local(at)}, {came}"


def _had_two_already(books: Books, part: Any, step: str, at: datetime) -> bool:
    """Whether whoever is told such steps of this part had had what a person gets in a day."""
    role = ROLE_OF[step.partition("/")[0]]
    people = {e.officer_id for e in books.steps[part.id] if ROLE_OF.get(e.step.partition("/")[0]) == role}
    return any(len(books.pushed[who, local(at).date()]) >= 2 for who in people)


def _morning(books: Books, due: datetime, number: int) -> tuple[datetime, datetime] | None:
    """When the step of the N-th working day after is due, and until when it must have come, outages allowed for."""
    walls = books.year.walls
    at = morning_after(walls.walls[-1], due, number)
    for _ in range(3):  # under the calendar that hung there then
        again = morning_after(walls.at(at), due, number) if at else None
        if again is None or again == at:
            break
        at = again
    if at is None:
        return None
    return at, _alive(books, at) + SLACK


def _alive(books: Books, at: datetime) -> datetime:
    """The first working moment from here at which the service ran."""
    for _ in range(5):
        for down in books.year.scenario.downs:
            if down.whole and down.begins <= at < down.ends:
                at = down.ends
        wall = books.year.walls.at(at)
        moment = begins(wall, local(at))
        if moment is None:
            known = [since for since in books.year.walls.since if since > at]
            if not known:
                return at + timedelta(days=365)
            at = known[0]
            continue
        if utc(moment) == at:
            return at
        at = utc(moment)
    return at


def _too_early(
    books: Books, part: Any, first: dict[tuple[datetime, str], datetime], checked: Counter[str]
) -> Iterator[str]:
    walls = books.year.walls
    for (due, step), taken in first.items():
        name, _, number = step.partition("/")
        if name in ("half", "day_before", "hours_before", "due"):
            checked["reminders before the due time"] += 1
            if taken > _in_time(books, due):
                yield f"{part.code}, due {local(due)}: {step} came after it, {local(taken)}"
        elif name in ("overdue_1", "overdue_2", "overdue_n"):
            at = morning_after(walls.at(taken), due, int(number or name[-1]))
            if at is None or taken < at:
                yield f"{part.code}, due {local(due)}: {step} came {local(taken)}, its time is {at and local(at)}"


def _in_time(books: Books, due: datetime) -> datetime:
    """Until when a due time may be told of: at once; at the beginning of work with the digest, room is kept for it."""
    at = _alive(books, _tick_after(due))
    begins_at = opens(books.year.walls.at(at), local(at).date())
    morning = utc(begins_at + timedelta(minutes=30)) if begins_at else at
    return max(at, morning) + SLACK


def _tick_after(at: datetime) -> datetime:
    """The clock here moves in steps: what comes in between is done at the next one."""
    past = (at - EPOCH) % STEP
    return at - past + STEP if past else at


def what_was_put_by_is_told_in_the_morning(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Head and leader whose word of a late part could not leave get it with the first digest after the outage."""
    rows = {row.id: row for row in books.outbox}
    digests = [row for row in books.outbox if row.sent_at and "/digest" in row.template]
    told = {(row.person_id, local(row.sent_at).date()) for row in digests}
    for part in books.parts:
        for entry in books.steps[part.id]:
            row = rows.get(entry.outbox_id or "")
            if row is None or row.sent_at is not None or entry.step not in ESCALATIONS.values():
                continue
            checked["escalations that an outage kept from leaving"] += 1
            morning = _morning_after_the_outage(books, row.created_at)
            if morning is None or not _runs(books, part, entry.due_at, morning) or not _there(books, row, morning):
                continue
            if (row.person_id, local(morning).date()) not in told:
                which = f"{part.code}, due {local(entry.due_at)}: {entry.step} to {row.person_id}"
                yield f"{which} never left, and no digest came {local(morning)}"


def _morning_after_the_outage(books: Books, at: datetime) -> datetime | None:
    """When the first digest goes after Zalo is back."""
    downs = [down for down in books.year.scenario.downs if down.begins <= at + DAY and down.ends > at]
    back = max((down.ends for down in downs), default=at)
    while back < books.year.scenario.ends:
        opened = opens(books.year.walls.at(back), local(back).date())
        morning = utc(opened + HALF) if opened else None
        if morning and morning >= back and _alive(books, morning) == morning:
            return morning
        back = utc(datetime.combine(local(back).date(), MIDNIGHT) + DAY)
    return None


def _runs(books: Books, part: Any, due: datetime, at: datetime) -> bool:
    return any(
        run.due == due and run.begins < at - SLACK and (run.ends is None or run.ends > at + SLACK)
        for run in books.told[part.code].runs
    )


def _there(books: Books, row: Any, at: datetime) -> bool:
    """Whether the person is still at work and not away."""
    world, day = books.year.world, local(at).date()
    who, gone = world.ever[row.person_id], world.left.get(row.person_id)
    away = any(one.officer == who.id and one.first <= day <= one.last for one in world.away)
    return not away and (gone is None or gone > at)
