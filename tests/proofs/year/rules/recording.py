"""What became of every ticket, and that it is on record: states, history, ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.oracle import DAY, MIDNIGHT
from tests.proofs.year.clerk import CLOSE_DAYS, WAIT_DAYS, end_of_day
from tests.proofs.year.rules.books import OPEN, Books
from tests.proofs.year.walls import local, utc
from zalobot.ledger import reading
from zalobot.store.models import EventKind as K
from zalobot.store.models import OutboxState, PartState, Priority


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
    """No job and no verb raised what it should not, and everything queued left, but for old reminders."""
    yield from books.year.failures
    yield from books.year.machine.failures
    over = books.year.scenario.ends - timedelta(days=4)
    for row in books.outbox:
        if row.sent_at is None and row.not_before < over and not is_old(books, row):
            yield f"{row.person_id}: {row.template} of {local(row.created_at)} never left ({row.state})"


def is_old(books: Books, row: Any) -> bool:
    """Whether a reminder was rightly put by: an outage kept it from leaving on its day."""
    if row.state is not OutboxState.RESOLVED or row.priority != Priority.REMINDER:
        return False
    midnight = utc(datetime.combine(local(row.created_at).date(), MIDNIGHT) + DAY)
    return any(down.begins < midnight and down.ends > row.created_at for down in books.year.scenario.downs)
