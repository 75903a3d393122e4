"""The public history of a ticket: its events in order, the days off between them, and where it stands now.

The one rule: of an event's data only the keys named here are read, and nothing else of it reaches a page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from zalobot.province import Province
from zalobot.store.queries.public_rows import PublicEvent
from zalobot.web.filters import local
from zalobot.web.workday import Off, days_off

MARKS = {
    "answered": "e-ok",
    "declined": "e-swap",
    "transferred": "e-swap",
    "overdue": "e-late",
    "recounted": "e-swap",
    "escalated": "e-late",
    "not_explained": "e-late",
    "not_decided": "e-late",
    "split": "e-swap",
    "dropped": "e-swap",
    "turned_away": "e-swap",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history. `kind` picks the words in `_macros/timeline.html`; `off` makes it a gap instead.

    `seqs` are the numbers of its entries in the ledger. `silent`: it happened because nobody said anything. `into` and
    `source` are tickets: that a matter was split off into, and from. `path` is where a turned away one was sent.
    """

    kind: str
    at: datetime | None = None
    mark: str = ""
    same_day: bool = False
    number: int | None = None
    numbers: tuple[int, ...] = ()
    agency: str = ""
    to: str = ""
    former: str = ""
    others: tuple[str, ...] = ()
    reason: str = ""
    verdict: str = ""
    klass: str = ""
    role: str = ""
    told: bool = True
    before: datetime | None = None
    due: datetime | None = None
    new_date: date | None = None
    silent: bool = False
    into: str = ""
    source: str = ""
    path: str = ""
    seqs: tuple[int, ...] = ()
    off: Off | None = None


def history(
    events: Iterable[PublicEvent], received: datetime, now: datetime, province: Province, *, open_: bool
) -> tuple[Line, ...]:
    """The lines, oldest first; an open ticket's go on until now."""
    out: list[Line] = []
    before = local(received).date()
    for event in events:
        today = local(_instant(event.data, "received") or event.at).date()
        out += _gap(province, before, today)
        line = _line(event, province, same_day=bool(out) and today == before)
        if out and (joined := _joined(out[-1], line)):
            out[-1] = joined
            continue
        out.append(line)
        before = today
    if open_:
        out += _gap(province, before, local(now).date())
    return tuple(out)


def _joined(last: Line, line: Line) -> Line | None:
    """One line for parts that were assigned, or counted again alike, in one go; None where they are two."""
    if (last.kind, last.at) != (line.kind, line.at):
        return None
    seqs = (*last.seqs, *line.seqs)
    if line.kind == "assigned":
        return replace(last, number=None, others=(*(last.others or (last.agency,)), line.agency), seqs=seqs)
    if line.kind == "recounted" and (last.before, last.due) == (line.before, line.due):
        numbers = (*(last.numbers or (last.number or 0,)), line.number or 0)
        return replace(last, numbers=numbers, seqs=seqs)
    return None


def _gap(province: Province, before: date, today: date) -> list[Line]:
    return [Line("off", off=run) for run in days_off(province.calendar, before, today)]


def _line(event: PublicEvent, province: Province, *, same_day: bool) -> Line:
    data = event.data
    return Line(
        kind=event.kind,
        at=_instant(data, "received") or event.at,
        mark=MARKS.get(event.kind, ""),
        same_day=same_day,
        number=event.part_number,
        agency=_name(province, event.agency),
        to=_name(province, _text(data, "to")),
        former=_name(province, _text(data, "former")),
        reason=_text(data, "why"),
        verdict=_text(data, "verdict"),
        klass=_text(data, "klass"),
        role=_text(data, "role") or (event.actor_role if event.kind == "directed" else ""),
        told=bool(data.get("told", True)),
        seqs=(event.seq,),
        before=_instant(data, "before"),
        due=_instant(data, "due"),
        new_date=date.fromisoformat(day) if (day := _text(data, "day")) else None,
        silent=data.get("who") == "silence",
        into=_text(data, "split_off"),
        source=_text(data, "split_ticket"),
        path=_text(data, "path"),
    )


def _name(province: Province, code: str) -> str:
    agency = province.agencies.get(code)
    return agency.name if agency else ""


def _text(data: dict[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _instant(data: dict[str, object], key: str) -> datetime | None:
    text = _text(data, key)
    return datetime.fromisoformat(text) if text else None
