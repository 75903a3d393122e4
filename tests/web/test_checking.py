"""Whether a message is ours: by its code anybody sees the same words, when they left and from whom."""

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import Session, col, select

from tests.web import sample
from tests.web.conftest import Town, application
from tests.web.sample import NOW, PRIVATE
from tests.web.test_public_pages import words
from zalobot import outbox, speech, templating
from zalobot import province as packs
from zalobot.channels import waiting
from zalobot.outbox import check_codes
from zalobot.store.database import Store
from zalobot.store.models import (
    Account,
    AccountRole,
    Channel,
    Officer,
    OutboxMessage,
    OutboxState,
    Priority,
    Role,
    Ticket,
)
from zalobot.templating import Rendered

CODE = "7KQ2M-XW4TB"


def message(
    town: Town,
    of: int = 42,
    *,
    code: str = CODE,
    words: str = f"Sở trả lời phần 1. Gọi {PRIVATE[0]}.",
    template: str = "status/answered",
    left: bool = True,
) -> None:
    def write(session: Session) -> None:
        ticket = session.exec(select(Ticket).where(col(Ticket.code) == f"QN-2611-{of:05d}")).first()
        said, about = Rendered(words, (), template, "1"), ticket.id if ticket else None
        outbox.enqueue(session, "p", said, now=NOW, priority=Priority.STATUS, ticket_id=about, check_code=code)

    def leave(session: Session) -> None:
        row = session.exec(select(OutboxMessage)).one()
        row.state, row.sent_at = OutboxState.SENT, NOW

    town.write(write)
    if left:
        town.write(leave)


@pytest.mark.parametrize("typed", [CODE, "7kq2mxw4tb", " 7KQ2M XW4TB "])
async def test_a_code_shows_the_masked_text_its_time_and_its_sender(town: Town, typed: str) -> None:
    message(town)
    text = words(await town.get("/xac-thuc", params={"ma": typed}))
    assert "Tin do kênh này gửi Người gửi: Doanh nghiệp Quảng Ninh" in text
    assert "10:20 Thứ Năm 26/11/2026" in text
    assert "Sở trả lời phần 1. Gọi số điện thoại ." in text
    assert PRIVATE[0] not in text


async def test_the_words_of_a_sealed_ticket_are_not_shown(town: Town) -> None:
    message(town, 46)
    text = words(await town.get("/xac-thuc", params={"ma": CODE}))
    assert ("Tin do kênh này gửi" in text, "Sở trả lời" in text) == (True, False)


async def test_a_telephone_of_the_office_stays_for_a_changed_one_is_what_tells_a_false_message(town: Town) -> None:
    message(town, words="Hỏi thêm tại số 0203 3825 111.")
    assert "0203 3825 111" in words(await town.get("/xac-thuc", params={"ma": CODE}))


async def test_what_the_business_hid_itself_and_its_name_are_hidden_here_too(town: Town) -> None:
    def hide(session: Session) -> None:
        ticket = session.exec(select(Ticket).where(col(Ticket.code) == "QN-2611-00042")).one()
        ticket.masks, ticket.business_name = {"hidden": ["cầu Bến Rừng"]}, "Công ty Gạch Ngói Bình Minh"

    town.write(hide)
    message(town, words="Trả lời Công ty Gạch Ngói Bình Minh về kho ở cầu Bến Rừng.")
    page = await town.get("/xac-thuc", params={"ma": CODE})
    assert [one for one in ("Bình Minh", "Bến Rừng") if one in page.split("<main")[1]] == []


@pytest.mark.parametrize(("template", "shown"), [("status/recounted", True), ("report_issue/nudge", False)])
async def test_of_several_tickets_the_words_are_shown_and_of_a_draft_they_are_not(
    town: Town, template: str, shown: bool
) -> None:
    message(town, 0, template=template)
    page = await town.get("/xac-thuc", params={"ma": CODE})
    assert ("Tin do kênh này gửi" in page, "Sở trả lời" in page) == (True, shown)
    assert 'href="/hoi-dap/"' not in page


def staff(session: Session) -> None:
    session.add(Officer(id="o1", name="Nguyễn Thu Hà", agency="SXD", role=Role.OFFICER, created_at=NOW))
    account = {"role": AccountRole.OPERATOR, "password": "", "created_at": NOW, "password_at": NOW}
    session.add(Account(id="a1", name="huy", full_name="Phạm Quốc Huy", **account))


async def test_a_push_to_staff_shows_its_words_without_the_names_of_staff(town: Town) -> None:
    town.write(staff)
    words_ = "Nhận thay Nguyễn Thu Hà. Phạm Quốc Huy giao đồng chí phần việc QN-2611-00042/1 của Sở Xây dựng."
    message(town, words=words_, template="officer/given_to_you")
    text = words(await town.get("/xac-thuc", params={"ma": CODE}))
    assert "Nhận thay đã che . đã che giao đồng chí phần việc QN-2611-00042/1 của Sở Xây dựng." in text
    assert not any(name in text for name in ("Thu Hà", "Quốc Huy"))


