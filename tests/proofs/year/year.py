"""Everything that is known of a year that was played, and the observer who notes what would be overwritten.

The one rule: the observer reads, and writes nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from tests.proofs.year.machine import Machine
from tests.proofs.year.people import World
from tests.proofs.year.scenario import Scenario
from tests.proofs.year.walls import Walls, local
from zalobot.store.models import DeadlineReceipt


@dataclass(frozen=True, slots=True)
class SeenReceipt:
    """A receipt as it was when it was made."""

    part_id: str
    clock: int
    due: datetime
    made: datetime
    said: str


@dataclass
class Year:
    """What is played, who lives in it, and what was noted: acts done and refused, receipts, what should not happen."""

    machine: Machine
    world: World
    walls: Walls
    scenario: Scenario
    acted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    receipts: dict[str, SeenReceipt] = field(default_factory=dict)
    beyond: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


_RECEIPT = DeadlineReceipt.__table__  # type: ignore[attr-defined]
_NEW = select(_RECEIPT).where(_RECEIPT.c.id > bindparam("last")).order_by(_RECEIPT.c.id)


def look(year: Year) -> None:
    """Note every receipt as it was when it was made, and whether it promised what nobody knows."""
    known = max(year.walls.at(year.machine.now))
    for row in year.machine.store.read_now(_receipts, next(reversed(year.receipts), "")):
        year.receipts[row.id] = SeenReceipt(row.part_id, row.clock, row.due_at, row.made_at, repr(row.data))
        promised = row.struck_at != row.made_at  # struck at once: it only keeps a pause that cannot be counted yet
        if promised and (local(row.due_at) - timedelta(microseconds=1)).date() > known:
            year.beyond.append(f"{year.machine.now}: part {row.part_id} was promised {row.due_at}, known until {known}")


def _receipts(session: Session, last: str) -> list[Any]:
    return list(session.connection().execute(_NEW, {"last": last}))
