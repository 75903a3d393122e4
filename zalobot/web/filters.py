"""How values look on a page: instants at +07:00, numbers with a comma, words that must not be torn apart.

The one rule: no words here. Names of weekdays, "giờ", "ngày" stand in `templates/web/_macros/time.html`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache

from zalobot.foreign import written_in
from zalobot.languages import DEFAULT
from zalobot.redaction import words

HERE = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has had no other offset since 1975 and no daylight saving
NBSP = "\N{NO-BREAK SPACE}"
_UNITS = r"ngày|giờ|phút|phần|hồ sơ|cơ quan|tuần|tháng|năm|triệu|tỷ|đồng|m|km|ha|m2|%"
_NUMBER_UNIT = re.compile(rf"(\d) (?=(?:{_UNITS})\b)")
_WORD_NUMBER = re.compile(r"\b(Điều|điều|Khoản|khoản|Phụ lục|số|Phần|phần|bản|Mục|mục) (?=(?:\d|[IVX]+\b))")
_WEEKDAY = re.compile(r"\b(Thứ|Chủ) (?=(?:Hai|Ba|Tư|Năm|Sáu|Bảy|Nhật)\b)")
_CODE = re.compile(r"\b([A-Z]{2,4}-\d{4}-\d{5,7}(?:/\d+)?)")


@cache
def _tag() -> re.Pattern[str]:
    """A tag of the masks, its words without the brackets as the one group."""
    return re.compile(rf"\[({'|'.join(re.escape(tag[1:-1]) for tag in words.tags().values())})\]")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of working time as people say it: whole days, hours and minutes (a day is the calendar's full day)."""

    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def any(self) -> bool:
        """Whether at least a minute is in it."""
        return bool(self.days or self.hours or self.minutes)


def span(length: timedelta, day: timedelta) -> Span:
    """Split a length of working time by the length of a full working day; what is below a minute is dropped."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(minutes, max(1, int(day.total_seconds() // 60)))
    return Span(days, rest // 60, rest % 60)


def local(at: datetime) -> datetime:
    """The instant on a clock in Vietnam."""
    return at.astimezone(HERE)


def ending(at: datetime) -> datetime:
    """The instant as the end of something: midnight belongs to the day before it (and is said as 24:00)."""
    here = local(at)
    return here - timedelta(microseconds=1) if (here.hour, here.minute, here.second) == (0, 0, 0) else here


def hhmm(at: datetime) -> str:
    """`08:47`; a microsecond before midnight (see `ending`) is `24:00`."""
    here = local(at)
    return "24:00" if here.microsecond == 999999 and (here.hour, here.minute) == (23, 59) else f"{here:%H:%M}"


def iso(at: datetime) -> str:
    """The machine's form for `<time datetime>`, to the minute, with +07:00."""
    return local(at).isoformat(timespec="minutes")


def dm(day: date) -> str:
    """`27/11`."""
    here = local(day) if isinstance(day, datetime) else day
    return f"{here:%d/%m}"


def dmy(day: date) -> str:
    """`27/11/2026`."""
    here = local(day) if isinstance(day, datetime) else day
    return f"{here:%d/%m/%Y}"


def run_of_days(first: date, last: date) -> str:
    """`27–29/11`, or `30/04–03/05` across months."""
    return f"{first:%d}–{dm(last)}" if first.month == last.month else f"{dm(first)}–{dm(last)}"


def decimal(value: float) -> str:
    """One digit after a comma: `15,8`."""
    return f"{value:.1f}".replace(".", ",")


def grouped(value: int) -> str:
    """Thousands by a point: `1.284`."""
    return f"{value:,}".replace(",", ".")


def unbroken(text: str) -> str:
    """Join number and unit, "Thứ Năm", "Điều 16" by non-breaking spaces. Markup stays markup, text stays text."""
    joined = str(text)
    for pattern in (_NUMBER_UNIT, _WORD_NUMBER, _WEEKDAY):
        joined = pattern.sub(rf"\1{NBSP}", joined)
    return type(text)(joined)


def tongue(text: str) -> str:
    """The language of a text, where it is plainly another one than the page's (WCAG 3.1.2); '' else."""
    found = written_in(text)
    return "" if found == DEFAULT else found


def pieces(text: str) -> list[tuple[str, str]]:
    """The public copy cut at the tags of removed details: (text, tag after it); the last tag is ''."""
    cut = _tag().split(text)
    return list(zip(cut[::2], [*cut[1::2], ""], strict=True))


def codes(text: str) -> list[tuple[str, str]]:
    """A text cut at the codes of tickets and parts in it: (text, code after it); the last code is ''."""
    cut = _CODE.split(text)
    return list(zip(cut[::2], [*cut[1::2], ""], strict=True))


FILTERS: dict[str, Callable[..., object]] = {
    "local": local,
    "ending": ending,
    "hhmm": hhmm,
    "iso": iso,
    "dm": dm,
    "dmy": dmy,
    "run_of_days": run_of_days,
    "decimal": decimal,
    "grouped": grouped,
    "nb": unbroken,
    "pieces": pieces,
    "tongue": tongue,
    "codes": codes,
}
