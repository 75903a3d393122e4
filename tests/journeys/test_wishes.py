"""What a business wants, said in its own words with no question open: each wish has its answer, none is a dead end."""

import pytest

from tests.journeys.stage import Stage, finish, report
from tests.journeys.test_report_issue import WAREHOUSE
from zalobot.flows import report_issue
from zalobot.store.models import Conversation

ANSWERED = (
    ("dạ em chào anh chị ạ", "Kính chào"),
    ("alo có ai ở đó không ad", "Kính chào"),
    ("dạ em cảm ơn ad nhiều lắm ạ", "Cảm ơn Quý doanh nghiệp"),
    ("kênh này dùng thế nào vậy ad", "Hướng dẫn"),
    ("cho em gặp người thật với, máy trả lời chán quá", "cán bộ trực"),
    ("xóa hết thông tin cá nhân của tôi khỏi hệ thống", "đang giữ của Quý doanh nghiệp"),
    ("tôi muốn khiếu nại quyết định xử phạt số 88", "thuộc khiếu nại"),
    ("can bo thue goi y boi duong 20tr moi cho hoan thue", "thuộc tố cáo"),
    ("kho hàng đang cháy, có người kẹt bên trong", "114"),
    ("VAY VỐN NHANH 24H không thế chấp, lãi suất thấp, LH zalo ngay", "không nhận quảng cáo"),
    ("lũ ăn hại chúng mày ngu như chó", "lời lẽ phù hợp"),
    ("hàng xóm nhà tôi lấn chiếm ranh giới đất, nhờ tỉnh xử", "1022"),
    ("ờ thì", "chưa hiểu"),
    ("?", "chưa hiểu"),
)


