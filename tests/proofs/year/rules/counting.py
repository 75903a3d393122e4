"""Due times and their receipts, as the clerk with the wall calendar counts them."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from tests.proofs.year.rules.books import OPEN, Books
from tests.proofs.year.walls import local


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
