"""The rules, checked over everything that was queued, written and promised in a year.

The one rule: a violation is a sentence: who, when, which part, which rule.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from tests.oracle import FULL, begins, works
from tests.proofs.year.clerk import CLOSE_DAYS, WAIT_DAYS, Run, Told, end_of_day, histories, morning_after
from tests.proofs.year.machine import STEP, outbox_rows
from tests.proofs.year.play import Year
from tests.proofs.year.scenario import EPOCH
from tests.proofs.year.walls import local, opens, utc
from zalobot.ledger import reading
from zalobot.store.models import (
    DeadlineReceipt,
    OutboxMessage,
    Part,
    PartState,
    ReminderEntry,
    Role,
    Ticket,
    TicketEvent,
)
from zalobot.store.models import EventKind as K

REPLY = 0  # priority: what somebody has just asked for
SLACK = timedelta(minutes=11)  # two ticks of the clock here
# New work, or what another person did on a part: it comes when it happens, and counts for nothing.
NEWS = ("assigned", "offered", "decided", "handed_over", "reopened", "succeeded", "pause_ended", "recounted")
ROLE_OF = {"half": "officer", "day_before": "officer", "hours_before": "officer", "due": "officer"}
ESCALATIONS = {1: "overdue_1", 2: "overdue_2"}
ROLE_OF |= {"overdue_n": "officer", "overdue_1": "head", "overdue_2": "leader"}


@dataclass
class Books:
    """Everything that was written in the year, read once."""

    year: Year
    tickets: list[Any] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    events: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    receipts: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    outbox: list[Any] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    pushed: dict[tuple[str, date], set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, year: Year) -> "Books":
        """From the database, and the clerk's account of it."""
        books = cls(year)
        year.machine.store.read_now(books._read)
        books.told = histories(year.walls, books.tickets, books.events)
        return books

    def _read(self, session: Session) -> None:
        self.tickets = list(session.execute(select(Ticket).order_by(col(Ticket.id))).scalars())
        self.parts = list(session.execute(select(Part).order_by(col(Part.id))).scalars())
        names = ("ticket_id", "kind", "at", "part_number", "actor_role", "agency", "data", "seq")
        columns = [getattr(TicketEvent, name) for name in names]
        for event in session.execute(select(*columns).order_by(col(TicketEvent.seq))):
            self.events[event.ticket_id].append(event)
        for row in session.execute(select(DeadlineReceipt).order_by(col(DeadlineReceipt.id))).scalars():
            self.receipts[row.part_id].append(row)
        for entry in session.execute(select(ReminderEntry)).scalars():
            self.steps[entry.part_id].append(entry)
            if entry.outbox_id:
                self.pushed[entry.officer_id, local(entry.taken_at).date()].add(entry.outbox_id)
        self.outbox = outbox_rows(session)

    def left(self, row: Any) -> datetime:
        """When a message left."""
        left: datetime = row.sent_at or row.not_before
        return left


Rule = Callable[[Books, Counter[str]], Iterator[str]]


