"""The open data as files: the parts, and the table that is worked out of them.

The one rule: `table_csv` is made of what `parts_json` holds and of nothing else, so `zalobot figures` makes it again,
byte for byte. CSV begins with a byte order mark, and a cell that a spreadsheet would run as a formula with a quote.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from zalobot.errors import ConfigError
from zalobot.figures.board import Published
from zalobot.figures.parts import CountedPart, Period
from zalobot.figures.table import Figures, table
from zalobot.figures.words import columns
from zalobot.workdays import LOCAL

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")

Names = Mapping[str, str]


def parts_json(published: Published, names: Names) -> bytes:
    """The period, the names of the agencies in it, and every part."""
    codes = [line.agency for line in published.table]
    shown = {
        "period": _period(published.period),
        "agencies": {code: names.get(code, code) for code in codes},
        "parts": [_part(part) for part in published.parts],
    }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def parts_csv(parts: Iterable[CountedPart]) -> bytes:
    """Every part, a line each."""
    rows = ({**_part(part), "former": " ".join(part.former)} for part in parts)
    return _csv(list(columns()["parts"]), rows)


def table_csv(parts: Sequence[CountedPart], names: Names) -> bytes:
    """The published table of the agencies."""
    return _csv(list(columns()["agencies"]), (_line(line, names) for line in table(parts)))


def table_json(published: Published, names: Names) -> bytes:
    """The same table, with its period."""
    shown = {"period": _period(published.period), "agencies": [_line(line, names) for line in published.table]}
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def recomputed(path: Path) -> bytes:
    """`table_csv` out of a file of `parts_json`. Raises ConfigError where it is none."""
    try:
        found = json.loads(path.read_bytes())
        parts = [_read(row) for row in found["parts"]]
        return table_csv(parts, {str(code): str(name) for code, name in found["agencies"].items()})
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}"]) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError([f"{path} is not a file of parts as the site publishes them: {error!r}"]) from None


def _part(part: CountedPart) -> dict[str, Any]:
    return {
        "code": part.code,
        "agency": part.agency,
        "topic": part.topic,
        "class": part.klass,
        "clock": part.clock,
        "started_at": _iso(part.started_at),
        "due_at": _iso(part.due_at),
        "answered_at": _iso(part.answered_at),
        "working_minutes": part.minutes,
        "late_minutes": part.late_minutes,
        "verdict": part.verdict or None,
        "former": list(part.former),
    }


def _read(row: Mapping[str, Any]) -> CountedPart:
    answered = row["answered_at"]
    return CountedPart(
        code=row["code"],
        agency=row["agency"],
        topic=row["topic"],
        klass=row["class"],
        clock=row["clock"],
        started_at=datetime.fromisoformat(row["started_at"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        answered_at=datetime.fromisoformat(answered) if answered else None,
        minutes=row["working_minutes"],
        late_minutes=row["late_minutes"],
        verdict=row["verdict"] or "",
        former=tuple(row["former"]),
    )


def _line(line: Figures, names: Names) -> dict[str, Any]:
    share = line.on_time
    return {
        "agency": line.agency,
        "name": names.get(line.agency, line.agency),
        "due": share.of,
        "in_time": share.hits,
        "percent": share.percent if share.enough else None,
        "low": share.low if share.enough else None,
        "high": share.high if share.enough else None,
        "answered": line.answered,
        "median_hours": line.median_hours,
        "ninety_percent_hours": line.ninety_hours,
        "judged": line.solved.of,
        "solved": line.solved.hits,
        "taken_over": line.taken_over,
        "passed_on": line.passed_on,
    }


def _csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    out = csv.DictWriter(text, names, lineterminator="\r\n")
    out.writeheader()
    out.writerows({name: _cell(row[name]) for name in names} for row in rows)
    return (_BOM + text.getvalue()).encode()


def _cell(value: Any) -> Any:
    """As a spreadsheet may have it: numbers as they are, words never a formula."""
    if isinstance(value, str) and value.startswith(_RUN_BY_SPREADSHEETS):
        return "'" + value
    return "" if value is None else value


def _period(period: Period) -> dict[str, str]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(LOCAL).isoformat() if at else None
