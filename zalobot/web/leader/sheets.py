"""The leader's workbook: what is late or soon due, the agencies, the weeks.

The one rule: the headings stand in `templates/web/figures.toml`, the numbers are those of the page.
"""

from datetime import datetime

from zalobot.figures.words import sheets
from zalobot.web.agency_view import Line
from zalobot.web.filters import local
from zalobot.web.leader.view import Item, LeaderPage
from zalobot.web.leader.workbook import Cell, workbook


def report(page: LeaderPage) -> bytes:
    """The page as a workbook of three sheets."""
    found: dict[str, list[tuple[Cell, ...]]] = {
        "urgent": [_urgent(item) for item in (*page.late, *page.today, *page.soon)],
        "agencies": [_agency(line) for line in (*page.lines.enough, *page.lines.few)],
        "weeks": [(f"{c.week.monday:%d/%m/%Y}", c.week.share.of, c.week.share.hits, c.week.late) for c in page.columns],
    }
    return workbook((sheet.name, sheet.columns, found[key]) for key, sheet in sheets().items())


def _urgent(item: Item) -> tuple[Cell, ...]:
    row = item.row
    said = row.explanation if item.why == "explained" else ""
    return (
        row.code,
        item.title,
        item.agency,
        row.officer or "",
        _at(row.due_at),
        sheets()["urgent"].looks[item.meter.look],
        said,
    )


def _agency(line: Line) -> tuple[Cell, ...]:
    figures, share = line.figures, line.figures.on_time
    told = (share.percent, share.low, share.high) if share.enough else (None, None, None)
    counts = (line.now.open, line.now.late, share.of, share.hits)
    return (line.name, *counts, *told, figures.median_hours, figures.solved.of, figures.solved.hits)


def _at(instant: datetime) -> str:
    return f"{local(instant):%H:%M %d/%m/%Y}"
