"""The whole journey in a real browser, at the width of a phone and of a desk: a business asks, one agency answers, the
other is late.

It goes through the simulator's page against the bot as `zalobot demo --empty` wires it: over HTTP, with signatures.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from tests.journeys.handset import Handset, Window
from zalobot import officers
from zalobot.demo import demo, week
from zalobot.handlers import talking
from zalobot.services import SERVICES
from zalobot.simulator.app import Simulator
from zalobot.store.models import Role

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.chromium

FIRST = "Công ty tôi xây kho ở Móng Cái 2, nộp hồ sơ thẩm định thiết kế thì Sở Xây dựng bảo bổ sung PCCC"
SECOND = "bên PCCC lại bảo chờ Sở Xây dựng thẩm định trước. Gọi tôi: Hoàng Minh Tâm, 0913 000 208"
QUESTION = "Đề nghị công ty cho biết số giấy tiếp nhận hồ sơ thẩm định thiết kế."
REPLY = "Giấy tiếp nhận số 118 ngày 12/11/2026, nộp tại Trung tâm Phục vụ hành chính công tỉnh."
ANSWER = (
    "Kết luận: được. Hai việc nộp song song, không phải chờ nhau. Căn cứ Điều 16 Luật số 55/2024/QH15. "
    "Bước tiếp theo: nộp hồ sơ tại quầy số 7, ghi mã hồ sơ này. Liên hệ tổng đài 1022."
)


class Journey:
    """The bot, the two phones, and what was learned on the way."""

    def __init__(self, application: web.Application, simulator: Simulator, window: Window) -> None:
        self.store, self.now = application[SERVICES].store, application[SERVICES].now
        self.simulator, self.window = simulator, window
        self.business, self.officer = window.phone("dn"), window.phone("cb")
        self.code = ""

    def waits(self, seconds: float) -> None:
        """How long a reply waits for more of the same answer."""
        self.store.info[talking.BURST] = timedelta(seconds=seconds)

    async def staff(self, agency: str, role: Role) -> str:
        """Somebody new on the officer's phone types the one-time code that the administrator made for them."""
        person = await self.officer.becomes("new")
        name = self.simulator.person(person).name
        code = await self.store.run(officers.issue_link_code, agency=agency, name=name, role=role, now=self.now())
        await self.officer.follows()
        await self.officer.hears("có đồng ý không?")
        await self.officer.says(code)
        await self.officer.hears("đã được liên kết với đồng chí", name)
        return person

    async def opened(self, phone: Handset, title: str) -> "Page":
        """The page that a button opens in a tab of its own."""
        async with self.window.context.expect_page() as opening:
            await phone.presses(title)
        tab = await opening.value
        await tab.set_viewport_size({"width": self.window.width, "height": self.window.height})
        await tab.wait_for_selector("h1")
        return tab


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_business_asks_one_agency_answers_the_other_is_late(
    width: int, browser: "Browser", tmp_path: Path
) -> None:
    nobody = week.without_stories(week.load())
    async with demo.started(tmp_path, nobody, burst_seconds=0.1) as (application, simulator):
        pages = application[SERVICES].settings.public_url
        hosts = frozenset(address.partition("://")[2] for address in (simulator.base_url, pages))
        window = Window(browser, width, hosts)
        await window.open(simulator.base_url)
        journey = Journey(application, simulator, window)
        ha, head = await _staff_links(journey)
        await _a_business_follows_and_agrees(journey)
        await _it_writes_what_is_wrong(journey)
        await _it_answers_what_is_asked(journey)
        await _it_sees_it_all_and_sends(journey)
        await _the_officer_takes_it_and_asks(journey, ha)
        await _the_business_replies_and_the_officer_answers(journey)
        await _the_business_judges(journey)
        await _the_other_part_becomes_late(journey, head)
        await _everybody_can_read_it(journey)
        await window.context.close()
        assert list(simulator.world.refused) == []


async def _staff_links(journey: Journey) -> tuple[str, str]:
    await journey.officer.turn_to()
    await journey.window.shows("empty")
    head = await journey.staff("CAT", Role.HEAD)
    ha = await journey.staff("SXD", Role.OFFICER)
    await journey.officer.at_the_end()
    await journey.window.shows("officer-linked")
    return ha, head


async def _a_business_follows_and_agrees(journey: Journey) -> None:
    business = journey.business
    await business.turn_to()
    await business.becomes("new")
    await journey.window.shows("new-business")
    await business.follows()
    await business.hears("Xin không gửi ảnh căn cước", "có đồng ý không?")
    await journey.window.shows("terms")
    await business.presses("Đồng ý")
    await business.hears("đã ghi nhận sự đồng ý")
    await business.says("xin chào")
    await business.hears("mô tả luôn sự việc")
    assert await business.buttons() == ["1. Gửi phản ánh", "2. Tra cứu", "3. Hướng dẫn", "4. Gặp cán bộ", "5. English"]
    await business.at_the_end()
    await journey.window.shows("what-can-be-done")


