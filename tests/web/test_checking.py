"""Whether a message is ours: by its code anybody sees the same words, when they left and from whom."""

import pytest
from sqlmodel import Session, col, select

from tests.web.conftest import Town
from tests.web.sample import NOW, PRIVATE
from tests.web.test_public_pages import words
from zalobot import outbox
from zalobot.outbox import check_codes
from zalobot.store.models import OutboxMessage, OutboxState, Priority, Ticket
from zalobot.templating import Rendered

CODE = "7KQ2M-XW4TB"


def message(town: Town, of: int = 42, *, left: bool = True) -> None:
    def write(session: Session) -> None:
        ticket = session.exec(select(Ticket).where(col(Ticket.code) == f"QN-2611-{of:05d}")).one()
        said = Rendered(f"Sở trả lời phần 1. Gọi {PRIVATE[0]}.", (), "status/answered", "1")
        outbox.enqueue(session, "p", said, now=NOW, priority=Priority.STATUS, ticket_id=ticket.id, check_code=CODE)

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
