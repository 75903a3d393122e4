"""What messages want, what they are about and whose they are, with the words that decided."""

import pytest

from zalobot.decided import example
from zalobot.province import load
from zalobot.understanding import Context, Intent, Reader, Understanding

READER = Reader(load("quang-ninh"))


def read(text: str) -> Understanding:
    return READER.read(text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("tôi muốn khiếu nại quyết định số 12", Intent.COMPLAINT),
        ("dịch vụ chậm quá, công ty rất bức xúc, đề nghị chấn chỉnh", Intent.REPORT),
        ("khách hàng khiếu nại khách sạn chúng tôi vì mất nước, đề nghị xử lý", Intent.REPORT),
        ("cán bộ đòi tiền mới ký hồ sơ", Intent.DENUNCIATION),
        ("lớp bồi dưỡng nghiệp vụ kế toán khi nào mở ạ", Intent.QUESTION),
        ("bị đối thủ dọa tố cáo lên mạng, đề nghị hướng dẫn doanh nghiệp", Intent.REPORT),
        ("xưởng đang cháy", Intent.EMERGENCY),
        ("hệ thống báo cháy lắp xong hai tháng chưa được nghiệm thu", Intent.REPORT),
        ("hàng cháy rồi mà nguồn nhập qua cửa khẩu chậm quá", Intent.REPORT),
        ("công nhân ngất xỉu hàng loạt trong xưởng", Intent.EMERGENCY),
        ("cảm ơn nhưng chưa xong đâu ạ, mở lại giúp em", Intent.REOPEN),
        ("cảm ơn ad nhiều", Intent.THANKS),
        ("hs em gui hom qua den dau roi", Intent.LOOK_UP),
        ("em bổ sung thêm biên bản", Intent.ADDITION),
        ("4 sao nhé", Intent.VERDICT),
        ("thôi em rút phản ánh", Intent.WITHDRAW),
        ("cho gặp người thật", Intent.PERSON),
        ("kênh này dùng thế nào", Intent.HELP),
        ("xóa dữ liệu của tôi", Intent.MY_DATA),
        ("chào ad", Intent.GREETING),
        ("vay tiền nhanh không thế chấp lh zalo", Intent.SPAM),
        ("lũ ăn hại", Intent.ABUSE),
        ("giá vàng hôm nay bao nhiêu", Intent.OUT_OF_SCOPE),
        ("???", Intent.UNCLEAR),
        ("", Intent.UNCLEAR),
    ],
)
def test_what_a_message_wants(text: str, intent: Intent) -> None:
    assert read(text).intent is intent


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("dn em xin hoi thu tuc pccc kho 500m2, nop o dau a?", "CAT"),
        ("hoàn thuế gtgt sáu tháng chưa có", "THUE"),
        ("xin giấy phép xây dựng nhà kho", "SXD"),
        ("xin giấy phép xây dựng nhà xưởng trong kcn Đông Mai", "BQLKKT"),
        ("xin c/o form e cho lô hàng gỗ", "SCT"),
        ("hàng thủy sản chờ kiểm dịch hai ngày", "SNNMT"),
        ("đăng ký hộ kinh doanh ở phường", "UBND_XP"),
        ("quỹ bảo lãnh tín dụng còn hoạt động không", "STC"),
        ("đổi giấy phép lái xe hạng c", "CAT"),
        ("thi hành án chậm, chưa thu được tiền theo bản án", "THADS"),
        ("chính sách cho doanh nghiệp vùng đồng bào dân tộc thiểu số", "SDTTG"),
    ],
)
def test_whose_a_matter_is(text: str, lead: str) -> None:
    assert read(text).agencies[0].code == lead


def test_the_words_that_decided_are_named_as_they_were_typed() -> None:
    found = read("xin nghiem thu pccc nha xuong")
    assert "nghiem thu pccc" in found.agencies[0].words
    assert "nghiem thu pccc" in found.topics[0].words
    assert read("tôi muốn khiếu nại quyết định số 12").words[0] in "tôi muốn khiếu nại quyết định số 12"


def test_several_agencies_are_proposed_where_the_text_shows_them() -> None:
    found = read("thẩm định thiết kế thì sở xây dựng bảo sang pccc, công an pccc lại bảo về sở xây dựng")
    assert set(found.proposed) == {"SXD", "CAT"}
    assert read("hóa đơn điện tử ghi sai tên người mua thì hủy hay điều chỉnh").proposed == ("THUE",)


def test_what_is_not_clear_is_not_guessed_and_three_are_named() -> None:
    found = read("việc bên em nhờ hôm nọ mãi không xong")
    assert (found.sure, found.proposed, len(found.agencies)) == (False, (), 3)


def test_a_decision_counts_from_the_next_message_on_and_says_why() -> None:
    text = "Bến thủy nội địa của hợp tác xã xin cấp phép đón khách tham quan rừng ngập mặn"
    reader = READER.with_examples([example(text, ["BQLVHL", "SXD"], "du_lich")])
    found = reader.read(text.replace("của hợp tác xã", "của HTX chúng tôi"))
    assert (found.proposed, found.sure, found.topics[0].code) == (("BQLVHL", "SXD"), True, "du_lich")
    assert "ngập" in found.agencies[0].words
    assert reader.read("hoàn thuế gtgt sáu tháng chưa có").proposed == ("THUE",)
    assert READER.read(text).proposed != ("BQLVHL", "SXD")


def test_the_newest_of_two_decisions_on_one_text_counts() -> None:
    text = "Kho ở Móng Cái chưa được thẩm định thiết kế, chờ ba tháng rồi"
    reader = READER.with_examples([example(text, ["SXD"])]).with_examples([example(text, ["BQLKKT"])])
    assert reader.read(text).proposed == ("BQLKKT",)


def test_a_decision_for_an_agency_without_work_is_not_followed() -> None:
    text = "Kho ở Móng Cái chưa được thẩm định thiết kế, chờ ba tháng rồi"
    assert READER.with_examples([example(text, ["GONE"])]).read(text).proposed != ("GONE",)


def test_what_the_persons_tickets_say_is_heard() -> None:
    text = "cũng tạm được"
    with_answer, without = Context(open_tickets=0, answered=1), Context(open_tickets=0, answered=0)
    assert READER.read(text, without).intent is not Intent.VERDICT
    judged, plain = READER.read("tạm được, 4 sao", with_answer), READER.read("tạm được, 4 sao")
    assert (judged.intent, judged.confidence >= plain.confidence) == (Intent.VERDICT, True)


def test_the_class_is_that_of_the_likeliest_topic() -> None:
    assert read("hóa đơn điện tử ghi sai tên người mua thì hủy hay điều chỉnh").klass == "simple"
    assert read("hoàn thuế gtgt sáu tháng chưa có").klass == "hard"