async def _it_writes_what_is_wrong(journey: Journey) -> None:
    business = journey.business
    await business.presses("Gửi phản ánh")
    await business.hears("nêu rõ")
    journey.waits(30)
    await business.says(FIRST)
    await business.says(SECOND)
    await business.sends_a_photo()
    await journey.simulator.settled()
    await business.at_the_end()
    await journey.window.shows("two-bubbles-and-a-photo")
    await journey.simulator.clock.advance(timedelta(seconds=30))
    await business.hears("Đã nhận 1 tệp", "tên doanh nghiệp, mã số thuế")
    journey.waits(0.1)
    await business.at_the_end()
    await journey.window.shows("one-question")


async def _it_answers_what_is_asked(journey: Journey) -> None:
    business = journey.business
    await business.says("anh Tâm 0913 000 208")
    await business.hears("xem lại trước khi gửi", "Cơ quan: Sở Xây dựng, Công an tỉnh")
    await business.presses("Sửa")
    await business.hears("muốn sửa phần nào")
    await business.presses("Sửa cơ quan")
    await business.hears("Cơ quan dự kiến xử lý: Sở Xây dựng, Công an tỉnh")
    assert await business.buttons() == ["1. Đúng các cơ quan này", "2. Chỉ cơ quan đầu tiên", "3. Cơ quan khác"]
    await business.at_the_end()
    await journey.window.shows("agencies")
    await business.presses("Chỉ cơ quan đầu tiên")
    await business.hears("xem lại trước khi gửi", "Cơ quan: Sở Xây dựng\n", "Liên hệ: anh Tâm, 0913000208", "Tệp: 1")
    await business.at_the_end()
    await journey.window.shows("before-sending")


async def _it_sees_it_all_and_sends(journey: Journey) -> None:
    business = journey.business
    await business.says("sửa cơ quan")
    await business.hears("Cơ quan dự kiến xử lý")
    await business.presses("Đúng các cơ quan này")
    await business.hears("Cơ quan: Sở Xây dựng, Công an tỉnh")
    await business.presses("Gửi")
    sent = await business.hears("Đã tiếp nhận phản ánh QN-2611-", "17h00 Thứ Ba 01/12/2026", "Cách tính hạn")
    journey.code = re.findall(r"QN-2611-\d{5}", sent)[0]
    await business.at_the_end()
    await journey.window.shows("code-and-deadlines")


async def _the_officer_takes_it_and_asks(journey: Journey, ha: str) -> None:
    officer, part = journey.officer, f"{journey.code}/1"
    await officer.turn_to()
    await officer.becomes(ha)
    await officer.hears(f"Phần việc mới {part} của Sở Xây dựng", SECOND, "17h00 Thứ Ba 01/12/2026")
    assert await officer.buttons() == [
        "1. Nhận xử lý",
        "2. Trả lời",
        "3. Không thuộc thẩm quyền",
        "4. Hỏi thêm doanh nghiệp",
        "Mở trên web",
    ]
    await officer.at_the_end()
    await journey.window.shows("push-to-the-officer")
    await journey.window.clock("+1 giờ", "Thứ\u00a0Năm 26/11/2026, giờ làm việc")
    await officer.presses("Nhận xử lý")
    await officer.hears(f"đã nhận xử lý {part}")
    await journey.business.hears("Sở Xây dựng đã nhận xử lý")
    await officer.presses("Hỏi thêm doanh nghiệp")
    await officer.hears(part)
    await officer.says(QUESTION)
    await officer.hears("Thời hạn tạm dừng")
    await officer.at_the_end()
    await journey.window.shows("officer-asks")


async def _the_business_replies_and_the_officer_answers(journey: Journey) -> None:
    business, officer, part = journey.business, journey.officer, f"{journey.code}/1"
    await journey.window.clock("+4 giờ", "Thứ\u00a0Năm 26/11/2026, giờ làm việc")
    await business.turn_to()
    await business.hears(QUESTION, "Thời hạn tạm dừng")
    await business.says(REPLY)
    await business.hears("xem lại nội dung bổ sung", part)
    await business.presses("Gửi")
    await business.hears("Thời hạn tiếp tục", "Thứ Tư 02/12/2026")
    await business.at_the_end()
    await journey.window.shows("business-replies")
    await officer.turn_to()
    await officer.hears(REPLY, "Thời hạn tiếp tục")
    await officer.presses("Trả lời")
    await officer.hears("viết nội dung trả lời", part)
    await officer.says(ANSWER)
    await officer.hears("xem lại nội dung trả lời", ANSWER)
    await officer.at_the_end()
    await journey.window.shows("officer-answers")
    await officer.presses("Gửi")
    await officer.hears("đã được gửi tới doanh nghiệp và công khai")


