"""The pages of the agencies: shares with count and interval, weeks, speed, what is open; a definition beside each."""

import re

import pytest
from sqlmodel import Session

from tests.calendars import at
from tests.web.conftest import Town
from tests.web.sample import PartSample, add_ticket
from tests.web.test_public_pages import part, words
from zalobot.figures.words import definitions


def a_month(session: Session) -> None:
    """Eight parts of SXD due in October and November: six in time, one late by three hours, one unanswered."""
    for number, day in enumerate(("02", "05", "12", "13", "19", "20", "26"), 100):
        late = number == 104
        done = {"answered_at": at(f"2026-10-{day} 15:00") if not late else at("2026-10-23 10:00"), "answer": "x"}
        done |= {"verdict": "solved", "verdict_at": at("2026-10-30 09:00")} if number < 104 else {}
        moved = {"hand_overs": 1} if number == 100 else {}
        events = ((f"2026-10-{day} 10:00", "transferred", "SXD", 1, {"former": "STC"}),) if number == 100 else ()
        sample = PartSample("SXD", "answered", done | moved)
        add_ticket(session, number, "x", f"2026-10-{day} 09:00", sample, state="answered", events=events)
    add_ticket(session, 120, "Chờ lâu", "2026-11-17 09:00", PartSample("SXD"))


async def test_an_agency_is_shown_with_its_share_its_interval_and_what_is_late(town: Town) -> None:
    town.write(a_month)
    text = words(await town.get("/co-quan/SXD"))
    assert "90 ngày: 28/08 đến 25/11/2026" in text
    assert "Trả lời đúng hạn 78% 7 trên 9 phần việc; khoảng tin cậy 45–94%" in text
    assert "Doanh nghiệp: đã giải quyết 4 trên 4" in text
    assert "Lượt chuyển cơ quan 1 lượt nhận 1, chuyển đi 0" in text
    assert "Muộn đến 1 ngày 1 Muộn hơn 1 ngày 0 Chưa trả lời, đã quá hạn 1 9 phần việc" in text
    assert "Đang xử lý: 2 phần việc, 1 quá hạn" in text
    assert part(text, "Đang xử lý:", "Bên cạnh").index("Chờ lâu") < text.index("Kho hàng")


async def test_every_figure_carries_its_definition(town: Town) -> None:
    text = words(await town.get("/co-quan/SXD"))
    for key in ("on_time", "hours", "solved", "moves"):
        assert f"Cách tính : {definitions()[key].name} {definitions()[key].how}" in text


async def test_below_five_parts_there_is_a_count_and_no_percentage(town: Town) -> None:
    table = part(words(await town.get("/co-quan")), "Chưa đủ số liệu để so sánh", "Chấm là")
    assert "Sở Nông nghiệp và Môi trường 1 0 trên 1 không tính" in table
    assert "%" not in table


async def test_agencies_stand_by_the_number_of_their_parts(town: Town) -> None:
    town.write(a_month)
    page = await town.get("/co-quan")
    names = re.findall(r'<th scope="row"><a href="/co-quan/(\w+)"', page)
    assert names[:2] == ["SXD", "SNNMT"]
    assert "Trả lời đúng hạn 70% 7 trên 10 phần việc; khoảng tin cậy 40–89%" in words(page)


async def test_the_first_page_and_the_agencies_tell_the_same_share(town: Town) -> None:
    town.write(a_month)
    assert "70% 7 trên 10 phần việc" in words(await town.get("/"))


@pytest.mark.parametrize(
    ("path", "status"), [("/co-quan/sxd", 301), ("/co-quan/KHONG", 404), ("/co-quan/%3Cb%3E", 404)]
)
async def test_what_is_no_agency_has_no_page(town: Town, path: str, status: int) -> None:
    assert "<b>" not in await town.get(path, status) or status == 404


def late_ones(session: Session) -> None:
    """Three of Công an: late and explained, late and silent, late and answered before anything was owed; one sealed."""
    explained = ("2026-11-12 09:00", "explained", "CA", 1, {"day": "2026-11-16", "why": "Máy chủ ngừng hai ngày."})
    silent = ("2026-11-12 09:00", "not_explained", "CA", 1, {})
    done = {"answered_at": at("2026-11-13 10:00"), "answer": "x"}
    quick = {"answered_at": at("2026-11-12 08:30"), "answer": "x"}
    for number, columns, events, tier in (
        (130, done, (explained,), "no_name"), (131, done, (silent,), "no_name"), (132, quick, (), "no_name"),
        (133, done, (explained,), "sealed"),
    ):  # fmt: skip
        part_ = PartSample("CA", "answered", columns)
        add_ticket(
            session, number, f"Việc {number}", "2026-11-06 09:00", part_, state="answered", events=events, tier=tier
        )


async def test_each_late_part_stands_with_what_was_said_of_it(town: Town) -> None:
    town.write(late_ones)
    text = part(words(await town.get("/co-quan/CA")), "Giải trình khi muộn", "Bên cạnh").replace(" .", ".")
    assert "Việc 130 Muộn 1 ngày 2 giờ làm việc, trả lời 10:00 ngày 13/11. Máy chủ ngừng hai ngày." in text
    assert "Hẹn trả lời Thứ Hai 16/11/2026." in text
    assert "Việc 131 Muộn 1 ngày 2 giờ làm việc, trả lời 10:00 ngày 13/11. Không giải trình trong hạn" in text
    assert "Việc 132 Muộn 1 giờ làm việc, trả lời 08:30 ngày 12/11. Trả lời trước khi phải giải trình." in text
    sealed = part(text, "QN-2611-00133/1", "QN-2611-00132/1")
    assert "Phản ánh không công khai nội dung" in sealed
    assert "Máy chủ" not in sealed


async def test_who_gave_and_who_took_and_how_answers_were_judged(town: Town) -> None:
    town.write(a_month)
    text = words(await town.get("/co-quan/SXD"))
    assert "Chuyển giữa các cơ quan Nhận từ Sở Tài chính (1)" in text
    assert "Đã giải quyết 4 Giải quyết một phần 0 Trả lời chung chung 0 Không đúng câu hỏi 0 Chưa đánh giá 4" in text
    assert "Chuyển giữa các cơ quan Chuyển đến Sở Xây dựng (1)" in words(await town.get("/co-quan/STC"))


@pytest.mark.parametrize(("ky", "told"), [("tuan", "7 ngày: 19/11 đến 25/11/2026"), ("thang", "25 ngày: 01/11"),
                                         ("quy", "56 ngày: 01/10"), ("nam", "90 ngày: 28/08")])  # fmt: skip
async def test_a_period_is_chosen_by_the_address(town: Town, ky: str, told: str) -> None:
    town.write(a_month)
    for path in ("/co-quan", "/co-quan/SXD"):
        assert told in words(await town.get(f"{path}?ky={ky}"))


async def test_open_parts_are_paged_and_nothing_is_lost_between(town: Town) -> None:
    def many(session: Session) -> None:
        for number in range(200, 245):
            add_ticket(session, number, f"Việc {number}", "2026-11-25 09:00", PartSample("STC"))

    town.write(many)
    pages = [await town.get(f"/co-quan/STC?trang={number}") for number in (1, 2, 3)]
    found = [code for page in pages for code in re.findall(r'class="code">(QN-2611-002\d\d/1)', page)]
    assert sorted(found) == [f"QN-2611-00{number}/1" for number in range(200, 245)]
    assert "Trang 2 trên 3" in words(pages[1])
    assert "Trang 1 trên 3" in words(await town.get("/co-quan/STC?trang=x"))
