"""The queue of an officer as plain values: which parts, how urgent, in which group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zalobot.province import Province
from zalobot.store.models import PartState
from zalobot.store.queries.queue import Asked, Counts, Narrow, pages_of
from zalobot.store.queries.work import WorkRow
from zalobot.web.meter import Clock, Look, Meter, meter


class Group(StrEnum):
    """The groups in the order in which they stand on the page."""

    LATE = "late"
    TODAY = "today"
    NEXT = "next"
    WAIT = "wait"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Item:
    """One part. `mine`: I took it up; `colleague`: who else did; `explain`: the head owes a reason.

    `passed`: the agency whose it is said to be, and that has not taken it over yet."""

    code: str
    number: int
    ticket_code: str
    title: str
    topic: str
    meter: Meter
    group: Group
    waiting: bool
    mine: bool
    colleague: str
    question: str
    resumes: datetime | None
    explain: datetime | None
    passed: str
    version: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The page: groups with their items, and how many each way of narrowing would show. `part`: not all is shown."""

    groups: tuple[tuple[Group, tuple[Item, ...]], ...]
    total: int
    mine: int
    counts: Mapping[Narrow, int]
    narrowed: Narrow
    whole: bool
    number: int = 1
    pages: int = 1

    @property
    def part(self) -> bool:
        """Whether there is more than this page."""
        return self.pages > 1


_OF_LOOK = {Look.LATE: Group.LATE, Look.TODAY: Group.TODAY}


def queue(rows: Sequence[WorkRow], counts: Counts, asked: Asked, now: datetime, province: Province) -> Queue:
    """A page of the queue in its groups."""
    items = [_item(row, asked.officer_id, asked.agency, now, province) for row in rows]
    groups = tuple((group, found) for group in Group if (found := tuple(one for one in items if one.group is group)))
    pages = pages_of(counts.ways[asked.narrowed])
    about = (counts.ways, asked.narrowed, asked.whole, asked.page, pages)
    return Queue(groups, counts.total, counts.mine, *about)


def _item(row: WorkRow, officer_id: str, agency: str, now: datetime, province: Province) -> Item:
    paused = row.paused_at if row.state is PartState.PAUSED else None
    shown = meter(Clock(row.klass == "simple", row.clock_started_at, row.due_at, None, paused), now, province.calendar)
    topic = province.topics.get(row.topic)
    passed = province.agencies.get(row.declined_to) if row.state is PartState.DECLINED else None
    offered = row.state is PartState.DECLINED and row.declined_to == agency and row.agency != agency
    return Item(
        code=row.code,
        number=row.number,
        ticket_code=row.ticket_code,
        title=row.title,
        topic=topic.name if topic else "",
        meter=shown,
        group=Group.OFFERED if offered else Group.WAIT if paused else _OF_LOOK.get(shown.look, Group.NEXT),
        waiting=row.state is PartState.WAITING or offered,
        mine=row.officer_id == officer_id,
        colleague=row.officer or "" if row.officer_id != officer_id and not offered else "",
        question=row.question if paused else "",
        resumes=row.wait_until if paused else None,
        explain=row.explain_until if row.explain_until and not row.explained_at else None,
        passed=passed.name if passed and not offered else "",
        version=row.version,
    )