@pytest.mark.parametrize("template", ["officer/directed", "officer/added", "officer/opinion_asked"])
async def test_words_that_are_nowhere_public_are_not_shown_but_that_the_message_is_ours_is(
    town: Town, template: str
) -> None:
    message(town, words="Ý kiến nội bộ.", template=template)
    text = words(await town.get("/xac-thuc", params={"ma": CODE}))
    assert ("Tin do kênh này gửi" in text, "Ý kiến nội bộ" in text) == (True, False)
    assert "Tin có nội dung nội bộ, nên trang này chỉ xác nhận lúc gửi và người gửi." in text


async def test_a_push_about_several_tickets_is_shown_and_one_about_a_person_is_not(town: Town) -> None:
    message(town, 0, words="Quá hạn (1): QN-2611-00042/1: đang xử lý", template="reminders/digest_officer")
    assert "QN-2611-00042/1: đang xử lý" in words(await town.get("/xac-thuc", params={"ma": CODE}))

    def another(session: Session) -> None:
        row = session.exec(select(OutboxMessage)).one()
        row.template = "not_understood/staff_called"

    town.write(another)
    assert "QN-2611-00042/1" not in words(await town.get("/xac-thuc", params={"ma": CODE}))


async def test_a_link_that_signs_in_is_never_shown_whole_and_how_a_true_one_begins_is_said(town: Town) -> None:
    """The words of the message may have been edited so that the link stands among them."""
    token = "k7q2-0123456789_abcdefghijklmnopqrstuvwxyz"
    link = f"https://kenh.example.vn/dang-nhap/zalo/{token}"
    message(town, 0, words=f"Liên kết riêng của đồng chí: {link}. Chỉ dùng một lần.", template="officer/open_web")
    page = await town.get("/xac-thuc", params={"ma": CODE})
    assert token not in page
    assert "k7q2" not in page
    text = words(page)
    assert "Liên kết riêng của đồng chí: https://kenh.example.vn/dang-nhap/zalo/ đã che . Chỉ dùng một lần." in text
    assert "liên kết bắt đầu bằng https://kenh.example.vn/dang-nhap/zalo/ ," in text


async def _pages(town: Town, way: Channel) -> tuple[str, str]:
    """The page before and after it is noted which way the message went."""
    message(town)

    def by_template(session: Session) -> None:
        session.exec(select(OutboxMessage)).one().channel = way

    before = words(await town.get("/xac-thuc", params={"ma": CODE}))
    town.write(by_template)
    return before, words(await town.get("/xac-thuc", params={"ma": CODE}))


@pytest.mark.parametrize("way", [Channel.ZBS_UID, Channel.ZBS_PHONE])
async def test_what_left_by_an_approved_template_is_shown_in_the_words_of_the_template(
    sqlite_url: str, way: Channel
) -> None:
    store = Store(sqlite_url)
    store.run_now(sample.a_week)
    templates = packs.load("quang-ninh").message_templates
    site = application(store, sample.province(message_templates=templates))
    async with TestServer(site) as server, aiohttp.ClientSession() as http:
        before, text = await _pages(Town(str(server.make_url("")).rstrip("/"), store, http), way)
    await store.close()
    assert "mẫu tin rút gọn" not in before
    assert "Hồ sơ đã có trả lời Hồ sơ QN-2611-00042 của Quý doanh nghiệp đã có trả lời của …." in text
    assert f"Mã kiểm tra tin này: {CODE}," in text
    assert "Nội dung đầy đủ: Sở trả lời phần 1." in text


async def test_messages_that_waited_and_left_as_one_are_each_found_with_their_own_words(town: Town) -> None:
    """One of them is of a sealed ticket: by the code of the other it is not to be read."""
    templating.use(speech.wording(packs.load("quang-ninh")))
    message(town, 42, left=False)
    message(town, 46, code="ABCDE-FGHJK", words="Lời của hồ sơ kín.", left=False)
    message(town, 40, code="BCDEF-GHJKM", words="Tin thứ ba.", left=False)

    def wait_and_leave(session: Session) -> None:
        rows = list(session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))))
        (carrier,) = waiting.merged(rows)
        assert all(one in carrier.body["text"] for one in ("Sở trả lời", "Lời của hồ sơ kín", "Tin thứ ba"))
        carrier.state, carrier.sent_at = OutboxState.SENT, NOW

    town.write(wait_and_leave)
    found = {
        code: words(await town.get("/xac-thuc", params={"ma": code})) for code in (CODE, "ABCDE-FGHJK", "BCDEF-GHJKM")
    }
    assert all("Tin do kênh này gửi" in page for page in found.values())
    assert [[one in page for one in ("Sở trả lời", "hồ sơ kín", "Tin thứ ba")] for page in found.values()] == [
        [True, False, False], [False, False, False], [False, False, True],
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["7KQ2M-XW4TC", "x", "'; DROP TABLE outbox", "<b>"])
async def test_what_no_message_carries_is_said_to_be_none(town: Town, typed: str) -> None:
    message(town)
    page = await town.get("/xac-thuc", 404, params={"ma": typed})
    assert "Không có tin nào mang mã này." in page
    assert "<b>" not in page.split("<main")[1]


async def test_what_has_not_left_is_not_known(town: Town) -> None:
    message(town, left=False)
    assert "Không có tin nào mang mã này." in await town.get("/xac-thuc", 404, params={"ma": CODE})


def test_codes_differ_and_can_be_typed_back() -> None:
    codes = {check_codes.new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert {check_codes.proper(code.lower()) for code in codes} == codes
