"""The leader's page as plain values.

The one rule: it says who has a matter and why it is late, in the words that are on record, and ranks nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile

from zalobot.errors import PastHorizon
from zalobot.figures.board import Published
from zalobot.figures.parts import PeriodKind
from zalobot.figures.table import Week
from zalobot.province import Province
from zalobot.store.models import PartState
from zalobot.store.queries.figures import AgencyFigures
from zalobot.store.queries.leading import MOST, Rising, Scorable, Urgent
from zalobot.web.agency_view import Column, Lines, columns, lines
from zalobot.web.filters import local
from zalobot.web.home_view import excerpt
from zalobot.web.meter import Clock, Look, Meter, meter
from zalobot.web.public_view import agency_name
from zalobot.web.workday import whole_day
from zalobot.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Item:
    """A part that is late or soon due. `why` names the reason that is on record: see WHY in the template.

    `directed_at` is when a leader last gave a direction about it.
    """

    row: Urgent
    title: str
    agency: str
    meter: Meter
    why: str
    directed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to be scored."""

    row: Scorable
    agency: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that rises: how many tickets lately, how many more than before, and the width of its bar in per cent."""

    code: str
    name: str
    lately: int
    more: int
    width: float


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """What `consoles/leader/today.html` shows. `lines` are of the period, `columns` of the last weeks, `trend` of
    those from the first in which anything was due. `late` may be the first of `late_parts` at so many `agencies`;
    `more`: not all that is soon due is shown."""

    kind: PeriodKind
    late: tuple[Item, ...]
    today: tuple[Item, ...]
    soon: tuple[Item, ...]
    late_parts: int
    agencies: int
    more: bool
    answers: tuple[Answer, ...]
    lines: Lines
    trend: tuple[Week, ...]
    columns: tuple[Column, ...]
    rising: tuple[Topic, ...]
    open: int


@dataclass(frozen=True, slots=True)
class Read:
    """What the database gave for the page."""

    urgent: Sequence[Urgent]
    directed: Mapping[str, datetime]
    answers: Sequence[Scorable]
    rising: Sequence[Rising]
    published: Published
    trend: Published
    counted: dict[str, AgencyFigures]


def leader_page(read: Read, kind: PeriodKind, now: datetime, province: Province) -> LeaderPage:
    """Build the page as it is at `now`."""
    items = [_item(row, read.directed.get(row.code), now, province) for row in read.urgent]
    late = tuple(item for item in items if item.meter.look is Look.LATE)
    return LeaderPage(
        kind=kind,
        late=late,
        today=tuple(item for item in items if item.meter.look is Look.TODAY),
        soon=tuple(item for item in items if item.meter.look is Look.SOON),
        late_parts=max(len(late), sum(one.late for one in read.counted.values())),
        agencies=max(len({item.row.agency for item in late}), sum(one.late > 0 for one in read.counted.values())),
        more=len(items) - len(late) >= MOST,
        answers=tuple(Answer(row, agency_name(province, row.agency), excerpt(row.answer)) for row in read.answers),
        lines=lines(read.published, read.counted, province, trend=read.trend),
        trend=tuple(dropwhile(lambda week: not week.share.of, read.trend.weeks)),
        columns=columns(read.trend.weeks),
        rising=_rising(read.rising, province),
        open=sum(figures.open for figures in read.counted.values()),
    )


def horizon(calendar: WorkCalendar, now: datetime) -> datetime:
    """The end of the next working day: what is due by then is soon due. Past the known days it is two days on."""
    try:
        tomorrow = whole_day(local(now).date())[1]
        return whole_day(local(calendar.next_working_moment(tomorrow)).date())[1]
    except PastHorizon:
        return now + timedelta(days=2)


def _rising(found: Sequence[Rising], province: Province) -> tuple[Topic, ...]:
    most = max((one.lately for one in found), default=1)
    return tuple(
        Topic(
            one.topic,
            province.topics[one.topic].name if one.topic in province.topics else one.topic,
            one.lately,
            one.lately - one.before,
            round(100 * one.lately / most, 1),
        )
        for one in found
    )


def _item(row: Urgent, directed_at: datetime | None, now: datetime, province: Province) -> Item:
    topic = province.topics.get(row.topic)
    clock = Clock(row.klass == "simple", row.clock_started_at, row.due_at)
    title = row.title or (topic.name if topic else "")
    shown = meter(clock, now, province.calendar)
    return Item(row, title, agency_name(province, row.agency), shown, _why(row, now), directed_at)


def _why(row: Urgent, now: datetime) -> str:
    """The reason on record: what the head said, that nothing was said, that nobody took it up or it is disputed."""
    if row.explained_at and row.explained_at >= row.clock_started_at:
        return "explained"
    if row.state is PartState.DECLINED:
        return "declined"
    if row.due_at < now and row.explain_until:
        return "owed" if row.explain_until > now else "silent"
    if row.state is PartState.WAITING:
        return "waiting"
    return "reopened" if row.clock > 1 else ""
