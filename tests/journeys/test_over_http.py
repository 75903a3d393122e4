"""The whole journey in words, without a browser: over HTTP, with signatures, on a network that loses and repeats."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlmodel import col, select

from tests.drawn import without_drawn
from zalobot import officers
from zalobot.demo import demo, week
from zalobot.handlers import talking
from zalobot.services import SERVICES, Services
from zalobot.simulator.app import Effect, Simulator
from zalobot.simulator.app import Role as Side
from zalobot.simulator.phone import Phone
from zalobot.store.blobs import BlobStore
from zalobot.store.models import Attachment, AttachmentState, OutboxMessage, OutboxState, Part, PartState, Role, Ticket

FIRST = "Công ty tôi xây kho ở Móng Cái 2, nộp hồ sơ thẩm định thiết kế thì Sở Xây dựng bảo bổ sung PCCC,"
SECOND = "bên PCCC lại bảo chờ Sở Xây dựng thẩm định trước. Gọi tôi: 0913 000 208."
QUESTION = "Đề nghị công ty cho biết số giấy tiếp nhận hồ sơ."
ANSWER = "Kết luận: được. Hai việc nộp song song. Căn cứ Điều 16 Luật số 55/2024/QH15. Liên hệ tổng đài 1022."
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@dataclass
class Town:
    """The bot, the pretended Zalo, and two people with their phones."""

    application: web.Application
    sim: Simulator
    lan: Phone
    ha: Phone
    head: Phone

    @property
    def services(self) -> Services:
        return self.application[SERVICES]

    def waits(self, seconds: float) -> None:
        """How long a reply waits for more of the same answer."""
        self.services.store.info[talking.BURST] = timedelta(seconds=seconds)

    def rows(self, model: Any) -> list[Any]:
        """All rows of a table, in order."""
        return self.services.store.read_now(lambda s: list(s.exec(select(model).order_by(col(model.id)))))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of the database; TimeoutError after twenty seconds."""
        async with asyncio.timeout(20):
            while not holds():
                await self.sim.world.changed(0.05)

    async def settled(self) -> None:
        """Wait until nothing is on its way in or out, and nothing is unknown."""
        await self.sim.settled(0.1)
        await self.until(lambda: {row.state for row in self.rows(OutboxMessage)} == {OutboxState.SENT})

    async def page(self, path: str) -> str:
        """A public page, as text."""
        async with ClientSession() as http, http.get(self.services.settings.public_url + path) as answer:
            assert answer.status == 200
            return (await answer.text()).replace("\u00a0", " ")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The demo's wiring with nobody having written; an officer and a head have linked their phones."""
    nobody = week.without_stories(week.load())
    async with demo.started(tmp_path, nobody, burst_seconds=0.1) as (application, sim):
        phones = [
            Phone(sim, sim.add_person(name, side), seconds=20)
            for name, side in (("Lan", Side.BUSINESS), ("Lê Thu Hà", Side.OFFICER), ("Vũ Minh Quân", Side.OFFICER))
        ]
        made = Town(application, sim, *phones)
        await links(made, made.ha, "SXD", Role.OFFICER)
        await links(made, made.head, "CAT", Role.HEAD)
        yield made


async def links(town: Town, phone: Phone, agency: str, role: Role) -> None:
    name, now = phone.person.name, town.services.now()
    code = await town.services.store.run(officers.issue_link_code, agency=agency, name=name, role=role, now=now)
    await phone.follows()
    (linked,) = await phone.says(code)
    assert linked.startswith(f"Tài khoản Zalo này đã được liên kết với đồng chí {name}")


async def reports(town: Town) -> str:
    """From following to the code, in which everything goes wrong that can go wrong on the way."""
    lan = town.lan
    assert "có đồng ý không?" in (await lan.follows())[0]
    assert "đã ghi nhận sự đồng ý" in (await lan.presses("Đồng ý"))[0]
    assert "mô tả luôn sự việc" in (await lan.says("xin chào"))[0]
    assert "nêu rõ" in (await lan.presses("Gửi phản ánh"))[0]
    await writes_in_two_bubbles_delivered_three_times(town)
    town.sim.grant.revoke()  # somebody else has refreshed: the bot's access token is refused with -216
    await town.sim.sends_file(lan.person, PDF, "phieu-yeu-cau.pdf")
    assert "Đã nhận 1 tệp" in (await lan.hears())[0]
    assert town.sim.grant.refreshes == 1
    assert (await lan.says("hả"))[0].endswith('Không muốn để lại thì gõ "bỏ qua".\n\nGõ 1 Bỏ qua.')
    seen = (await lan.says("chị Lan 0912 000 345"))[0]
    assert all(part in seen for part in (FIRST, SECOND, "Liên hệ: chị Lan, 0912000345", "Tệp: 1"))
    sent = (await lan.says("1"))[0]
    assert sent.count("17h00 Thứ Ba 01/12/2026") == 2
    return re.findall(r"QN-2611-\d{5}", sent)[0]


