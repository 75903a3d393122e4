"""How a due time was counted, what happened, what was refused, what is wrong with a message."""

from datetime import timedelta
from typing import Final

from zalobot import spoken, templating
from zalobot.deadlines import Receipt
from zalobot.placeholders.making import placeholder


def _counted_days(receipt: Receipt) -> str:
    return ", ".join(templating.render("counted/day", counted=day).text for day in receipt.counted)


def _skipped_days(receipt: Receipt) -> str:
    """The named days off; weekly rest days need no explanation."""
    named = (day for day in receipt.skipped if day.kind != "weekend")
    return ", ".join(templating.render("counted/skipped", skipped=day).text for day in named)


def _first_day(receipt: Receipt) -> str:
    return spoken.day(receipt.counted[0].date) if receipt.counted else ""


def _waited(receipt: Receipt) -> str:
    length = sum((pause.working for pause in receipt.waits), timedelta())
    return spoken.working_time(length) if length else ""


RECEIPT: Final = (
    placeholder("ngay_nhan", "receipt", lambda r: spoken.day(r.day0)),
    placeholder("so_ngay", "receipt", lambda r: str(r.amount) if r.counted else ""),
    placeholder("so_gio", "receipt", lambda r: "" if r.counted else str(r.amount)),
    placeholder("ngay_dau", "receipt", _first_day),
    placeholder("cac_ngay_dem", "receipt", _counted_days),
    placeholder("cac_ngay_nghi", "receipt", _skipped_days),
    placeholder("da_cho", "receipt", _waited),
    placeholder("han_dem", "receipt", lambda r: spoken.due(r.due)),
    placeholder("ngay_dem", "counted", lambda c: spoken.short_day(c.date)),
    placeholder("so_thu_tu", "counted", lambda c: str(c.number)),
    placeholder("ngay_nghi", "skipped", lambda s: spoken.short_day(s.date)),
    placeholder("ten_ngay_nghi", "skipped", lambda s: spoken.state("day_name", s.name)),
)
