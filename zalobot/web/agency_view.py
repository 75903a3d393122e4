"""The pages of the agencies as plain values: what is published of a period, and what is open now.

The one rule: nobody is ranked; agencies stand in the order of their parts, small numbers apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from zalobot.figures.board import Published
from zalobot.figures.parts import Period
from zalobot.figures.table import Figures, Week, weeks
from zalobot.province import Province
from zalobot.store.queries.figures import AgencyFigures
from zalobot.store.queries.lateness import Word
from zalobot.store.queries.public_rows import PublicPart, PublicTicket
from zalobot.web.late_parts import LATE_SHOWN, LatePart, late_parts
from zalobot.web.meter import Look, Meter
from zalobot.web.public_view import agency_name, part_meter

A_SHEET = 20  # open parts
_BAR = 78  # pixels of the tallest week
_FIRST = (Look.LATE, Look.TODAY, Look.SOON, Look.CALM, Look.NONE, Look.WAIT)


@dataclass(frozen=True, slots=True)
class Line:
    """An agency in the table."""

    code: str
    name: str
    figures: Figures
    now: AgencyFigures
    me: bool = False
    spark: "Spark | None" = None


@dataclass(frozen=True, slots=True)
class Spark:
    """The last weeks in small: what was in time and what was late as paths of an SVG, and the numbers in words."""

    in_time: str
    late: str
    due: tuple[int, ...]
    missed: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The table: those of whom a share can be told, and those of whom only counts; `whole` is the province."""

    enough: tuple[Line, ...]
    few: tuple[Line, ...]
    whole: Figures
    period: Period


@dataclass(frozen=True, slots=True)
class Column:
    """A week as a bar: heights in pixels of what was in time and what was late."""

    week: Week
    in_time: int
    late: int


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part that an agency has not answered yet."""

    code: str
    ticket_code: str
    title: str
    topic: str
    meter: Meter
    klass: str
    hand_overs: int
    explained: datetime | None
    part: PublicPart


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which of the open parts are shown: page `number` of `count`."""

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """What `public/agency.html` shows. `taken` and `passed` are agencies by name with how many parts."""

    code: str
    name: str
    former: tuple[str, ...]
    note: str
    figures: Figures
    now: AgencyFigures
    columns: tuple[Column, ...]
    speeds: tuple[tuple[int, float], ...]
    open: tuple[OpenPart, ...]
    sheet: Sheet
    taken: tuple[tuple[str, int], ...]
    passed: tuple[tuple[str, int], ...]
    verdicts: dict[str, int]
    late: tuple[LatePart, ...]
    late_in_all: int
    lines: Lines


def lines(
    published: Published,
    counted: dict[str, AgencyFigures],
    province: Province,
    me: str = "",
    trend: Published | None = None,
) -> Lines:
    """The table of the agencies that have a part in the period or open; with `trend` each has its last weeks beside."""
    lately = trend.weeks_of if trend else {}
    idle = [code for code in counted if code not in published.of and counted[code].open]
    found = [*published.table, *(published.nothing(code) for code in sorted(idle))]
    made = [
        Line(
            one.agency,
            agency_name(province, one.agency),
            one,
            counted.get(one.agency, AgencyFigures()),
            one.agency == me,
            _spark(lately[one.agency]) if one.agency in lately else None,
        )
        for one in found
    ]
    few = tuple(line for line in made if not line.figures.on_time.enough)
    return Lines(tuple(line for line in made if line.figures.on_time.enough), few, published.whole, published.period)


def agency_page(
    code: str,
    published: Published,
    counted: dict[str, AgencyFigures],
    tickets: Iterable[PublicTicket],
    words: Sequence[Word],
    number: int,
    now: datetime,
    province: Province,
) -> AgencyPage:
    """Build the page of an agency as it is at `now`, with sheet `number` of its open parts."""
    agency, told = province.agencies[code], published.told(code)
    counts, late = told.speeds, told.late
    open_now = counted.get(code, AgencyFigures()).open
    return AgencyPage(
        code=code,
        name=agency.name,
        former=agency.former,
        note=agency.note,
        figures=published.of.get(code) or published.nothing(code),
        now=counted.get(code, AgencyFigures()),
        columns=columns(published.weeks_of.get(code) or weeks((), published.period.last)),
        speeds=tuple((count, round(100 * count / (max(counts) or 1), 1)) for count in counts),
        open=open_parts(tickets, now, province, code),
        sheet=Sheet(number, -(-open_now // A_SHEET) or 1),
        taken=tuple((agency_name(province, one), count) for one, count in told.taken.items()),
        passed=tuple((agency_name(province, one), count) for one, count in told.passed.items()),
        verdicts=told.verdicts,
        late=late_parts(late[:LATE_SHOWN], words, province),
        late_in_all=len(late),
        lines=lines(published, counted, province, code),
    )


def columns(found: tuple[Week, ...]) -> tuple[Column, ...]:
    """The weeks as bars, the tallest of them all the height there is."""
    most = max((week.share.of for week in found), default=0) or 1
    return tuple(Column(week, _BAR * week.share.hits // most, _BAR * week.late // most) for week in found)


def _spark(found: tuple[Week, ...]) -> Spark:
    """Two strokes a week, 8 apart, on a field 26 high."""
    most = max((week.share.of for week in found), default=0) or 1
    heights = [(24 * week.share.hits // most, 24 * week.late // most) for week in found]
    in_time = "".join(f"M{8 * place + 4} 25v-{high}" for place, (high, _) in enumerate(heights) if high)
    late = "".join(f"M{8 * place + 4} {25 - high}v-{more}" for place, (high, more) in enumerate(heights) if more)
    return Spark(in_time, late, tuple(week.share.of for week in found), sum(week.late for week in found))


def open_parts(
    tickets: Iterable[PublicTicket], now: datetime, province: Province, agency: str = ""
) -> tuple[OpenPart, ...]:
    """The unanswered parts of these tickets (of one agency, if it is named), the most urgent first."""
    found = [
        _open(ticket, part, shown, province)
        for ticket in tickets
        for part in ticket.parts
        if part.answered_at is None and agency in ("", part.agency)
        if (shown := part_meter(part, None, now, province)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (_FIRST.index(one.meter.look), one.part.due_at or now, one.code)))


def _open(ticket: PublicTicket, part: PublicPart, shown: Meter, province: Province) -> OpenPart:
    explained = part.explained_at
    return OpenPart(
        code=f"{ticket.code}/{part.number}",
        ticket_code=ticket.code,
        title=ticket.title,
        topic=province.topic_name(ticket.topic),
        meter=shown,
        klass=part.klass,
        hand_overs=part.hand_overs,
        explained=explained if explained and explained >= part.clock_started_at else None,
        part=part,
    )
