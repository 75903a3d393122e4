"""A new province: nobody has written yet, an agency has nobody, and every page still says what it is for."""

from collections.abc import Iterator

import pytest

from tests.web import sample
from tests.web.test_sign_in import Browser, account, browser  # noqa: F401
from zalobot import province as packs
from zalobot import reference, speech, templating
from zalobot.store.database import Store
from zalobot.store.models import AccountRole

PAGES = {
    "ha.nt": (("/can-bo", "Hết việc hôm nay."), ("/can-bo/co-quan", "Hết việc hôm nay."),
              ("/can-bo/mau", "chưa có câu trả lời mẫu"), ("/can-bo/vang-mat", "Không ai vắng mặt")),
    "mai.lt": (("/dieu-phoi", "Hết hồ sơ chờ phân loại."), ("/dieu-hanh", "Không có phần việc nào quá hạn"),
               ("/dieu-hanh/ban-tin", "Lúc này không có gì phải nhắc.")),
}  # fmt: skip


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """The pack's agencies, and not one ticket."""
    made = Store(sqlite_url, info={reference.PUBLIC_URL: "http://127.0.0.1"})
    made.run_now(reference.seed, sample.province(), sample.NOW)
    made.info[reference.PROVINCE] = sample.province()
    templating.use(speech.wording(packs.load("quang-ninh")))
    yield made
    made.close_now()


async def test_every_list_says_that_it_is_empty_and_what_would_be_there(store: Store, browser: Browser) -> None:  # noqa: F811
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    account(store, "mai.lt", AccountRole.COORDINATOR, "STC")
    for name, pages in PAGES.items():
        await browser.sign_in(name)
        for path, said in pages:
            page = await browser.get(path)
            assert (browser.status, said in page) == (200, True), path
        await browser.get("/tai-khoan")
        await browser.post("/dang-xuat")


async def test_an_officer_alone_in_an_agency_is_offered_no_colleague(store: Store, browser: Browser) -> None:  # noqa: F811
    account(store, "ha.nt", AccountRole.OFFICER, "SXD")
    await browser.sign_in("ha.nt")
    page = await browser.get("/can-bo/vang-mat")
    assert page.split('name="deputy"')[1].split("</select>")[0].count("<option") == 1
    page = await browser.post("/can-bo/vang-mat", officer="of-ha.nt", deputy="", first="2026-11-27", last="2026-11-27")
    assert (browser.status, "Chọn người cùng cơ quan" in page) == (409, True)
