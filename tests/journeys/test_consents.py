"""Three consents, each asked, proved and taken back for itself: handling, the name in public, notices."""

from datetime import datetime, timedelta

import pytest

from tests.journeys.stage import Stage, finish, report
from tests.journeys.test_at_once import CLOGGED, THE_SAME, reported
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot import consents
from zalobot.channel_policy import policy
from zalobot.channels import keeping
from zalobot.store.models import Conversation, Purpose, Tier
from zalobot.store.queries import stories
from zalobot.workdays import LOCAL

WHO = "Công ty TNHH Hải Long, 5701880016, kho bãi, phường Móng Cái 2, chị Lan 0912 345 678"


def said(stage: Stage, who: str = "lan") -> list[tuple[str, bool, str]]:
    """What was answered, the oldest first: for what, yes or no, about which ticket."""
    rows = stage.store.read_now(consents.answers, who)
    return [(str(row.purpose), row.given, row.about) for row in reversed(rows)]


def stands(stage: Stage, who: str = "lan") -> list[str]:
    talk = stage.store.read_now(lambda session: session.get_one(Conversation, who))
    return [str(purpose) for purpose in consents.given(talk)]


def named(stage: Stage, code: str) -> str:
    story = stage.store.read_now(stories.story, code)
    assert story is not None
    return story.ticket.business_name


def test_a_yes_without_having_read_the_terms_is_none(stage: Stage) -> None:
    lan = stage.person("lan")
    (asked,) = lan.says("đồng ý")
    assert "có đồng ý không?" in asked
    assert said(stage) == []
    assert "ghi nhận sự đồng ý" in lan.says("đồng ý")[0]
    (proof,) = stage.store.read_now(consents.answers, "lan")
    assert (proof.person_id, proof.given, proof.version, proof.at) == (
        "lan",
        True,
        consents.VERSIONS[Purpose.HANDLING],
        stage.now,
    )
    assert proof.words == asked


def test_the_terms_are_read_once_an_hour_and_proved_in_full(stage: Stage) -> None:
    lan = stage.person("lan")
    (terms,) = lan.says("xin chào")
    (again,) = lan.says("alo")
    assert again.endswith("Gõ 1 Đồng ý, 2 Không đồng ý, 3 English.")
    assert len(again) < len(terms) / 2
    lan.says("đồng ý")
    (proof,) = stage.store.read_now(consents.answers, "lan")
    assert proof.words == terms
    huy = stage.person("huy")
    assert huy.says("xin chào") == [terms]
    stage.now += timedelta(hours=1)
    assert huy.says("xin chào") == [terms]


def test_the_words_that_are_proved_are_those_in_the_language_they_were_read_in(stage: Stage) -> None:
    nam = stage.person("nam")
    (asked,) = nam.says("Good morning, could you tell me how this channel works?")
    asked = nam.says("hello")[0] if "Do you agree?" not in asked else asked
    nam.says("I agree")
    (proof,) = stage.store.read_now(consents.answers, "nam")
    assert (proof.words, proof.language) == (asked, "en")


def test_a_report_with_the_name_is_a_yes_for_that_ticket_and_without_is_none(stage: Stage) -> None:
    lan = stage.person("lan")
    first = report(lan, WAREHOUSE, who=WHO)
    assert said(stage) == [("handling", True, "")]  # nothing was asked of the name, so it is not public
    assert named(stage, first) == ""
    lan.says("bai thai mo than ngay canh nha may nuoc cua cty toi o mong duong xa bui va nuoc den, de nghi kiem tra")
    lan.says("việc mới")
    finish(lan, until="xem lại")
    lan.says("sửa công khai")
    lan.says("2")
    assert "Đã tiếp nhận" in lan.says("gửi")[0]
    second = stage.tickets()[-1].code
    assert said(stage)[1:] == [("naming", True, second)]
    assert stands(stage) == ["handling", "naming"]
    assert named(stage, second) == "Công ty TNHH Hải Long"
    (proof, *_) = stage.store.read_now(consents.answers, "lan")
    assert "hình thức nào" in proof.words