async def _the_business_judges(journey: Journey) -> None:
    business = journey.business
    await business.turn_to()
    await business.hears(ANSWER, "đã giải quyết được việc")
    assert await business.buttons() == [
        "1. Đã giải quyết",
        "2. Một phần",
        "3. Trả lời chung chung",
        "4. Không đúng câu hỏi",
    ]
    await business.at_the_end()
    await journey.window.shows("answer")
    await business.presses("Đã giải quyết")
    await business.hears("Cảm ơn Quý doanh nghiệp", "được đóng")
    await business.at_the_end()
    await journey.window.shows("verdict")


async def _the_other_part_becomes_late(journey: Journey, head: str) -> None:
    window, officer = journey.window, journey.officer
    await officer.turn_to()
    await officer.becomes(next(one.id for one in journey.simulator.world.people.values() if one.note == "Công an tỉnh"))
    part = f"{journey.code}/2: Chờ cơ quan nhận"
    await window.clock("Ngày làm việc sau", "Thứ\u00a0Sáu 27/11/2026, giờ làm việc")
    await officer.hears_last("Việc sáng 27/11/2026", "Chờ nhận việc (1)", part)
    await window.clock("Ngày làm việc sau", "Thứ\u00a0Hai 30/11/2026, giờ làm việc")
    await officer.hears_last("Việc sáng 30/11/2026", "Đến hạn ngày làm việc tới (1)", part)
    await window.clock("Đến 17:00", "Thứ\u00a0Hai 30/11/2026, ngoài giờ làm việc")
    await officer.turn_to()
    await officer.hears("Nhắc việc:", f"{journey.code}/2 đã qua nửa thời hạn")
    await officer.at_the_end()
    await window.shows("reminders")
    await window.clock("Ngày làm việc sau", "Thứ\u00a0Ba 01/12/2026, giờ làm việc")
    await officer.hears("Việc sáng 01/12/2026", "Đến hạn hôm nay (1)", part)
    await window.clock("Đến 17:00", "Thứ\u00a0Ba 01/12/2026, ngoài giờ làm việc")
    await officer.hears("Sắp đến hạn:", f"{journey.code}/2", "17h00 Thứ Ba 01/12/2026")
    await window.clock("Ngày làm việc sau", "Thứ\u00a0Tư 02/12/2026, giờ làm việc")
    await window.shows("clock")
    await officer.turn_to()
    await officer.hears("Việc sáng 02/12/2026", "Quá hạn (1)", f"{part}, quá hạn")
    await officer.at_the_end()
    await window.shows("overdue")
    await officer.becomes(head)
    await officer.hears_last("Việc sáng 02/12/2026 của Công an tỉnh", "Quá hạn (1)", f"{part}, quá hạn", "lý do chậm")
    assert await officer.buttons() == [f"1. Giải trình {journey.code}/2", "2. Việc của tôi"]
    await officer.at_the_end()
    await window.shows("up-to-the-head")
    await journey.business.turn_to()
    await journey.business.hears("Hệ thống xin lỗi Quý doanh nghiệp", "Công an tỉnh", "đã quá hạn")
    await journey.business.at_the_end()
    await window.shows("business-is-told")


async def _everybody_can_read_it(journey: Journey) -> None:
    tab = await journey.opened(journey.business, "Xem trang công khai")
    await journey.window.shows("ticket", tab)
    await journey.window.shows("ticket-whole", tab, whole=True)
    text = (await tab.locator("main").inner_text()).replace("\u00a0", " ")
    assert "0913 000 208" not in text
    assert "0913000208" not in text
    shown = (journey.code, "Sở Xây dựng", "Công an tỉnh", "số điện thoại", "hỏi thêm doanh nghiệp", ANSWER, "Quá hạn")
    assert [words for words in (*shown, "Đã giải quyết", "Hệ thống báo thủ trưởng") if words not in text] == []
    assert text.index("Phần 1, đồng hồ thứ nhất") < text.index("Phần 2, đồng hồ thứ nhất")
    await tab.goto(tab.url.partition("/hoi-dap")[0] + "/hoi-dap")
    await journey.window.shows("all-tickets", tab)
    await tab.close()
