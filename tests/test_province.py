"""The province packs: what they must hold, what is refused, and that no code names a province."""

import ast
import re
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import holidays
import pytest

import zalobot
from tests.calendars import at, lines, vietnam
from zalobot.deadlines import Convention, Klass, count, rule_in_force
from zalobot.errors import ConfigError
from zalobot.province import available, load
from zalobot.workdays import Day, DayKind, Shift

DAO_NHO = Path(__file__).parent / "packs" / "dao-nho"
SHIPPED = load("quang-ninh")
SMALL = load(DAO_NHO)


def test_a_pack_is_loaded_by_name_or_by_folder():
    assert "quang-ninh" in available()
    assert (SHIPPED.key, SHIPPED.prefix, SHIPPED.name) == ("quang-ninh", "QN", "tỉnh Quảng Ninh")
    assert (SMALL.key, SMALL.prefix) == ("dao-nho", "DN")
    assert load(str(DAO_NHO)).agencies == SMALL.agencies


def test_an_unknown_pack_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError) as refused:
        load("khong-co")
    assert refused.value.problems == (
        f"no province pack 'khong-co': give a folder, or one of {', '.join(available())}",
    )


def test_the_shipped_calendar_has_every_day_of_the_sample():
    sample, shipped = vietnam(), SHIPPED.calendar
    for day in sample.days:
        assert shipped.is_working(day.date) == day.is_working, day.date
    assert {day.date for day in shipped.days} == {day.date for day in sample.days}


@pytest.mark.parametrize(("year", "not_in_the_package"), [(2025, []), (2026, [date(2026, 1, 2)])])
def test_the_shipped_calendar_agrees_with_the_holidays_package_but_for_one_swap(year, not_in_the_package):
    """The package lacks the swap of 2/1/2026, announced a week before. 2027 is not decided, so it is not compared."""
    public = holidays.country_holidays("VN", years=year)
    days = (date(year, 1, 1) + timedelta(n) for n in range(365))
    weekdays = [day for day in days if day.weekday() < 5]
    assert [d for d in weekdays if (d in public) == SHIPPED.calendar.is_working(d)] == not_in_the_package


def test_every_worked_case_holds_under_the_shipped_pack():
    for row in lines("sla_cases.jsonl"):
        received = datetime.fromisoformat(row["received"])
        rule = rule_in_force(SHIPPED.rules, received)
        assert count(received, rule, "hard", SHIPPED.calendar).due == datetime.fromisoformat(row["due_a17"]), row["id"]


def test_every_named_day_has_a_document_and_what_is_not_decided_says_so():
    assert all(day.name and day.source for day in SHIPPED.calendar.days)
    assert sorted({day.date for day in SHIPPED.calendar.days if day.provisional}) == [
        *(date(2027, 2, day) for day in range(4, 11)),
        date(2027, 9, 3),
    ]


def test_the_shipped_rule_is_that_of_the_channel_and_claims_no_decision():
    (rule,) = SHIPPED.rules
    assert (rule.simple_hours, rule.hard_days, rule.convention) == (4, 3, Convention.A17)
    assert (rule.effective_from, rule.decided_on) == (date(2025, 1, 1), None)
    assert (rule.triage_hours, rule.dispute_hours, rule.wait_days, rule.explain_days, rule.close_days) == (
        2,
        4,
        3,
        1,
        5,
    )


def test_the_shipped_pack_has_the_agencies_topics_and_places_of_the_province():
    assert len(SHIPPED.agencies) == 30
    assert len(SHIPPED.topics) == 49
    assert len(SHIPPED.units) == 54
    assert [name for _, name in SHIPPED.fields] == [
        "Đất đai",
        "Đầu tư",
        "Xây dựng, PCCC",
        "Thuế, hóa đơn",
        "Lao động, bảo hiểm",
        "Môi trường",
        "Xuất nhập khẩu",
        "Khác",
    ]
    assert [contact.number for contact in SHIPPED.contacts if contact.emergency] == ["112", "113", "114", "115"]
    assert {topic.field for topic in SHIPPED.topics.values()} == {code for code, _ in SHIPPED.fields}


