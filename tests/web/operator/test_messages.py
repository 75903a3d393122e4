"""Messages that reached nobody and events that failed: sent again, settled, handled again."""

import re

from sqlmodel import Session, select

from tests.web import operators, sample
from tests.web.operators import HOME, fate, one
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot.channels import undelivered
from zalobot.channels.choosing import Why
from zalobot.channels.undelivered import Undelivered
from zalobot.store.database import Store
from zalobot.store.models import (
    Channel,
    InboxEvent,
    InboxState,
    OutboxState,
)
from zalobot.web.operator import reasons
from zalobot.zalo.codes import OA, ZBS


async def test_a_message_that_failed_is_sent_again_with_one_button(store: Store, huy: Browser) -> None:
    key = one(store, OutboxState.FAILED).id
    assert "Người nhận đã chặn tin của tài khoản" in await huy.get(f"{HOME}/tin-nhan")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert "Tin đã vào hàng chờ gửi lại" in huy.page
    assert fate(store, key).state is OutboxState.QUEUED
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert "Không có tin chưa gửi được mang mã này" in huy.page


async def test_what_may_have_arrived_is_not_sent_twice_by_a_slip(store: Store, huy: Browser) -> None:
    key = one(store, OutboxState.UNCLEAR).id
    assert f"{key}/gui-lai" not in await huy.get(f"{HOME}/tin-nhan?loc=unclear")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai")
    assert fate(store, key).state is OutboxState.UNCLEAR
    assert "người nhận có thể nhận hai lần" in huy.page
    await huy.get(f"{HOME}/tin-nhan/{key}")
    await huy.post(f"{HOME}/tin-nhan/{key}/gui-lai", chap_nhan="1")
    assert fate(store, key).state is OutboxState.QUEUED


async def test_a_message_is_settled_by_telephone_with_a_note_and_nothing_typed_is_lost(
    store: Store, huy: Browser
) -> None:
    key = one(store, OutboxState.FAILED).id
    await huy.get(f"{HOME}/tin-nhan/{key}")
    await huy.post(f"{HOME}/tin-nhan/{key}/xong", ghi_chu="Chị Lan nghe máy lúc 9 giờ")
    assert huy.status == 422
    assert "Chị Lan nghe máy lúc 9 giờ" in huy.page
    await huy.post(f"{HOME}/tin-nhan/{key}/xong", cach="phone", ghi_chu="Chị Lan nghe máy lúc 9 giờ")
    row = fate(store, key)
    assert (row.state, row.error) == (OutboxState.RESOLVED, "2026-11-26: phone: Chị Lan nghe máy lúc 9 giờ")
    assert key not in await huy.get(f"{HOME}/tin-nhan")


async def test_pages_of_messages_follow_each_other(store: Store, huy: Browser) -> None:
    def more(session: Session) -> None:
        for _ in range(70):
            operators.message(session, OutboxState.FAILED, code=-213)

    store.run_now(more)
    first = re.findall(r"tin-nhan/(\w{26})/gui-lai", await huy.get(f"{HOME}/tin-nhan"))
    onward = re.search(r'href="([^"]+sau=\w+)"', huy.page)
    assert onward
    second = re.findall(r"tin-nhan/(\w{26})/gui-lai", await huy.get(onward[1].replace("&amp;", "&")))
    assert (len(first), len(second), len({*first, *second})) == (50, 22, 72)
    assert "Không tìm thấy tin nào của hồ sơ này" in await huy.get(f"{HOME}/tin-nhan?ma=QN-2601-99999")


def test_every_refusal_leads_to_words_and_a_remedy() -> None:
    def told(state: OutboxState, code: int | None, reason: str, channel: Channel = Channel.CS) -> reasons.Reason:
        tried = (undelivered.Tried(channel, sample.NOW, code),)
        return reasons.why(Undelivered("1", state, "p", "", "", sample.NOW, reason, tried, code))

    found = [told(OutboxState.FAILED, code, "") for code in (*OA, -123456, None)]
    found += [told(OutboxState.FAILED, code, "", Channel.ZBS_PHONE) for code in ZBS]
    found += [told(OutboxState.FAILED, 550, "", Channel.MAIL)]
    found += [told(OutboxState.WAITING, None, f"cs: {why}, mail: no_address") for why in Why]
    found += [told(OutboxState.WAITING, None, ""), told(OutboxState.UNCLEAR, None, "cannot be looked up: x")]
    assert all(one.says and one.remedy for one in found)
    blocked = told(OutboxState.WAITING, -217, "cs: refused, mail: no_address")
    assert blocked == told(OutboxState.FAILED, -217, "")
    assert set(reasons.wording()["why"]) == {*map(str, Why), "unknown"}


async def test_failed_events_are_handled_again_all_of_a_kind(store: Store, huy: Browser) -> None:
    text = words(await huy.get(f"{HOME}/su-kien"))
    assert "Tin nhắn: 2 sự kiện Lỗi KeyError" in text
    assert "0912345678" not in text
    assert "Tôi hỏi về" not in text
    key = re.search(r"su-kien/(\w+)/xu-ly-lai", huy.page)
    assert key
    await huy.post(f"{HOME}/su-kien/{key[1]}/xu-ly-lai", ca_nhom="1")
    assert "số sự kiện: 2" in words(huy.page)
    new = select(InboxEvent).where(InboxEvent.state == InboxState.NEW)
    assert len(store.read_now(lambda s: s.exec(new).all())) == 2