@pytest.fixture
def stage(database_url: str):
    made = Stage(database_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.fixture
def quick(sqlite_url: str):
    """On the engine that is quicker to set up: what differs is what is understood."""
    made = Stage(sqlite_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


def test_each_wish_has_its_answer_and_opens_nothing(stage: Stage) -> None:
    replies = {}
    for number, (text, _) in enumerate(ANSWERED):
        person = stage.person(f"person {number}")
        person.agrees()
        replies[text] = person.says(text)
    assert {text: replies[text] for text, part in ANSWERED if part not in " ".join(replies[text])} == {}
    assert stage.tickets() == []


def flow_of(stage: Stage, person: str) -> str:
    return stage.store.read_now(lambda session: session.get_one(Conversation, person).flow)


MATTERS = (
    WAREHOUSE,
    "nghiem thu pccc nop o dau a",
    "mất điện cả ngày nay không ai báo",
    "Khách liên tục khiếu nại khách sạn chúng tôi vì nước máy yếu cả tháng nay, đề nghị xử lý",
    "Bình chữa cháy mới mua bị kết luận không đạt, đề nghị hướng dẫn tiêu chuẩn pccc",
)


@pytest.mark.parametrize("text", MATTERS)
def test_what_may_be_a_matter_begins_a_report_though_it_speaks_of_fire_or_complaining(stage: Stage, text: str) -> None:
    lan = stage.person("lan")
    lan.agrees()
    lan.says(text)
    assert flow_of(stage, "lan") == "report_issue"


def test_asking_how_far_it_is_shows_the_ticket_and_taking_back_asks_once_more(stage: Stage) -> None:
    lan = stage.person("lan")
    report(lan, WAREHOUSE)
    assert "QN-2611-00001" in lan.says("hồ sơ của em xử lý tới đâu rồi ad")[0]
    assert "QN-2611-00001" in lan.says("kiem tra giup ma qn 2611 00001")[0]
    assert "rút" in lan.says("thôi em rút phản ánh, bên sở gọi giải quyết xong rồi")[0].lower()


def test_an_answer_that_does_not_content_shows_the_buttons_to_judge_it(stage: Stage) -> None:
    lan, ha = stage.person("lan"), stage.officer("ha", "SXD")
    report(lan, WAREHOUSE)
    ha.says("Trả lời QN-2611-00001/1")
    ha.says("Được nộp song song, theo Điều 16 Luật số 55/2024/QH15.")
    ha.says("gửi")
    lan.pushes()
    said = lan.says("Trả lời chung chung quá, tôi chưa đồng ý, đề nghị trả lời lại")[0]
    assert "QN-2611-00001/1" in said
    assert "chung chung" in said.lower()


def test_while_an_officer_waits_for_the_persons_answer_any_words_are_that_answer(stage: Stage) -> None:
    lan, ha = stage.person("lan"), stage.officer("ha", "SXD")
    report(lan, WAREHOUSE)
    ha.says("Hỏi thêm QN-2611-00001/1")
    ha.says("Xin gửi số đăng ký kho và ngày nộp hồ sơ.")
    lan.says("quyết định số 12 ngày 3/11, gọi 0912345678")
    assert flow_of(stage, "lan") == "reply"
    assert "114" in stage.person("minh").says("cháy xưởng rồi cứu với")[0]


NOTHING, OPEN, ANSWERED_ONE, ASKED = "nothing", "open", "answered", "asked"
IN_CONTEXT = (
    ("vẫn chưa được", NOTHING, "chưa gửi phản ánh nào"),
    ("vẫn chưa được", OPEN, "Chờ cơ quan nhận"),
    ("vẫn chưa được", ANSWERED_ONE, "đã giải quyết được việc của Quý doanh nghiệp chưa?"),
    ("ok rồi cảm ơn", NOTHING, "Cảm ơn Quý doanh nghiệp"),
    ("ok rồi cảm ơn", ANSWERED_ONE, "Cảm ơn Quý doanh nghiệp"),
    ("hồ sơ tới đâu rồi", NOTHING, "chưa gửi phản ánh nào"),
    ("hồ sơ tới đâu rồi", OPEN, "hạn 17h00"),
    ("hồ sơ tới đâu rồi", ASKED, "Cần trả lời: Kho rộng bao nhiêu mét vuông?"),
    ("chưa giải quyết gì cả", OPEN, "hạn 17h00"),
    ("chưa giải quyết gì cả", ANSWERED_ONE, "đã giải quyết được việc của Quý doanh nghiệp chưa?"),
    ("xong việc rồi ạ", ANSWERED_ONE, "đã giải quyết được việc của Quý doanh nghiệp chưa?"),
    ("thôi em rút lại nhé", NOTHING, "chưa gửi phản ánh nào"),
    ("thôi em rút lại nhé", OPEN, "muốn rút phản ánh QN-2611-00001"),
    ("500m2", ASKED, "xem lại nội dung bổ sung cho QN-2611-00001/1"),
    ("kho rộng năm trăm mét vuông ạ", ASKED, "xem lại nội dung bổ sung cho QN-2611-00001/1"),
    ("any news?", OPEN, "Chờ cơ quan nhận"),
)


@pytest.mark.parametrize(("text", "context", "part"), IN_CONTEXT)
def test_what_is_said_is_understood_by_the_tickets_there_are(quick: Stage, text: str, context: str, part: str) -> None:
    lan, ha = quick.person("lan"), quick.officer("ha", "SXD")
    if context == NOTHING:
        lan.agrees()
    else:
        report(lan, WAREHOUSE)
    if context == ANSWERED_ONE:
        for words in ("Trả lời QN-2611-00001/1", "Được chấp thuận theo Điều 5. Xin nộp lại tại Sở.", "gửi"):
            ha.says(words)
    elif context == ASKED:
        for words in ("Hỏi thêm QN-2611-00001/1", "Kho rộng bao nhiêu mét vuông?"):
            ha.says(words)
    assert part in "\n".join(lan.says(text))


def test_whoever_is_asked_for_a_code_and_tells_a_matter_is_heard(quick: Stage) -> None:
    lan = quick.person("lan")
    lan.agrees()
    assert "Xin gõ mã hồ sơ" in lan.says("tra cứu")[0]
    assert "chưa nhận ra mã" in lan.says("không nhớ")[0]
    assert "tên doanh nghiệp, mã số thuế" in lan.says(WAREHOUSE)[0]


def test_what_may_be_urgent_is_taken_down_with_the_numbers_beside(
    quick: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the words are read today: an emergency that is not sure may be a matter, so it is both."""
    lan = quick.person("lan")
    lan.agrees()
    assert "nguy cấp" not in lan.says(WAREHOUSE)[0]
    lan.says("hủy")
    monkeypatch.setattr(report_issue, "may_be_urgent", lambda found: True)
    (said,) = lan.says(WAREHOUSE)
    assert said.startswith("Nếu đang nguy cấp, xin gọi ngay 112, 113, 114, 115.")
    assert "tên doanh nghiệp, mã số thuế" in said
    assert "nguy cấp" not in lan.says("bỏ qua")[0]


def test_an_emergency_that_was_none_goes_on_with_its_words(quick: Stage) -> None:
    lan = quick.person("lan")
    lan.agrees()
    fire = "kho hàng đang cháy, có người kẹt bên trong, gọi ai bây giờ"
    assert "xin gọi ngay 114" in lan.says(fire)[0].lower()
    lan.says("tiếp tục")
    finish(lan)
    assert [ticket.description for ticket in quick.tickets()] == [fire]


PIECES = ("cty em ở cẩm phả", "bị cắt điện", "3 hôm nay", "ko báo trước", "hư hết hàng")


def test_a_matter_said_in_pieces_without_waiting_loses_none(quick: Stage) -> None:
    lan = quick.person("lan")
    lan.agrees()
    for piece in PIECES:
        lan.says(piece)
    finish(lan)
    (ticket,) = quick.tickets()
    assert ticket.description.split("\n") == list(PIECES)
