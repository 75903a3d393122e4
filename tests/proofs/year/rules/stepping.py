"""Each step of the ladder once, and after an outage only the latest."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from tests.proofs.year.rules.books import ROLE_OF, Books
from tests.proofs.year.walls import local
from zalobot.store.models import OutboxMessage, Priority


def no_step_twice(books: Books, checked: Counter[str]) -> Iterator[str]:
    """One step of one part at one due time comes once to one person: by the ledger, and by the words on the phone."""
    keys = Counter((e.part_id, e.step, e.due_at, e.officer_id) for entries in books.steps.values() for e in entries)
    checked["steps"] += len(keys)
    yield from (f"step {key} taken {times} times" for key, times in keys.items() if times > 1)
    pushes = {row.id for row in books.outbox}
    told = {e.outbox_id for entries in books.steps.values() for e in entries if e.outbox_id}
    yield from (f"a step was told by {key}, which was never queued" for key in told - pushes)
    for row in books.outbox:
        if row.priority == Priority.REMINDER and row.person_id in books.year.world.ever:
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