def test_who_does_not_want_the_name_in_public_is_served_like_everybody(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says(WHO)
    for words in ("sửa công khai", "1"):
        lan.says(words)
    assert "Đã tiếp nhận" in lan.says("gửi")[0]
    (ticket,) = stage.tickets()
    assert ticket.tier is Tier.NO_NAME
    assert said(stage)[1:] == [("naming", False, ticket.code)]


def test_the_name_alone_is_taken_back_and_the_page_forgets_it(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(WAREHOUSE)
    lan.says(WHO)
    for words in ("sửa công khai", "2", "gửi"):
        lan.says(words)
    (ticket,) = stage.tickets()
    assert named(stage, ticket.code) == "Công ty TNHH Hải Long"
    (which,) = lan.says("rút đồng ý")
    assert "1. Xử lý phản ánh\n2. Nêu tên doanh nghiệp công khai" in which
    assert "gỡ khỏi các hồ sơ" in lan.says("2")[0]
    assert named(stage, ticket.code) == "Công ty TNHH Hải Long"
    assert "không còn trên trang công khai" in lan.says("1")[0]
    assert named(stage, ticket.code) == ""
    assert stands(stage) == ["handling"]
    story = stage.store.read_now(stories.story, ticket.code)
    assert story is not None
    assert [event.kind for event in story.events][-1] == "unnamed"


def test_notices_are_asked_once_after_sending_and_need_no_answer(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE, who=WHO)
    (sent,) = lan.texts()
    assert "muốn nhận thêm nhắc việc" in sent
    assert lan.buttons()[-2:] == ["2. Nhận thông báo", "3. Không nhận thêm"]
    assert "nhận thông báo" in lan.says("có")[0]
    assert stands(stage) == ["handling", "notices"]
    (proof, *_) = stage.store.read_now(consents.answers, "lan")
    assert proof.words == sent
    report(lan, "Xe tải đổ đất làm hỏng đường vào xưởng của công ty ở phường Hà Tu, đề nghị xử lý", who=WHO)
    assert "muốn nhận thêm" not in lan.texts()[-1]


@pytest.mark.parametrize("words", ["3", "không", "Dừng thông báo", "không nhận thông báo"])
def test_a_no_to_notices_is_kept_and_can_be_taken_back(stage: Stage, words: str) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE, who=WHO)
    assert "không gửi thông báo" in lan.says(words)[0]
    assert said(stage)[-1] == ("notices", False, "")
    assert "Quý doanh nghiệp có muốn nhận không?" in lan.says("nhận thông báo")[0]
    assert "nhận thông báo" in lan.says("1")[0]
    assert stands(stage) == ["handling", "notices"]
    lan.says("dữ liệu của tôi")
    day = "24/11/2026" if stage.now.day == 24 else "23/11/2026"
    assert f"- Nhận thông báo: đồng ý {day}" in lan.texts()[0]


def test_a_plain_no_later_is_no_answer_to_notices(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE, who=WHO)
    lan.says("của tôi")
    lan.says("không")
    assert said(stage) == [("handling", True, "")]


@pytest.mark.parametrize("wanted", [True, False])
def test_without_notices_no_draft_is_nudged_and_no_window_kept_but_the_answer_comes(stage: Stage, wanted: bool) -> None:
    lan, ha = stage.person("lan"), stage.officer("ha", "SXD")
    report(lan, WAREHOUSE, who=WHO)
    if not wanted:
        lan.says("dừng thông báo")
    lan.says("bai thai mo than ngay canh nha may nuoc cua cty toi o mong duong xa bui va nuoc den, de nghi kiem tra")
    lan.says("việc mới")
    lan.pushes()
    stage.now += timedelta(hours=25)
    stage.later(minutes=10)
    assert any("viết dở" in text for text in lan.pushes()) is wanted
    stage.now = datetime(2026, 11, 29, 20, 40, tzinfo=LOCAL)  # Zalo's window closes in the night
    stage.store.run_now(keeping.keep, stage.now, policy())
    stage.send()
    assert any("Zalo chỉ cho phép" in text for text in lan.pushes()) is wanted
    ha.says("Trả lời QN-2611-00001/1")
    ha.says("Được chấp thuận theo Điều 5. Xin nộp lại tại Sở, liên hệ chị Hà.")
    ha.says("gửi")
    assert any("Được chấp thuận" in text for text in lan.pushes())


@pytest.mark.parametrize("wanted", [True, False])
def test_joining_is_a_yes_to_that_matter_unless_notices_were_refused(stage: Stage, wanted: bool) -> None:
    code = reported(stage.person("an"), CLOGGED)
    other = stage.person("bình")
    other.agrees()
    if not wanted:
        other.says("dừng thông báo")
    other.says(THE_SAME)
    (joined,) = other.says("Tôi cũng gặp")
    assert ("báo ngay tại đây" in joined) is wanted
    assert ('gõ "nhận thông báo"' in joined) is not wanted
    assert (("notices", True, code) in said(stage, "bình")) is wanted
    agency = stage.parts()[0].agency
    ha = stage.officer("ha", agency)
    other.pushes()
    ha.says(f"Nhận {code}/1")
    assert bool(other.pushes()) is wanted
    assert stage.person("an").pushes()


def test_a_yes_to_handling_taken_back_leaves_the_others(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE, who=WHO)
    lan.says("có")
    lan.says("rút đồng ý")
    assert "có chắc không" in lan.says("Xử lý phản ánh")[0]
    assert "Đã rút đồng ý" in lan.says("1")[0]
    assert stands(stage) == ["notices"]
    assert "không gửi thông báo" in lan.says("rút đồng ý")[0]
    assert stands(stage) == []
    assert [row[:2] for row in said(stage)] == [
        ("handling", True),
        ("notices", True),
        ("handling", False),
        ("notices", False),
    ]


def test_everything_that_is_to_be_known_is_told_to_whoever_asks(stage: Stage) -> None:
    lan = stage.person("lan")
    lan.says("xin chào")
    (told,) = lan.says("quyền riêng tư")
    for words in ("mã số thuế", "thống kê", "lãnh đạo", "Zalo", "khi còn cần", "rút từng đồng ý", "căn cước"):
        assert words in told
    lan.says("đồng ý")
    (proof,) = stage.store.read_now(consents.answers, "lan")
    assert proof.words == told


def test_erasing_a_person_erases_the_proofs(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE, who=WHO)
    lan.says("xoá dữ liệu")
    lan.says("xóa hết")
    assert said(stage) == []
