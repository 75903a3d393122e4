"""The first page as plain values: four figures, what was answered last, what is overdue, the strip of today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from zalobot.deadlines import count
from zalobot.errors import PastHorizon
from zalobot.figures.share import Share
from zalobot.province import Province
from zalobot.rules import rule_in_force
from zalobot.store.models import PartState
from zalobot.store.queries.figures import Figures
from zalobot.store.queries.public_rows import PublicPart, PublicTicket
from zalobot.web.filters import local
from zalobot.web.list_view import Row, rows, sample_code
from zalobot.web.public_view import agency_name, answered
from zalobot.web.qr import Qr
from zalobot.web.receipt_view import Cell, strip
from zalobot.web.workday import whole_day

_EXCERPT = 160


@dataclass(frozen=True, slots=True)
class Answered:
    """A ticket with its latest answer. `hours` is the working time it took."""

    code: str
    title: str
    topic: str
    state: str
    answered: int
    parts: int
    excerpt: str
    agency: str
    hours: float


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many tickets a field has had."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """What `public/home.html` shows."""

    open: int
    today: int
    late: int
    late_agencies: int
    share: Share
    answers: tuple[Answered, ...]
    overdue: tuple[Row, ...]
    fields: tuple[FieldCount, ...]
    strip: tuple[Cell, ...]
    strip_due: datetime | None
    simple_hours: int
    hard_days: int
    sample_code: str
    zalo_code: Qr | None
    instant: int  # questions that the machine answered at once in 90 days; no figure above counts them


def home_page(
    figures: Figures,
    share: Share,
    answers: tuple[PublicTicket, ...],
    overdue: tuple[PublicTicket, ...],
    now: datetime,
    province: Province,
    zalo_code: Qr | None,
    instant: int,
) -> HomePage:
    """Build the first page as it is at `now`."""
    rule = rule_in_force(province.rules, now)
    cells, due = _today(now, province)
    return HomePage(
        open=figures.open,
        today=figures.today,
        late=figures.late,
        late_agencies=figures.late_agencies,
        share=share,
        answers=tuple(_answered(ticket, now, province) for ticket in answers),
        overdue=rows(overdue, now, province),
        fields=_fields(figures, province),
        strip=cells,
        strip_due=due,
        simple_hours=rule.simple_hours,
        hard_days=rule.hard_days,
        sample_code=sample_code(province),
        zalo_code=zalo_code,
        instant=instant,
    )


def bounds_of_today(now: datetime) -> tuple[datetime, datetime]:
    """The midnights around today; a due time at the second one still belongs to today."""
    first, last = whole_day(local(now).date())
    return first + timedelta(microseconds=1), last + timedelta(microseconds=1)


def _today(now: datetime, province: Province) -> tuple[tuple[Cell, ...], datetime | None]:
    """The strip of a hard issue sent now, day 0 without its hour."""
    try:
        receipt = count(now, rule_in_force(province.rules, now), "hard", province.calendar)
    except PastHorizon:
        return (), None
    cells = strip(receipt, now)
    first = cells[0]
    return (Cell("0", first.first, first.last), *cells[1:]), receipt.due


def _answered(ticket: PublicTicket, now: datetime, province: Province) -> Answered:
    part = max((p for p in ticket.parts if p.answered_at), key=lambda p: p.answered_at or now)
    return Answered(
        code=ticket.code,
        title=ticket.title,
        topic=province.topic_name(ticket.topic),
        state=ticket.state,
        answered=answered(ticket),
        parts=len(ticket.parts),
        excerpt=excerpt(part.facts.get("conclusion") or part.answer),
        agency=agency_name(province, part.agency),
        hours=_hours(part, province),
    )


def excerpt(text: str) -> str:
    """The beginning of an answer on one line, cut between words. A line that opens a sentence ends the last."""
    line = ""
    for words in (" ".join(part.split()) for part in text.splitlines()):
        stopped = not line or line[-1] in ".,:;?!…" or not words[:1].isupper()
        line = f"{line}{'' if stopped else '.'} {words}".strip()
    line = line[:1].upper() + line[1:]
    if len(line) <= _EXCERPT:
        return line
    return line[:_EXCERPT].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _hours(part: PublicPart, province: Province) -> float:
    """The working time from receipt to answer; 0 where the calendar cannot tell or a second clock ran."""
    if part.answered_at is None or part.clock > 1 or part.state == PartState.REOPENED:
        return 0.0
    try:
        return province.calendar.working_between(part.received_at, part.answered_at) / timedelta(hours=1)
    except PastHorizon:
        return 0.0


def _fields(figures: Figures, province: Province) -> tuple[FieldCount, ...]:
    counts: dict[str, int] = {}
    for code, number in figures.by_topic:
        topic = province.topics.get(code)
        if topic:
            counts[topic.field] = counts.get(topic.field, 0) + number
    named = [FieldCount(code, name, counts[code]) for code, name in province.fields if counts.get(code)]
    return tuple(sorted(named, key=lambda one: -one.count))
