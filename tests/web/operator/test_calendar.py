"""The calendar edited: seen first, with its document."""

import re

import pytest
from sqlmodel import select

from tests.web import sample
from tests.web.operators import HOME
from tests.web.test_public_pages import words
from tests.web.test_sign_in import Browser
from zalobot.paths import templates_folder
from zalobot.store.database import Store
from zalobot.store.models import (
    CalendarVersion,
)
from zalobot.web.operator import calendar


async def test_a_day_is_edited_after_a_look_at_what_moves(store: Store, huy: Browser) -> None:
    fields = {"ngay": "2026-11-27", "den": "", "loai": "off", "gio": "", "ly_do": "Bão số 15", "van_ban": "CĐ 21"}
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    text = words(await huy.get(f"{HOME}/lich?{query}"))
    moved = re.search(r"Hạn thay đổi (\d+) phần việc ở (\d+) cơ quan", text)
    assert moved
    versions = select(CalendarVersion)
    assert len(store.read_now(lambda s: s.exec(versions).all())) == 1
    await huy.post(f"{HOME}/lich")
    assert (huy.status, "đánh dấu đã đối chiếu văn bản gốc" in words(huy.page)) == (422, True)
    await huy.post(f"{HOME}/lich", doi_chieu="1")
    assert "Đã áp dụng; lịch đang dùng là bản" in words(huy.page)
    assert re.search(r'aria-label="27/11: Bão số 15"', huy.page)
    assert "CĐ 21" in await huy.get(f"{HOME}/lich/cac-ban")
    assert len(store.read_now(lambda s: s.exec(versions).all())) == 2


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"ngay": "2026-11-27", "loai": "off", "ly_do": "Bão"}, "Ghi số, ngày và cơ quan ban hành"),
        ({"ngay": "2026-11-27", "loai": "off", "van_ban": "CĐ"}, "Ghi lý do"),
        ({"ngay": "2026-11-27", "loai": "half", "gio": "sáng", "ly_do": "Bão", "van_ban": "CĐ"}, "Ghi giờ làm như"),
        ({"ngay": "2026-11-27", "den": "2026-11-20", "loai": "off", "van_ban": "CĐ"}, "nhiều nhất 31 ngày"),
        ({"ngay": "2026-11-27", "loai": "nghi", "van_ban": "CĐ"}, "Chọn ngày này là gì"),
    ],
)
def test_a_form_of_a_day_that_makes_no_sense_names_the_field(fields: dict[str, str], fault: str) -> None:
    read = calendar.read(fields, sample.province().calendar)
    assert read.changes == ()
    assert read.fault in {"source", "name", "hours", "days", "kind"}
    said = (templates_folder() / "web/consoles/operator/calendar.html").read_text(encoding="utf-8")
    assert fault in said


def test_a_run_of_days_off_leaves_the_rest_days_alone() -> None:
    fields = {"ngay": "2026-12-04", "den": "2026-12-08", "loai": "holiday", "ly_do": "Lễ", "van_ban": "QĐ"}
    days = [change.on.day for change in calendar.read(fields, sample.province().calendar).changes]
    assert days == [4, 7, 8]
