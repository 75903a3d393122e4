"""The queue of an officer as plain values: which parts, how urgent, in which group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zalobot.province import Province
from zalobot.store.models import PartState
from zalobot.store.queries.work import WorkRow
from zalobot.web.meter import Clock, Look, Meter, meter


class Group(StrEnum):
    """The groups in the order in which they stand on the page."""

    LATE = "late"
    TODAY = "today"
    NEXT = "next"
    WAIT = "wait"
    OFFERED = "offered"


class Narrow(StrEnum):
    """What the queue can be narrowed to."""

    ALL = ""
    NOW = "lam-ngay"
    NEW = "chua-nhan"
    WAIT = "cho-doanh-nghiep"


@dataclass(frozen=True, slots=True)
class Item:
    """One part. `mine`: I took it up; `colleague`: who else did; `explain`: the head owes a reason."""

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
    version: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The page: groups with their items, and how many each way of narrowing would show."""

    groups: tuple[tuple[Group, tuple[Item, ...]], ...]
    total: int
    mine: int
    counts: dict[Narrow, int]
    narrowed: Narrow
    whole: bool


_OF_LOOK = {Look.LATE: Group.LATE, Look.TODAY: Group.TODAY, Look.WAIT: Group.WAIT}


def queue(
    rows: Sequence[WorkRow],
    officer_id: str,
    agency: str,
    now: datetime,
    province: Province,
    *,
    narrowed: str,
    whole: bool,
    explains: bool = False,
) -> Queue:
    """Everything of the agency, or what is mine or nobody's, narrowed and grouped. Whoever `explains` what is late, the
    head, has that among their own, too."""
    items = [_item(row, officer_id, agency, now, province) for row in rows]
    mine = [item for item in items if item.mine or not item.colleague or (explains and item.explain)]
    shown = items if whole else mine
    counts = {way: sum(_fits(item, way) for item in shown) for way in Narrow}
    way = Narrow(narrowed) if narrowed in set(Narrow) else Narrow.ALL
    kept = [item for item in shown if _fits(item, way)]
    groups = tuple((group, found) for group in Group if (found := tuple(_of(kept, group))))
    return Queue(groups, len(items), len(mine), counts, way, whole)


def _of(items: Iterable[Item], group: Group) -> Iterable[Item]:
    return (item for item in items if item.group is group)


def _fits(item: Item, way: Narrow) -> bool:
    match way:
        case Narrow.NOW:
            return item.group in (Group.LATE, Group.TODAY)
        case Narrow.NEW:
            return item.waiting
        case Narrow.WAIT:
            return item.group is Group.WAIT
        case _:
            return True


def _item(row: WorkRow, officer_id: str, agency: str, now: datetime, province: Province) -> Item:
    paused = row.paused_at if row.state is PartState.PAUSED else None
    shown = meter(Clock(row.klass == "simple", row.clock_started_at, row.due_at, None, paused), now, province.calendar)
    topic = province.topics.get(row.topic)
    offered = row.state is PartState.DECLINED and row.declined_to == agency and row.agency != agency
    return Item(
        code=row.code,
        number=row.number,
        ticket_code=row.ticket_code,
        title=row.title,
        topic=topic.name if topic else "",
        meter=shown,
        group=Group.OFFERED if offered else _OF_LOOK.get(shown.look, Group.NEXT),
        waiting=row.state is PartState.WAITING or offered,
        mine=row.officer_id == officer_id,
        colleague=row.officer or "" if row.officer_id != officer_id else "",
        question=row.question if paused else "",
        resumes=row.wait_until if paused else None,
        explain=row.explain_until if row.explain_until and not row.explained_at else None,
        version=row.version,
    )
