"""What a member of staff is shown is what they can do: every button that is offered does something. On both engines."""

from datetime import datetime, timedelta

import pytest

from tests.journeys.stage import Person, Stage, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.store.models import Role
from zalobot.workdays import LOCAL

CODE = "QN-2611-00001"
PART = f"{CODE}/1"
REFUSED = ("do cơ quan khác giữ", "chưa được giao quyền", "là việc của lãnh đạo", "không cần giải trình")


@pytest.fixture
def late(stage: Stage) -> Stage:
    """A part of Sở Xây dựng is three days late; everybody of staff has a phone."""
    report(stage.person("lan"), WAREHOUSE)
    for name, agency, role in (
        ("ha", "SXD", Role.OFFICER),
        ("truong", "SXD", Role.HEAD),
        ("lanh-dao", "VPUBND", Role.LEADER),
        ("kim", "VPUBND", Role.COORDINATOR),
        ("thu", "THUE", Role.OFFICER),
    ):
        stage.officer(name, agency, role)
    jump(stage, datetime(2026, 12, 1, 10, tzinfo=LOCAL))
    return stage


def jump(stage: Stage, to: datetime) -> None:
    """The clock is at this instant, and every sweep runs once."""
    stage.now = to - timedelta(seconds=1)
    stage.later(seconds=1)


def titles(person: Person) -> list[str]:
    person.says(PART)
    return [title.split(". ")[-1] for title in person.buttons()]


def test_a_part_is_shown_with_what_this_person_can_do(late: Stage) -> None:
    look = "Xem trang công khai"
    assert titles(late.person("ha")) == [
        *("Nhận xử lý", "Trả lời", "Không thuộc thẩm quyền", "Hỏi thêm doanh nghiệp", "Mở trên web")
    ]
    assert titles(late.person("truong")) == ["Giải trình", "Trả lời", look, "Mở trên web"]
    assert titles(late.person("lanh-dao")) == [look]
    assert titles(late.person("thu")) == [look]
    assert titles(late.person("kim")) == ["Xác nhận", "Đổi loại", look]


def test_an_answered_part_offers_only_to_look(late: Stage) -> None:
    ha = late.person("ha")
    ha.says(f"Trả lời {PART}")
    ha.says("Được nộp song song, căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ 1022.")
    ha.says("gửi")
    for name in ("ha", "truong", "lanh-dao", "kim"):
        assert titles(late.person(name)) == ["Xem trang công khai"]


def test_a_part_nobody_wants_is_shown_to_the_coordinator_to_decide(late: Stage) -> None:
    for words in (f"Không thuộc thẩm quyền {PART}", "ban quản lý khu kinh tế", "Việc này không phải của chúng tôi."):
        late.person("ha").says(words)
    assert titles(late.person("kim"))[0] == "Quyết định"


def test_my_work_of_the_province_s_own_people_is_how_the_province_stands(late: Stage) -> None:
    for name in ("lanh-dao", "kim"):
        (said,) = late.person(name).says("việc của tôi")
        assert "Quá hạn 2 phần việc" in said
    assert "Chờ xác nhận cơ quan xử lý (1)" in late.person("kim").says("việc của tôi")[0]


def test_what_heads_and_leaders_are_reminded_of_offers_nothing_that_is_refused_to_them(stage: Stage) -> None:
    report(stage.person("lan"), WAREHOUSE)
    report(stage.person("minh"), WAREHOUSE)
    staff = {name: stage.officer(name, agency, role) for name, agency, role in (
        ("truong", "SXD", Role.HEAD), ("lanh-dao", "VPUBND", Role.LEADER),
    )}  # fmt: skip
    taps: dict[str, set[str]] = {name: set() for name in staff}
    for day, hour in ((27, 15), (27, 17), (30, 7), (30, 8), (31, 8), (31, 9), (32, 8), (32, 9)):
        jump(stage, datetime(2026, 11, 1, hour, 1, tzinfo=LOCAL) + timedelta(days=day - 1))
        for name, person in staff.items():
            taps[name] |= {str(button.value) for message in person.got for button in message.buttons}
            person.pushes()
    assert all(taps.values())
    for name, words in taps.items():
        for tap in sorted(words):
            if tap.startswith("http"):
                continue
            said = staff[name].says(tap)
            assert said
            assert not any(no in said[0].lower() for no in REFUSED), (name, tap, said)
            staff[name].says("huỷ")
