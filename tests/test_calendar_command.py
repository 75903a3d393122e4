"""`zalobot calendar`: what the terminal shows, and that a file changes nothing before it is told to."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.calendars import at, off, plain, worked
from zalobot.__main__ import app
from zalobot.calendars import checking, files, sheet
from zalobot.days import DayKind
from zalobot.errors import ConfigError, Refused

SWAP = """
source = "Văn bản 99/VPCP ngày 20/12/2026"
[[swap]]
off = 2027-12-31
work = 2027-12-25
name = "Nghỉ hoán đổi (làm bù 25/12/2027)"
work_name = "Làm bù cho 31/12/2027"
source = "Văn bản 99/VPCP ngày 20/12/2026"
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def calendar(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["calendar", *arguments])


def written(text: str, name: str = "swap.toml") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_year_is_shown_with_letters_and_working_days() -> None:
    shown = calendar("show", "2026").output
    january, november = shown.index("2026-01  21 working days"), shown.index("2026-11  20 working days")
    assert "             1L  2H  3   4" in shown[january:]
    assert " 5   6   7   8   9  10B 11" in shown[january:]
    assert "23  24L 25  26  27  28  29" in shown[november:]
    assert "249 working days in 2026, calendar 2026.1" in shown
    assert "2026-01-02  swap_off  Nghỉ hoán đổi (làm bù 10/01/2026)  Văn bản 12729/VPCP-KGVX ngày 25/12/2025" in shown
    assert max(len(line) for line in shown.splitlines()[:50]) <= 80


def test_half_days_and_days_that_are_only_expected_have_their_marks() -> None:
    half = worked(date(2026, 11, 20), (plain().week[0][0],))
    lines = list(sheet.year(plain(half, off(date(2026, 11, 23), DayKind.COMPENSATORY)), 2026))
    assert any("16  17  18  19  20½ 21  22" in line for line in lines)
    assert any(line.endswith("23N 24  25  26  27  28  29") or "23N 24  25" in line for line in lines)
    assert "10L?" in calendar("show", "2027").output


def test_a_year_nobody_knows_is_refused() -> None:
    assert isinstance(calendar("show", "2031").exception, Refused)
    assert calendar("show", "soon").exit_code == 2


def test_the_check_names_the_horizon_and_what_is_not_decided() -> None:
    pytest.importorskip("holidays")
    lines = checking.findings(
        plain(off(date(2026, 12, 25), name="nghỉ lạ"), last=date(2027, 1, 31)), at("2026-11-23 09:00")
    )
    said = [f"{line.state}: {line.text}" for line in lines]
    assert said[0] == "ok: known to 2027-01-31, 69 days ahead"
    assert "warn: 2026-12-25: off here (nghỉ lạ), no holiday in `holidays`" in said
    assert any(line.startswith("warn: 2027-01-01: worked here, a holiday in `holidays`") for line in said)
    provisional = [line for line in calendar("check").output.splitlines() if "not decided yet" in line]
    assert any("2027-09-03" in line for line in provisional)


def test_a_calendar_near_its_end_is_red() -> None:
    found = checking.findings(plain(last=date(2026, 12, 20)), at("2026-11-23 09:00"))
    assert (found[0].state, found[0].text) == ("red", "known to 2026-12-20, 27 days ahead")


def test_a_file_shows_what_it_changes_and_changes_it_only_when_told() -> None:
    name = written(SWAP)
    shown = calendar("import", name)
    assert shown.exit_code == 0
    assert "- 2027-12-31  working 07:30-11:30 13:00-17:00" in shown.output
    assert "+ 2027-12-25  makeup 07:30-11:30 13:00-17:00  Làm bù cho 31/12/2027" in shown.output
    assert "0 due times would move. --apply does it." in shown.output
    done = calendar("import", name, "--apply")
    assert (done.exit_code, "due times moved" in done.output) == (0, True)
    again = calendar("import", name, "--apply")
    assert (again.exit_code, "Nothing changes." in again.output) == (0, True)
    assert "24  25B" in calendar("show", "2027").output


def test_json_says_the_same_as_toml() -> None:
    off_day = {"date": "2027-06-01", "name": "Nghỉ", "source": "Văn bản 1"}
    name = written(json.dumps({"source": "Văn bản 1", "off": [off_day]}), "day.json")
    assert "+ 2027-06-01  holiday  Nghỉ  Văn bản 1" in calendar("import", name).output


def test_without_a_document_nothing_is_changed() -> None:
    name = written(SWAP.replace('source = "Văn bản 99/VPCP ngày 20/12/2026"\n[[', "[["))
    assert isinstance(calendar("import", name, "--apply").exception, Refused)
    assert calendar("import", name, "--apply", "--source", "Văn bản 99").exit_code == 0


def test_a_file_with_first_and_last_speaks_for_all_days_between_and_may_reach_further() -> None:
    text = SWAP.replace("[[swap]]", "first = 2027-12-01\nlast = 2028-12-31\n[[swap]]", 1)
    old = plain(off(date(2027, 12, 10)), off(date(2027, 11, 10)), last=date(2027, 12, 31))
    new, source = files.read(Path(written(text)), old)
    assert new.last == date(2028, 12, 31)
    assert [day.date for day in new.days] == [date(2027, 11, 10), date(2027, 12, 25), date(2027, 12, 31)]
    assert source == "Văn bản 99/VPCP ngày 20/12/2026"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense", "cannot be read"),
        ("colour = 1", "colour: is not known here"),
        ('[[half]]\ndate = 2027-06-01\nname = "x"\nsource = "y"\nshifts = ["11:00-10:00"]', "before it begins"),
        ('[[half]]\ndate = 2027-06-01\nname = "x"\nsource = "y"\nshifts = ["morning"]', "is no shift"),
        ('[[off]]\ndate = 2027-06-01\nname = "x"\nsource = "y"\n' * 2, "there twice"),
        ('[[off]]\ndate = 2027-06-01\nname = "x"', "source is missing"),
        ('[[off]]\ndate = 1999-06-01\nname = "x"\nsource = "y"', "outside"),
        ("first = 2027-06-01", "last is missing"),
        ("[[off]]\nfrom = 2027-06-01\nto = 2029-06-01\nname = 'x'\nsource = 'y'", "no run of days off"),
        ('off = "tomorrow"', "must be a list"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(text: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        files.read(Path(written(text)), plain())


def test_hostile_files_are_wrong_use_and_no_traceback() -> None:
    assert isinstance(calendar("import", "none.toml").exception, ConfigError)
    for text in ("[" * 100_000, "[1, 2]", "\x00", '{"off": {"date": 1}}', '"text"', '{"first": "2027-13-01"}'):
        assert isinstance(calendar("import", written(text, "x.json")).exception, ConfigError), text[:20]
    Path("big.toml").write_text("#" * 1_000_001)
    assert isinstance(calendar("import", "big.toml").exception, ConfigError)
    Path("bytes.toml").write_bytes(b"\xff\xfe")
    assert isinstance(calendar("import", "bytes.toml").exception, ConfigError)