def test_every_topic_but_the_last_resort_has_keywords():
    assert [topic.code for topic in SHIPPED.topics.values() if not topic.keywords] == [SHIPPED.fallback_topic]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("so lao dong", "SNV"),
        ("Sở Kế hoạch và Đầu tư", "STC"),
        ("ban xúc tiến và hỗ trợ đầu tư", "STC"),
        ("sở tnmt", "SNNMT"),
        ("cục hải quan tỉnh", "HQ8"),
        ("qltt", "SCT"),
        ("ubnd huyện", "UBND_XP"),
        ("sở gtvt", "SXD"),
        ("pc07", "CAT"),
    ],
)
def test_old_and_short_names_find_the_agency_of_today(typed, code):
    assert SHIPPED.named(typed)[0] == code


def test_in_a_zone_its_authority_leads():
    assert SHIPPED.agencies_for("xay_dung", "xin giấy phép xây dựng ở phường Hà Tu") == ("SXD",)
    assert SHIPPED.agencies_for("xay_dung", "xin giay phep xay dung trong kcn Dong Mai") == ("BQLKKT",)
    assert SHIPPED.agencies_for("pccc", "nghiệm thu pccc trong kcn") == ("CAT",)


def test_of_the_usual_others_those_named_in_the_text_are_proposed():
    assert SHIPPED.agencies_for("xay_dung", "thẩm định thiết kế, sở xây dựng bảo bổ sung pccc") == ("SXD", "CAT")
    assert SHIPPED.agencies_for("thue", "hoàn thuế, kho bạc chưa chi") == ("THUE", "KBNN")


def test_another_province_has_other_hours_days_and_rules():
    calendar = SMALL.calendar
    assert calendar.day(date(2026, 9, 5)).shifts == (Shift.parse("07:00-11:00"),)  # a Saturday morning
    assert not calendar.is_working(date(2026, 10, 3))  # the season without Saturdays
    assert calendar.opens(date(2026, 10, 1)) == at("2026-10-01 08:00")
    assert calendar.day(date(2026, 12, 24)) == Day(
        date(2026, 12, 24), (Shift.parse("08:00-12:00"),), DayKind.HALF, "Nửa ngày", "Quyết định 1"
    )
    assert calendar.day(date(2026, 12, 28)).kind is DayKind.SWAP_OFF
    assert calendar.closes(date(2026, 12, 26)) == at("2026-12-26 16:00")
    assert calendar.closes(date(2026, 11, 1)) == at("2026-11-01 16:00")
    assert [rule.version for rule in SMALL.rules] == ["1", "2"]
    received = at("2026-12-22 16:30")
    receipt = count(received, rule_in_force(SMALL.rules, received), Klass.HARD, calendar)
    assert (receipt.due, receipt.rule_version) == (at("2026-12-25 16:00"), "2")


# -- what is refused --------------------------------------------------------------------------------------------------

Edit = Callable[[Path], None]


