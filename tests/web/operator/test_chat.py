"""A person is talked to from the console."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from sqlmodel import Session, select

from tests.web import operators, sample
from tests.web.operators import HOME, LAN, NAME, seated
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot.inbox import TOPIC as INBOX
from zalobot.services import SERVICES
from zalobot.store.blobs import BlobStore
from zalobot.store.coordination import InProcess
from zalobot.store.database import Store
from zalobot.store.models import (
    AccountRole,
    AttachmentState,
    Conversation,
    LiveChat,
    OutboxMessage,
)


async def test_a_chat_is_taken_over_said_and_given_back(store: Store, address: str, huy: Browser) -> None:
    assert NAME in await huy.get(f"{HOME}/truc")
    text = words(await huy.get(f"{HOME}/truc/{LAN}"))
    assert text.index("Tôi hỏi về giấy phép") < text.index("gặp cán bộ") < text.index("Có ai không ạ?")
    await huy.post(f"{HOME}/truc/{LAN}/tiep-nhan")
    assert "Đã tiếp nhận" in huy.page
    mai = await seated(store, address, "mai.lt", AccountRole.COORDINATOR, "STC")
    await mai.get(f"{HOME}/truc/{LAN}")
    assert "huy.pq giữ cuộc trò chuyện này" in words(mai.page)
    await mai.post(f"{HOME}/truc/{LAN}/noi", loi="Chào anh")
    assert (mai.status, "Chào anh" in mai.page or "Đồng chí không còn giữ" in words(mai.page)) == (409, True)
    await huy.post(f"{HOME}/truc/{LAN}/noi", loi="Em nghe đây ạ")
    office = select(OutboxMessage).where(OutboxMessage.template == "office")
    assert [row.body["text"] for row in store.read_now(lambda s: s.exec(office).all())] == ["Em nghe đây ạ"]
    await mai.get(f"{HOME}/truc/{LAN}")
    await mai.post(f"{HOME}/truc/{LAN}/tiep-nhan", thay="1")
    await huy.post(f"{HOME}/truc/{LAN}/noi", loi="Anh còn đó không?")
    assert (huy.status, "Lời đã gõ còn nguyên" in huy.page) == (409, True)
    await mai.post(f"{HOME}/truc/{LAN}/tra-lai")
    assert "Không ai đang chờ" in mai.page
    assert store.read_now(lambda s: s.exec(select(LiveChat)).all()) == []
    await mai.http.close()


async def test_where_zalo_takes_nothing_the_page_says_so_before_anybody_types(store: Store, huy: Browser) -> None:
    def long_ago(session: Session) -> None:
        session.get_one(Conversation, LAN).last_interaction_at = sample.NOW - timedelta(days=9)

    store.run_now(long_ago)
    assert "Lúc này Zalo không nhận tin gửi tới người này" in words(await huy.get(f"{HOME}/truc/{LAN}"))


async def test_a_coordinator_comes_to_the_chat_and_to_nothing_else(store: Store, address: str) -> None:
    mai = await seated(store, address, "mai.lt", AccountRole.COORDINATOR, "STC")
    await mai.get(f"{HOME}/truc")
    assert (mai.status, re.findall(r'href="(/van-hanh[^"]*)"', mai.page.split("<main")[0])) == (200, [f"{HOME}/truc"])
    for path in ("", "/lich", "/tin-nhan", "/co-quan"):
        await mai.get(HOME + path)
        assert mai.status == 403, path
    await mai.http.close()


async def test_the_stream_of_a_chat_tells_that_something_was_said_and_not_what(
    store: Store, address: str, huy: Browser
) -> None:
    async with huy.http.get(f"{address}{HOME}/truc/song?nguoi={LAN}") as answer:
        await asyncio.sleep(0.1)
        store.run_now(lambda session: operators.event(session, 77, "Bí mật của tôi", minutes=1))
        told = b""
        async with asyncio.timeout(30):
            while b"thay-doi" not in told:
                told += await answer.content.readany()
    assert "Bí mật" not in told.decode()


async def test_what_was_sent_is_seen_and_opened_from_our_own_address_alone(
    store: Store, huy: Browser, files: Path
) -> None:
    data = store.run_now(lambda session: operators.photo(session, files))
    name = "Hợp đồng <b>.pdf"
    paper = {"sha256": BlobStore(files).put(b"%PDF-1.7"), "content_type": "application/pdf", "size": 48_000}
    key = store.run_now(lambda s: operators.attached(s, "file", name, minutes=2, **paper))
    store.run_now(lambda s: operators.attached(s, "file", "to.mp4", minutes=1, state=AttachmentState.REFUSED))
    store.run_now(lambda s: operators.attached(s, "image", "moi", minutes=0, state=AttachmentState.WANTED))
    page = await huy.get(f"{HOME}/truc/{LAN}")
    [shown] = re.findall(r'<img src="([^"]+)"', page)
    assert shown.startswith(f"{HOME}/truc/{LAN}/tep/")
    assert "zdn.vn" not in page
    assert "Hợp đồng <b>.pdf 47 kB" in words(page.replace("&lt;b&gt;", "[b]")).replace("[b]", "<b>")
    assert "to.mp4 Không tải được từ Zalo" in words(page)
    assert "Ảnh đang tải về" in words(page)
    async with huy.http.get(huy.address + shown) as answer:
        assert (await answer.read(), answer.headers["Content-Type"]) == (data, "image/jpeg")
    async with huy.http.get(f"{huy.address}{HOME}/truc/{LAN}/tep/{key}") as answer:
        assert (await answer.read(), answer.headers["Content-Type"]) == (b"%PDF-1.7", "application/octet-stream")
        assert answer.headers["Content-Disposition"].startswith("attachment")
    for path in (f"/truc/khac/tep/{key}", f"/truc/{LAN}/tep/{'0' * 26}"):
        await huy.get(HOME + path)
        assert huy.status == 404, path


async def test_five_hundred_messages_are_the_newest_sixty_at_once(store: Store, huy: Browser) -> None:
    def much(session: Session) -> None:
        for number in range(500):
            operators.event(session, number, f"Tin số {number}.", minutes=0)

    store.run_now(much)
    page = await huy.get(f"{HOME}/truc/{LAN}")
    theirs = [int(number) for number in re.findall(r"Tin số (\d+)\.", page)]
    assert theirs == list(range(440, 500))
    assert len(page) < 100_000


async def test_a_stream_whose_page_is_gone_holds_nothing(site: web.Application, address: str, huy: Browser) -> None:
    """A lost connection leaves nobody behind who listens and asks the store for ever."""
    coordination = site[SERVICES].coordination
    assert isinstance(coordination, InProcess)
    bells = coordination._bells[INBOX]
    async with huy.http.get(f"{address}{HOME}/truc/song?nguoi={LAN}") as answer:
        assert (answer.status, len(bells)) == (200, 1)
    async with asyncio.timeout(30):
        while len(bells):
            await coordination.publish(INBOX)
            await asyncio.sleep(0.1)
    await huy.get(f"{HOME}/truc/{LAN}")
    assert huy.status == 200
