"""The parts an agency was late with in a period, each with what was said of it: a reason, nothing, or nothing owed.

The one rule: it tells of the clock the figure counts; words about an earlier clock are none about this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zalobot.figures.parts import CountedPart
from zalobot.province import Province
from zalobot.store.queries.lateness import Word
from zalobot.web.filters import Span, span

LATE_SHOWN = 20
_DAY = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class LatePart:
    """`late` is the working time the answer came late, None while there is none. `silent`: no reason in time."""

    code: str
    ticket_code: str
    number: str
    title: str
    topic: str
    due_at: datetime
    answered_at: datetime | None
    late: Span | None
    reason: str = ""
    new_date: date | None = None
    explained: bool = False
    silent: bool = False


def late_parts(parts: Iterable[CountedPart], words: Iterable[Word], province: Province) -> tuple[LatePart, ...]:
    """These parts with the last word on each."""
    said: dict[str, list[Word]] = {}
    for word in words:
        said.setdefault(word.code, []).append(word)
    return tuple(_late(part, said.get(part.code, []), province) for part in parts)


def _late(part: CountedPart, words: Sequence[Word], province: Province) -> LatePart:
    of_clock = [word for word in words if word.at is not None and word.at >= part.started_at]
    told = next((word for word in reversed(of_clock) if word.kind == "explained"), None)
    topic = province.topics.get(part.topic)
    ticket_code, _, number = part.code.partition("/")
    day = told.data.get("day") if told else None
    return LatePart(
        code=part.code,
        ticket_code=ticket_code,
        number=number,
        title=words[0].title if words else "",
        topic=topic.name if topic else "",
        due_at=part.due_at,
        answered_at=part.answered_at,
        late=span(timedelta(minutes=part.late_minutes), _DAY) if part.late_minutes else None,
        reason=told.why if told else "",
        new_date=date.fromisoformat(str(day)) if day else None,
        explained=told is not None,
        silent=told is None and any(word.kind == "not_explained" for word in of_clock),
    )
