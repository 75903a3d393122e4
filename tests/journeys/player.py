"""Plays a conversation that is written down, and says which line did not come true.

A transcript is a text file. Its first line, after `#`, says what it shows; each further line is one of

    > words            the business writes this; `> [photo] words`, `> [follow]`, `> [long 6000] words` (so many
                       letters), `> [nfd] words` (marks apart, as some phones send them), `> [sticker]`, `> [voice]`,
                       `> [location]`, `> [contact]`
    < fragment         this is in what the business has been told since anybody last wrote, or the clock went on
    ! fragment         this is in none of it
    = Lan officer SNV  a member of staff of this name, role and agency
    Lan> …  Lan< …     the same for one of them, or for another person of any name
    @ 2026-11-24 09:00 the clock goes on to this local time, with every job each hour; `@ +2d`, `+3h`, `+30m`;
                       `@ = 2027-02-05 10:00`: it is this time, with nothing on the way
    * restart          the service starts anew on the same database
    * burst 20         from here on a reply waits so many seconds for more

`{code}` is the code of the newest ticket, `{first}` that of the first. Fragments come in the order of the text.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.stage import Person, Stage
from zalobot.store.models import Role
from zalobot.workdays import LOCAL

FOLDER = Path(__file__).parent / "transcripts"
BUSINESS = "business"
_LINE = re.compile(r"(?P<who>[\w ]*?)(?P<sign>[><!])(?: (?P<words>.*))?")
_STAFF = re.compile(r"= (?P<name>[\w ]+?) (?P<role>officer|head|coordinator|leader) (?P<agency>\w+)")
_AHEAD = re.compile(r"\+(\d+)([dhm])")
_STEP = timedelta(hours=1)
# What else a phone sends: the event, the kind of the attachment, and what is in it (as in tests/zalo/samples).
_SENT: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "[sticker]": ("user_send_sticker", "sticker", {"url": "http://f6.zdn.vn/s", "id": "7b1"}, ""),
    "[voice]": ("user_send_audio", "audio", {"url": "http://f6.zdn.vn/a.amr"}, ""),
    "[location]": (
        *("user_send_location", "location"),
        {"coordinates": {"latitude": "20.9511", "longitude": "107.0748"}},
        "",
    ),
    "[contact]": (
        *("user_send_business_card", "link"),
        {"thumbnail": "", "description": '{"phone":84912000345,"qrCodeUrl":"https://qr.zdn.vn/1"}', "url": ""},
        "Chị Lan",
    ),
}
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(slots=True)
class Playing:
    """Where a transcript stands: what each has been told since the last word or hour."""

    stage: Stage
    told: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)


def transcripts(language: str) -> list[Path]:
    """The transcripts of a language."""
    return sorted((FOLDER / language).glob("*.txt"))


def play(stage: Stage, path: Path) -> int:
    """Play a transcript; gives back how many lines were checked. AssertionError names the line that is not so."""
    playing, checked = Playing(stage), 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            checked += _line(playing, _filled(stage, line))
        except AssertionError as error:
            raise AssertionError(f"{path.name}:{number}: {line}\n{error}") from None
    assert checked, f"{path.name} checks nothing"
    return checked


def _filled(stage: Stage, line: str) -> str:
    if "{" not in line:
        return line
    codes = [ticket.code for ticket in stage.tickets()]
    return line.replace("{code}", codes[-1]).replace("{first}", codes[0])


def _line(playing: Playing, line: str) -> bool:
    """One line; True where it was a check."""
    if staff := _STAFF.fullmatch(line):
        playing.stage.officer(staff["name"], staff["agency"], Role(staff["role"]))
        _unread(playing)
    elif line == "* restart":
        playing.stage.restart()
    elif line.startswith("* burst "):
        playing.stage.burst(float(line.removeprefix("* burst ")))
    elif line.startswith("@ "):
        _on(playing, line[2:].strip())
    else:
        found = _LINE.fullmatch(line)
        assert found, "this line is of no kind"
        return _talk(playing, found["who"].strip() or BUSINESS, found["sign"], found["words"] or "")
    return False


def _on(playing: Playing, to: str) -> None:
    stage = playing.stage
    _unread(playing)
    if to.startswith("= "):
        end = stage.now = datetime.strptime(to[2:], "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL).astimezone(UTC)
    elif ahead := _AHEAD.fullmatch(to):
        end = stage.now + timedelta(**{_UNITS[ahead[2]]: int(ahead[1])})
    else:
        end = datetime.strptime(to, "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL).astimezone(UTC)
    while stage.now < end:
        stage.now = min(end, stage.now + _STEP)
        stage.sweep()
        stage.send()


def _unread(playing: Playing) -> None:
    """From here on only what is new counts."""
    playing.told.clear()
    for person in playing.stage.people.values():
        person.got.clear()


def _talk(playing: Playing, who: str, sign: str, words: str) -> bool:
    person = playing.stage.person(who)
    if sign == ">":
        _unread(playing)
        playing.told[who] = _sends(person, words)
        playing.at[who] = 0
        return False
    if who not in playing.told:
        playing.told[who], playing.at[who] = person.pushes(), 0
    text = "\n".join(playing.told[who])
    if sign == "!":
        assert words not in text, f"it says:\n{text}"
        return True
    place = text.find(words, playing.at[who])
    assert place >= 0, f"it says:\n{text or 'nothing'}"
    playing.at[who] = place + len(words)
    return True


def _sends(person: Person, words: str) -> list[str]:
    if words == "[follow]":
        return person.follows()
    if words in _SENT:
        return person.sends(*_SENT[words])
    if words.startswith("[nfd] "):
        return person.says(unicodedata.normalize("NFD", words.removeprefix("[nfd] ")))
    if words.startswith("[photo]"):
        return person.sends_photo(caption=words.removeprefix("[photo]").strip())
    if long := re.fullmatch(r"\[long (\d+)\] (.+)", words):
        words = (long[2] + " ") * (int(long[1]) // (len(long[2]) + 1) + 1)
        words = words[: int(long[1])]
    return person.says(words)