async def writes_in_two_bubbles_delivered_three_times(town: Town) -> None:
    town.sim.faults.start(Effect.REPEAT, times=3)
    town.waits(60)
    await asyncio.gather(*(town.sim.says(town.lan.person, text) for text in (FIRST, SECOND)))
    town.sim.faults.stop()
    town.waits(0.1)
    await town.sim.clock.advance(timedelta(seconds=60))
    assert "tên doanh nghiệp, mã số thuế" in (await town.lan.hears())[0]


async def is_asked_and_answered(town: Town, code: str) -> None:
    """The officer takes the part, asks, hears the reply and answers; Zalo's answer to the last sending gets lost."""
    lan, ha = town.lan, town.ha
    assert (await ha.hears())[0].startswith(f"Phần việc mới {code}/1 của Sở Xây dựng")
    assert ha.buttons == [
        *("1. Nhận xử lý", "2. Trả lời", "3. Không thuộc thẩm quyền", "4. Hỏi thêm doanh nghiệp"),
        "Mở trên web",
    ]
    assert f"đã nhận xử lý {code}/1" in (await ha.presses("Nhận xử lý"))[0]
    assert "Sở Xây dựng đã nhận xử lý" in (await lan.hears())[0]
    assert f"{code}/1" in (await ha.presses("Hỏi thêm doanh nghiệp"))[0]
    assert "Thời hạn tạm dừng" in (await ha.says(QUESTION))[0]
    assert QUESTION in (await lan.hears())[0]
    await town.sim.clock.advance(timedelta(hours=1))
    assert "xem lại nội dung bổ sung" in (await lan.says("Giấy tiếp nhận số 118 ngày 12/11/2026, tại quầy số 7."))[0]
    assert "Thời hạn tiếp tục" in (await lan.says("gửi"))[0]
    assert "Giấy tiếp nhận số 118" in (await ha.hears())[0]
    assert "viết nội dung trả lời" in (await ha.says(f"tra loi {code}/1"))[0]
    assert ANSWER in (await ha.says(ANSWER))[0]
    town.sim.faults.start(Effect.ANSWER_LOST, count=1)
    assert "đã được gửi tới doanh nghiệp và công khai" in (await ha.says("1"))[0]
    assert ANSWER in (await lan.hears())[0]
    await town.settled()


async def the_head_is_told_each_morning(town: Town, code: str) -> None:
    """One digest a working day, each naming the part that nobody takes up under how near its deadline is."""
    due = "Chờ cơ quan nhận, hạn 17h00 Thứ Ba 01/12/2026"
    for day, group, state in (
        ("27/11/2026", "Chờ nhận việc", due),
        ("30/11/2026", "Đến hạn ngày làm việc tới", due),
        ("01/12/2026", "Đến hạn hôm nay", due),
        ("02/12/2026", "Quá hạn", "Chờ cơ quan nhận, quá hạn 30 phút làm việc"),
    ):
        await town.sim.clock.to(town.sim.settings.week.next_morning(town.sim.clock.now()))
        (digest,) = await town.head.hears()
        assert digest.startswith(f"Việc sáng {day} của Công an tỉnh")
        assert f"{group} (1):\n{code}/2: {state}\n" in digest
    assert "lý do chậm và ngày trả lời mới" in digest
    assert town.head.buttons == [f"1. Giải trình {code}/2", "2. Việc của tôi"]


async def test_the_journey_survives_what_a_network_does(town: Town) -> None:
    code = await reports(town)
    await is_asked_and_answered(town, code)
    lan = town.lan
    assert "được đóng" in (await lan.presses("Đã giải quyết"))[0]
    assert [ticket.code for ticket in town.rows(Ticket)] == [code]
    assert [(part.code, part.state) for part in town.rows(Part)] == [
        (f"{code}/1", PartState.CLOSED),
        (f"{code}/2", PartState.WAITING),
    ]
    await the_head_is_told_each_morning(town, code)
    assert (await lan.hears())[0].startswith(f"Hệ thống xin lỗi Quý doanh nghiệp: phần trả lời {code}/2")
    page = await town.page(f"/hoi-dap/{code}")
    assert [words for words in ("Đã giải quyết", ANSWER, "Quá hạn", "hỏi thêm doanh nghiệp") if words not in page] == []
    assert [number for number in ("0913", "0912") if number in without_drawn(page)] == []


async def test_what_was_said_was_said_once_and_the_file_is_kept(town: Town) -> None:
    code = await reports(town)
    await is_asked_and_answered(town, code)
    assert [entry.facts["code"] for entry in town.sim.world.log if entry.kind == "refused"] == [-216]
    assert [rule for rule in town.sim.faults.rules if rule.effect is Effect.ANSWER_LOST] == []  # it did get lost
    texts = [message.text for message in town.sim.received(town.lan.person)]
    assert len(texts) == len(set(texts))
    lost = [row for row in town.rows(OutboxMessage) if ANSWER in row.body["text"] or code in row.body["text"]]
    assert {row.attempts for row in lost} == {1}
    assert len({row.message_id for row in town.rows(OutboxMessage)}) == len(town.rows(OutboxMessage))
    await town.until(lambda: town.rows(Attachment)[0].state is AttachmentState.KEPT)
    (file,) = town.rows(Attachment)
    assert (file.name, BlobStore(town.services.settings.files_folder).get(file.sha256)) == ("phieu-yeu-cau.pdf", PDF)
