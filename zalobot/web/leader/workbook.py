"""The one home of XlsxWriter: rows become a workbook.

The one rule: a text is a text. No cell is ever a formula or a link, whatever somebody wrote into it.
"""

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook

Cell = str | int | float | None
WIDTH = 22  # characters of a column


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """A file with these sheets, each (name, headings, rows)."""
    kept = io.BytesIO()
    book = Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for name, headings, rows in sheets:
        sheet = book.add_worksheet(name[:31])
        sheet.set_column(0, len(headings) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    book.close()
    return kept.getvalue()