def replaced(name: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def problems(tmp_path: Path, *edits: Edit) -> list[str]:
    folder = tmp_path / "dao-nho"
    shutil.copytree(DAO_NHO, folder)
    for edit in edits:
        edit(folder)
    with pytest.raises(ConfigError) as refused:
        load(folder)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (replaced("province.toml", 'prefix = "dn"\n', ""), "province.toml: prefix is missing"),
        (replaced("province.toml", '"dn"', '"d n"'), "province.toml: prefix: must be letters and digits"),
        (replaced("province.toml", "oa_name", "oa_nam"), "province.toml: oa_name is missing"),
        (replaced("province.toml", '"viec_chung"', '"x"'), "province.toml: fallback_topic: no topic x in topics.json"),
        (replaced("province.toml", '"07:00-11:00"', '"7 giờ"'), "'7 giờ' is no shift: write 07:30-11:30"),
        (
            replaced("province.toml", '"07:00-11:00"', '"11:00-07:00"'),
            "a shift ends at 07:00, before it begins at 11:00",
        ),
        (replaced("province.toml", "mon =", "monday ="), "monday: is not known here"),
        (replaced("agencies.json", '"BEN"', '"XA"'), "agencies.json: XA: is there twice"),
        (replaced("topics.json", '"lead": "BEN"', '"lead": "B"'), "topics.json: tau_thuyen: lead: no agency B in"),
        (replaced("topics.json", '["XA"]', '["XB"]'), "topics.json: tau_thuyen: others: no agency XB in agencies.json"),
        (replaced("topics.json", '"hard"', '"khó"'), "topics.json: tau_thuyen: klass: must be simple or hard, not khó"),
        (replaced("topics.json", '"bien"', '"song"'), "topics.json: tau_thuyen: field: no field song in province.toml"),
        (replaced("topics.json", "[\n", "{\n"), "topics.json: cannot be read"),
        (replaced("calendar.toml", 'source = "Luật"\n', ""), "calendar.toml: off: 1: source is missing"),
        (replaced("calendar.toml", "to = 2026-02-20", "to = 2026-01-20"), "is no run of days off"),
        (replaced("calendar.toml", "last = 2026-12-31", "last = 2026-12-26"), "2026-12-28 is outside"),
        (replaced("calendar.toml", "first = 2026-01-01", "first = 2025-01-01"), "the first begins after 2025-01-01"),
        (replaced("calendar.toml", "2026-12-24", '"mai"'), "calendar.toml: half: mai: date: must be a date, not 'mai'"),
        (
            replaced("rules.toml", "simple_hours = 2", "simple_hours = 0"),
            "rules.toml: rule: 2: simple_hours: must be at",
        ),
        (replaced("rules.toml", "simple_hours = 2", 'simple_hours = "2"'), "must be a whole number, not '2'"),
        (replaced("rules.toml", '"B"', '"C"'), "rules.toml: rule: 2: convention: must be one of A, A17, B, not C"),
        (replaced("rules.toml", 'version = "2"', 'version = "1"'), "rules.toml: two rules have the same version"),
        (lambda folder: (folder / "rules.toml").unlink(), "rules.toml: is not there"),
        (lambda folder: (folder / "province.toml").unlink(), "province.toml: is not there"),
    ],
)
def test_a_faulty_pack_is_refused_by_file_and_key(tmp_path, edit, problem):
    assert problem in "\n".join(problems(tmp_path, edit))


def test_all_faults_are_listed_at_once(tmp_path):
    found = problems(
        tmp_path,
        replaced("topics.json", '"lead": "BEN"', '"lead": "B"'),
        replaced("rules.toml", '"B"', '"C"'),
        replaced("calendar.toml", 'source = "Luật"\n', ""),
    )
    assert found == [
        "dao-nho/topics.json: tau_thuyen: lead: no agency B in agencies.json",
        "dao-nho/calendar.toml: off: 1: source is missing",
        "dao-nho/rules.toml: rule: 2: convention: must be one of A, A17, B, not C",
    ]


# -- no province in the code ------------------------------------------------------------------------------------------

NAMES = re.compile(
    r"quảng ninh|quang[ _]ninh|hạ long|móng cái|cẩm phả|uông bí|vân đồn|cô tô|\bQN\b|"
    + "|".join(rf"\b{code}\b" for code in SHIPPED.agencies if len(code) > 3),
    re.IGNORECASE,
)


def _docstrings(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings: prose, which may take an example."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
    first = [body[0].value for body in bodies if body and isinstance(body[0], ast.Expr)]
    return {id(value) for value in first if isinstance(value, ast.Constant)}


def test_no_code_names_a_province():
    root = Path(zalobot.__file__).parent
    sources = sorted(root.rglob("*.py"))
    found = []
    for source in sources:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        prose = _docstrings(tree)
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in prose]
        found += [f"{source.relative_to(root)}: {text!r}" for text in texts if NAMES.search(str(text))]
    assert len(sources) > 10
    assert found == []
    assert NAMES.search("gửi Sở ở Quảng Ninh")  # it could have been found


def test_agencies_typed_in_an_enumeration_keep_their_order() -> None:
    assert load("quang-ninh").named_in_order("so xd va cong an tinh") == ["SXD", "CAT"]
    assert load("quang-ninh").named_in_order("Công an tỉnh, Sở Xây dựng") == ["CAT", "SXD"]
