"""The public pages over real HTTP, at 10:20 on Thu 26/11/2026."""

import re
from html import unescape

import pytest
from sqlmodel import Session

from tests.web.conftest import Town
from tests.web.sample import HOSTILE, PRIVATE, WAREHOUSE, PartSample, add_ticket
from zalobot.figures.words import definitions
from zalobot.web.guard import POLICY

PATHS = [
    "/",
    "/hoi-dap",
    "/co-quan",
    "/co-quan/SXD",
    *(f"/hoi-dap/QN-2611-{n:05d}" for n in (31, 40, 42, 44, 45, 46, 50, 51, 52, 53)),
]


def words(page: str) -> str:
    """The text of a page: without marks, spaces made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def part(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


async def test_the_ticket_page_says_who_has_it_and_until_when(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00042"))
    assert f"QN-2611-00042 Đã trả lời một phần (1/2) {WAREHOUSE} Một doanh nghiệp (không nêu tên)" in text
    assert "Việc phức tạp Thẩm định thiết kế" in text  # the topic, as its officer's page and every list say it
    assert "Sở Xây dựng đang giữ việc, hạn 17:00 Thứ Sáu 27/11" in text
    assert "Sắp đến hạn còn 1 ngày 5 giờ làm việc Hạn 17:00 Thứ Sáu 27/11/2026" in text
    assert "Đã chuyển 1 lượt, từ Ban Quản lý Khu kinh tế. Hạn giữ nguyên." in text
    assert "Đúng hạn trả lời sau 15,8 giờ làm việc 08:47 Thứ Năm 26/11 , trước hạn 1 ngày 6 giờ" in text
    assert "Nhận việc sau 51 phút làm việc." in text
    assert "Kết luận Được. Hai việc nộp song song, không phải chờ nhau. Nội dung Với công trình kho" in text


async def test_the_receipt_tells_how_the_due_time_was_counted(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00042"))
    assert part(text, "Hạn được đếm như thế nào ", " Diễn biến") == (
        "T2 23/11 nhận 09:00 T3 24/11 nghỉ lễ T4 25/11 ngày 1 T5 26/11 ngày 2 T6 27/11 ngày 3, 17:00 "
        "Ngày nhận 23/11 là ngày 0, không tính, dù gửi lúc mấy giờ. "
        "Bỏ qua 24/11, Ngày Văn hóa Việt Nam (văn bản). "
        "Hạn 17:00 Thứ Sáu 27/11/2026 , chung cho cả 2 phần. "
        "Quy tắc Việc phức tạp 3 ngày làm việc (Quyết định số 12/QĐ-UBND), bản 3; lịch bản 2026.7. "
        "Điều 147, 148 Bộ luật Dân sự 2015."
    )


async def test_the_history_is_told_oldest_first(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00042"))
    assert part(text, "Diễn biến ", " Kiểm tra bản này") == (
        "09:00 T2 23/11 Doanh nghiệp gửi phản ánh qua Zalo; Hệ thống cấp mã. #7 "
        "09:00 Chuyển đến Ban Quản lý Khu kinh tế, Công an tỉnh. #8–9 "
        "09:51 Công an tỉnh nhận phần 2. #10 "
        "10:35 Ban Quản lý Khu kinh tế báo phần 1 không thuộc thẩm quyền. Đề nghị Sở Xây dựng. #11 "
        "14:10 Sở Xây dựng nhận phần 1 từ Ban Quản lý Khu kinh tế; hạn không đổi. #12 "
        "T3 24/11 Ngày Văn hóa Việt Nam, nghỉ, không tính "
        "08:47 T5 26/11 Công an tỉnh trả lời phần 2 . #13 "
        "10:20 hôm nay Chờ Sở Xây dựng trả lời."
    )


async def test_an_overdue_part_says_so_in_words(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00031"))
    assert "Quá hạn 1 ngày 2 giờ làm việc Hạn 17:00 Thứ Hai 23/11/2026" in text


async def test_a_paused_part_shows_its_question_and_that_the_business_holds_it(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00045"))
    assert "Doanh nghiệp đang được hỏi thêm" in text
    assert "Tạm dừng từ 15:10 ngày 25/11" in text
    assert "Hỏi doanh nghiệp Quý doanh nghiệp cho biết số hợp đồng thuê đất và kỳ đã nộp?" in text


async def test_a_recounted_due_time_keeps_the_old_one_struck_through(town: Town) -> None:
    page = await town.get("/hoi-dap/QN-2611-00044")
    assert re.search(r"<del><time[^>]*>17:00 Thứ\xa0Hai 30/11/2026</time></del>", page)
    assert re.search(r"</del> <strong><time[^>]*>17:00 Thứ\xa0Ba 01/12/2026</time></strong>", page)
    assert (
        "Tính lại lúc 10:00 ngày 26/11 : thêm ngày nghỉ 27/11. Hai bên đã được báo một lần. "
        "Cách tính cũ đếm 26/11, 27/11, 30/11, lịch bản 2026.7."
    ) in words(page)


async def test_a_simple_matter_shows_the_hours_that_were_counted(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00050"))
    assert "Nhận lúc 14:00 Thứ Tư 25/11/2026 . Giờ được tính 25/11: 14:00–17:00; 26/11: 07:30–08:30. Hạn 08:30" in text


async def test_the_history_of_a_closed_ticket_ends_with_its_last_event(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00040"))
    assert part(text, "Diễn biến ", " Kiểm tra bản này") == (
        "T7 – CN 21–22/11 Nghỉ hằng tuần, không tính 09:20 T2 23/11 Đóng hồ sơ. #6"
    )


async def test_a_sealed_ticket_shows_agency_topic_times_and_state_only(town: Town) -> None:
    text = words(await town.get("/hoi-dap/QN-2611-00046"))
    assert "Phản ánh không công khai nội dung: Hỗ trợ doanh nghiệp" in text
    assert "Sở Tài chính đã trả lời 08:00 ngày 26/11" in text
    for hidden in ("Bị ép nộp", "Câu trả lời riêng", "Câu hỏi riêng", "Lý do riêng", "Công ty Kho vận"):
        assert hidden not in text


async def test_a_ticket_that_was_joined_to_another_leads_to_it(town: Town) -> None:
    def joined(session: Session) -> None:
        for number, tier in ((93, "no_name"), (94, "sealed")):
            columns = {"state": "merged", "merged_into": "QN-2611-00042", "tier": tier}
            add_ticket(session, number, "x", "2026-11-24 09:00", PartSample("CA", "merged"), **columns)

    town.write(joined)
    other = '<a href="/hoi-dap/QN-2611-00042">QN-2611-00042</a>'
    assert f"được trả lời ở {other}." in await town.get("/hoi-dap/QN-2611-00093")
    assert other not in await town.get("/hoi-dap/QN-2611-00094"), "its words would say what was sealed"


async def test_an_agency_that_has_to_answer_again_is_said_to_have_answered(town: Town) -> None:
    again = {"answer": "x", "verdict": "generic", "clock": 2}
    town.write(lambda session: add_ticket(session, 92, "x", "2026-11-24 09:00", PartSample("CA", "reopened", again)))
    text = words(await town.get("/hoi-dap/QN-2611-00092"))
    assert "Đang giữ việc: Công an tỉnh, đã trả lời lần trước, chưa bấm nhận làm lại." in text


async def test_what_is_written_in_another_language_says_which(town: Town) -> None:
    text = "How long does it take to renew a work permit and where do we submit the dossier?"

    def strange(session: Session) -> None:
        add_ticket(session, 91, text, "2026-11-26 09:00", PartSample("SXD", "waiting"))

    town.write(strange)
    for path in ("/hoi-dap/QN-2611-00091", "/hoi-dap"):
        assert '<span lang="en">How long does it take' in await town.get(path)
    assert 'lang="en"' not in await town.get("/hoi-dap/QN-2611-00042")


async def test_the_name_of_a_business_is_shown_only_where_it_agreed(town: Town) -> None:
    named = words(await town.get("/hoi-dap/QN-2611-00040"))
    unnamed = words(await town.get("/hoi-dap/QN-2611-00031"))
    assert ("Công ty Kho vận Kín" in named, "Công ty Kho vận Kín" in unnamed) == (True, False)


@pytest.mark.parametrize("path", [*PATHS, "/hoi-dap?tt=late", "/tim?ma=abc", "/khong-co"])
async def test_private_text_reaches_no_public_surface(town: Town, path: str) -> None:
    async with town.http.get(town.address + path) as answer:
        surface = await answer.text() + str(answer.headers)
    for private in PRIVATE:
        assert private not in surface


@pytest.mark.parametrize("path", ["/", "/hoi-dap", "/hoi-dap/QN-2611-00052"])
async def test_hostile_text_is_shown_literally(town: Town, path: str) -> None:
    page = await town.get(path)
    assert " ".join(HOSTILE.split()) in words(page.replace("<script>", "!").replace("<img", "!"))
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_is_small_and_has_no_inline_style_or_script(town: Town, path: str) -> None:
    page = await town.get(path)
    sheet = await town.get("/static/zalobot.css")
    assert re.findall(r"\sstyle=|<style|<script|\son\w+=\"", page.replace("onerror=alert", "")) == []
    assert len(page.encode()) + len(sheet.encode()) < 100_000


@pytest.mark.parametrize("path", PATHS)
async def test_every_instant_carries_its_offset(town: Town, path: str) -> None:
    stamps = re.findall(r'<time datetime="([^"]*)"', await town.get(path))
    assert stamps
    assert [stamp for stamp in stamps if not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\+07:00)?", stamp)] == []


@pytest.mark.parametrize("path", ["/", "/hoi-dap", "/khong-co", "/static/zalobot.css", "/healthz", "/giao-dien"])
async def test_every_answer_carries_the_policy(town: Town, path: str) -> None:
    async with town.http.get(town.address + path, allow_redirects=False) as answer:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_first_page_counts_open_due_and_overdue_parts(town: Town) -> None:
    text = words(await town.get("/"))
    figures = part(text, "Lúc này ", " Vừa được trả lời")
    assert figures == (
        "Đang xử lý 6 phần việc Đến hạn hôm nay 1 phần việc Đang quá hạn 1 ở 1 cơ quan "
        f"Trả lời đúng hạn, 90 ngày qua 1 trên 2 phần việc Cách tính {definitions()['on_time'].how} Từng cơ quan"
    )


async def test_the_first_page_counts_the_due_time_of_an_issue_sent_today(town: Town) -> None:
    text = words(await town.get("/"))
    assert (
        "T5 26/11 ngày gửi T6 27/11 ngày 1 T7 28/11 nghỉ CN 29/11 nghỉ T2 30/11 ngày 2 T3 01/12 ngày 3, 17:00" in text
    )


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/hoi-dap", [53, 52, 51, 50, 46, 45, 44, 42, 40, 31]),
        ("/hoi-dap?cq=SNNMT", [45, 31]),
        ("/hoi-dap?cq=SNNMT&tt=late", [31]),
        ("/hoi-dap?tt=answered", [52, 50, 40]),
        ("/hoi-dap?lv=land", [45, 31]),
        ("/hoi-dap?tt=open&lv=build", [53, 42]),
        ("/hoi-dap?lv=dat-dai", [45, 31]),
        ("/hoi-dap?lv=ho-tro", [51, 50, 46, 44]),
        ("/hoi-dap?cq=%27%3BDROP", [53, 52, 51, 50, 46, 45, 44, 42, 40, 31]),
        ("/hoi-dap?truoc=QN-2611-00042", [40, 31]),
        ("/hoi-dap?sau=QN-2611-00051", [53, 52]),
    ],
)
async def test_the_list_is_newest_first_and_can_be_narrowed(town: Town, path: str, codes: list[int]) -> None:
    found = re.findall(r'class="q-t" href="/hoi-dap/QN-2611-0*(\d+)"', await town.get(path))
    assert [int(code) for code in found] == codes


@pytest.mark.parametrize("typed", ["QN-2611-00042", "qn 2611 42", "QN261100042", "2611-00042", "QN-2611-00042/1"])
async def test_a_code_is_found_however_it_is_typed(town: Town, typed: str) -> None:
    async with town.http.get(town.address + "/tim", params={"ma": typed}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/hoi-dap/QN-2611-00042")


async def test_an_unknown_code_is_said_to_be_unknown(town: Town) -> None:
    assert "Không tìm thấy hồ sơ “QN-2611-99999”." in words(await town.get("/hoi-dap/QN-2611-99999", 404))
    assert "Không tìm thấy hồ sơ “<b>x”." in words(await town.get("/tim?ma=%3Cb%3Ex", 404))


async def test_a_page_that_is_not_there_says_so(town: Town) -> None:
    assert "Không tìm thấy trang" in words(await town.get("/khong-co", 404))


async def test_a_fault_has_a_code_to_quote_and_tells_nothing_else(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.store._readers.shutdown()
    text = words(await town.get("/hoi-dap", 500))
    number = re.search(r"Mã lỗi ([0-9A-F]{4}) \.", text)
    assert number
    assert f"fault {number[1]} at GET /hoi-dap" in caplog.text
    assert "RuntimeError" not in text


async def test_the_theme_is_kept_in_a_cookie_and_nobody_is_led_away(town: Town) -> None:
    async with town.http.get(town.address + "/giao-dien?nen=dark&ve=//evil.example", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"
        assert answer.cookies["giao_dien"].value == "dark"
    page = await town.get("/hoi-dap", cookies={"giao_dien": "dark"})
    assert '<html lang="vi" class="dark">' in page


async def test_a_made_up_theme_is_ignored(town: Town) -> None:
    assert '<html lang="vi">' in await town.get("/hoi-dap", cookies={"giao_dien": '"><b>'})