def pushes_only_in_working_time(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Nothing leaves for a member of staff outside working time, except the answer to what they have just typed.

    On days that nobody knows yet the hours of the week must do.
    """
    year, week = books.year, {day: FULL if day < 5 else () for day in range(7)}
    for row in books.outbox:
        who = year.world.ever.get(row.person_id)
        if who is None or row.priority == REPLY:
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
    """The clock itself speaks to nobody more than twice a day, new assignments and others' doings apart."""
    year, found = books.year, defaultdict(list)
    starts = [first for first, _ in year.machine.sweeps]
    for row in books.outbox:
        who = year.world.ever.get(row.person_id)
        if who is None or row.template.partition("/")[2] in NEWS:
            continue
        at = bisect_right(starts, row.id) - 1
        if at >= 0 and row.id <= year.machine.sweeps[at][1]:
            found[row.person_id, local(row.created_at).date()].append(row)
    for (person, day), rows in found.items():
        checked["person-days with a push of the clock"] += 1
        if len(rows) > 2:
            who = year.world.ever[person]
            said = ", ".join(f"{row.template} {local(row.created_at):%H:%M}" for row in rows)
            yield f"{who.role} {person} of {who.agency} got {len(rows)} pushes on {day}: {said}"


def no_step_twice(books: Books, checked: Counter[str]) -> Iterator[str]:
    """One step of one part at one due time comes once to one person: by the ledger, and by the words on the phone."""
    keys = Counter((e.part_id, e.step, e.due_at, e.officer_id) for entries in books.steps.values() for e in entries)
    checked["steps"] += len(keys)
    yield from (f"step {key} taken {times} times" for key, times in keys.items() if times > 1)
    pushes = {row.id for row in books.outbox}
    told = {e.outbox_id for entries in books.steps.values() for e in entries if e.outbox_id}
    yield from (f"a step was told by {key}, which was never queued" for key in told - pushes)
    for row in books.outbox:
        if row.priority == 2 and row.template.startswith("reminders/") and row.person_id in books.year.world.ever:
            checked["reminders with their entry in the reminder ledger"] += 1
            if row.id not in told:
                yield f"{row.person_id}: {row.template} of {local(row.created_at)} is in no reminder ledger"
    words = Counter(books.year.machine.store.read_now(_words))
    for (person, template, text), times in words.items():
        checked["single reminders compared by their words"] += 1
        if times > 1:
            yield f"{person} was told {times} times the same: {template}: {text[:120]!r}"


def _words(session: Session) -> list[tuple[str, str, str]]:
    query = select(OutboxMessage.person_id, OutboxMessage.template, OutboxMessage.body).where(  # type: ignore[call-overload]
        col(OutboxMessage.template).startswith("reminders/"), col(OutboxMessage.ticket_id).is_not(None)
    )
    return [(row.person_id, row.template, str(row.body.get("text"))) for row in session.execute(query)]


def dues_as_the_clerk_counts(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Every due time that ever held, in order, and the one that holds now."""
    for part in books.parts:
        told = books.told.get(part.code)
        if told is None:
            yield f"{part.code}: its history does not say that it was assigned"
            continue
        held: list[tuple[int, datetime]] = []
        for row in books.receipts[part.id]:
            uncounted = row.struck_reason == "past_horizon" and row.struck_at == row.made_at
            if not uncounted and (not held or held[-1] != (row.clock, row.due_at)):
                held.append((row.clock, row.due_at))
        checked["due times"] += len(told.dues)
        if held != told.dues:
            which = f"{part.code} ({told.klass}, received {local(part.received_at)})"
            yield f"{which}: due {_times(held)}, the clerk says {_times(told.dues)}"
        elif part.state in OPEN and part.paused_at is None and part.due_at != told.due:
            yield f"{part.code}: is due {part.due_at}, the clerk says {told.due}"


OPEN = {PartState.WAITING, PartState.ACCEPTED, PartState.PAUSED, PartState.DECLINED, PartState.REOPENED}


def _times(dues: list[tuple[int, datetime]]) -> str:
    return ", ".join(
        f"{local(due):%d.%m. %H:%M:%S}" + (f" (clock {clock})" if clock > 1 else "") for clock, due in dues
    )


def receipts_are_kept(books: Books, checked: Counter[str]) -> Iterator[str]:
    """Whatever receipt was ever there is there still, word for word; at most one of a part and clock holds."""
    there = {row.id: row for rows in books.receipts.values() for row in rows}
    for key, seen in books.year.receipts.items():
        checked["receipts"] += 1
        row = there.get(key)
        if row is None:
            yield f"the receipt {key} of part {seen.part_id} is gone"
        elif (row.due_at, row.made_at, repr(row.data)) != (seen.due, seen.made, seen.said):
            yield f"the receipt {key} of part {seen.part_id} says something else than when it was made"
    for part in books.parts:
        holding = [row for row in books.receipts[part.id] if row.struck_at is None and row.clock == part.clock]
        if len(holding) > 1:
            yield f"{part.code}: {len(holding)} receipts hold at once"
    yield from books.year.beyond


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


def only_the_latest(books: Books, checked: Counter[str]) -> Iterator[str]:
    """At one moment one part says one thing to each role, whatever was missed before."""
    code = {part.id: part.code for part in books.parts}
    for part_id, entries in books.steps.items():
        at_once: dict[tuple[datetime, datetime, str], Counter[str]] = defaultdict(Counter)
        for entry in entries:
            role = ROLE_OF.get(entry.step.partition("/")[0])
            if role and entry.outbox_id:
                at_once[entry.taken_at, entry.due_at, entry.officer_id][role] += 1
        for (taken, due, officer), roles in at_once.items():
            checked["moments at which a part spoke"] += 1
            if max(roles.values()) > 1:
                which = f"{code.get(part_id)}, due {local(due)}"
                yield f"{which}: {dict(roles)} steps at once to {officer} at {local(taken)}"


def states_follow(books: Books, checked: Counter[str]) -> Iterator[str]:
    """The state of a ticket is what its parts make of it; nothing waits or stays open longer than it may."""
    of_ticket: dict[str, list[Any]] = defaultdict(list)
    for part in books.parts:
        of_ticket[part.ticket_id].append(part)
    for ticket in books.tickets:
        checked["tickets"] += 1
        expected = _state([part.state.value for part in of_ticket[ticket.id]])
        if ticket.state.value != expected:
            states = [part.state.value for part in of_ticket[ticket.id]]
            yield f"{ticket.code} is {ticket.state.value}; of its parts {states} follows {expected}"
    wall, over = books.year.walls.walls[-1], books.year.scenario.ends - timedelta(days=3)
    for part in books.parts:
        if part.paused_at and (ends := end_of_day(wall, part.paused_at, WAIT_DAYS)) and ends < over:
            yield f"{part.code} waits for the business since {local(part.paused_at)}, the wait ended {local(ends)}"
        if part.state is PartState.ANSWERED and part.answered_at:
            ends = end_of_day(wall, part.answered_at, CLOSE_DAYS)
            if ends and ends < over:
                yield f"{part.code} answered {local(part.answered_at)} should be closed since {local(ends)}"
        if (
            part.state in OPEN
            and part.paused_at is None
            and part.due_at
            and part.due_at < over
            and part.remind_at is None
        ):
            yield f"{part.code} ({part.state}), due {local(part.due_at)}: nothing will ever remind of it again"


def _state(states: list[str]) -> str:
    live = [state for state in states if state not in ("withdrawn", "merged")]
    if not live:
        return "merged" if "merged" in states else "withdrawn"
    if all(state == "closed" for state in live):
        return "closed"
    if all(state in ("answered", "closed") for state in live):
        return "answered"
    for state, name in (("reopened", "reopened"), ("paused", "waiting")):
        if state in live:
            return name
    if any(state in ("answered", "closed") for state in live):
        return "partly_answered"
    return "in_progress" if "accepted" in live else "assigned"


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
        if row.priority == 2:
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


def every_act_is_one_event(books: Books, checked: Counter[str]) -> Iterator[str]:
    """What went through is in the history once; what was cut off or refused is not."""
    kinds = Counter(event.kind for events in books.events.values() for event in events if event.actor_role != "system")
    acted = books.year.acted
    pairs = {
        "report": K.RECEIVED,
        "answer": K.ANSWERED,  # and "at_last"
        "reply": K.BUSINESS_REPLIED,
        "ask": K.QUESTION_ASKED,
        "decline": K.DECLINED,
        "decide": K.DECIDED,
        "verdict": K.VERDICT_GIVEN,
        "withdraw": K.WITHDRAWN,
        "add": K.ADDED,
    }
    for what, kind in pairs.items():
        done = acted[what] + (acted["at_last"] if what == "answer" else 0)
        checked["acts in the history"] += done
        if done != kinds[kind]:
            yield f"{what} was done {done} times, the history has {kind} {kinds[kind]} times"


def the_ledger_verifies(books: Books, checked: Counter[str]) -> Iterator[str]:
    """The chain of all events is whole."""
    checked["entries of the ledger"] += sum(len(events) for events in books.events.values())
    fault = books.year.machine.store.read_now(reading.verify)
    if fault is not None:
        yield f"the ledger does not verify: {fault}"


def nothing_failed(books: Books, checked: Counter[str]) -> Iterator[str]:
    """No job and no verb raised what it should not, and everything queued left."""
    yield from books.year.failures
    yield from books.year.machine.failures
    over = books.year.scenario.ends - timedelta(days=4)
    for row in books.outbox:
        if row.sent_at is None and row.not_before < over:
            yield f"{row.person_id}: {row.template} of {local(row.created_at)} never left ({row.state})"


RULES: tuple[Rule, ...] = (
    nothing_failed,
    pushes_only_in_working_time,
    two_a_day,
    no_step_twice,
    overdue_climbs,
    only_the_latest,
    digests_in_the_morning,
    the_absent_are_left_alone,
    everybody_new_is_told,
    dues_as_the_clerk_counts,
    receipts_are_kept,
    states_follow,
    every_act_is_one_event,
    the_ledger_verifies,
)


def staff_role(books: Books, person_id: str) -> Role | None:
    """What somebody is, None for a business."""
    who = books.year.world.ever.get(person_id)
    return who.role if who else None
