"""Instants, lengths of time and states as an office writes them. The words stand in the `words.toml` of each language.

The one rule: local time is Asia/Ho_Chi_Minh, and a midnight belongs to the day it ends.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from zalobot import languages
from zalobot.workdays import LOCAL


def words_file() -> Mapping[str, Any]:
    """`templates/words.toml`, read once."""
    return languages.words()


def spoken(kind: str) -> Any:
    """A word, list or table of `[spoken]` in the language in use, in Vietnamese where that has none; else KeyError."""
    language, ours = languages.in_use(), languages.words()["spoken"]
    if language == languages.DEFAULT:
        return ours[kind]
    theirs = languages.words(language).get("spoken", {})
    return theirs[kind] if kind in theirs else ours[kind]


def state(table: str, code: str) -> str:
    """The words for a stored code; the code itself where the file has none yet."""
    return str(spoken(table).get(str(code), code))


def clock(at: datetime) -> str:
    """09h00"""
    return at.astimezone(LOCAL).strftime(spoken("clock"))


def day(on: date) -> str:
    """27/11/2026"""
    return f"{on.astimezone(LOCAL) if isinstance(on, datetime) else on:%d/%m/%Y}"


def short_day(on: date) -> str:
    """27/11"""
    return f"{on:%d/%m}"


def weekday(on: date) -> str:
    """Friday's name, and so on."""
    return str(spoken("weekdays")[on.weekday()])


def at(instant: datetime) -> str:
    """09h00 ngày 23/11/2026"""
    return f"{clock(instant)} {spoken('on')} {day(instant)}"


def business(who: Mapping[str, Any]) -> str:
    """Công ty TNHH Hải Long, MST 5701880016, may mặc, Phường Hà Tu"""
    code = f"{spoken('tax_code')} {who['tax_code']}" if who.get("tax_code") else ""
    return ", ".join(filter(None, (who.get("name"), code, who.get("sector"), who.get("commune"))))


def due(instant: datetime) -> str:
    """17h00 Thứ Sáu 27/11/2026; a midnight is the end of the day before (hết Thứ Sáu 27/11/2026)."""
    local = instant.astimezone(LOCAL)
    if local.time() == time():
        last = local.date() - timedelta(1)
        return f"{spoken('end_of')} {weekday(last)} {day(last)}"
    return f"{clock(instant)} {weekday(local)} {day(instant)}"


def working_time(length: timedelta, full_day: timedelta = timedelta(hours=8)) -> str:
    """1 ngày 5 giờ làm việc; minutes only below a day."""
    minutes = int((length.total_seconds() + 30) // 60)  # a reminder leaves seconds after its minute
    if minutes < 1:
        return str(spoken("less_than_a_minute"))
    days, rest = divmod(minutes, int(full_day.total_seconds() // 60))
    hours, minutes = divmod(rest, 60)
    amounts = [(days, "days"), (hours, "hours"), (0 if days else minutes, "minutes")]
    said = " ".join(f"{amount} {_unit(amount, unit)}" for amount, unit in amounts if amount)
    return f"{said} {spoken('at_work')}" if said else str(spoken("less_than_a_minute"))


def _unit(amount: int, unit: str) -> str:
    """The word for a unit; a language that has two of them gives the one for one first."""
    word = spoken(unit)
    return str(word if isinstance(word, str) else word[amount != 1])


def numbered(items: Iterable[str]) -> str:
    """One numbered line for each."""
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def excerpt(text: str, limit: int) -> str:
    """The beginning of a long text, cut between words."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(maxsplit=1)[0][: limit - 1] + "…"
