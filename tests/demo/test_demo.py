"""The demo: what the clock does to a ticket that nobody answers, the empty start, and weeks that make no sense."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.demo.conftest import Town, running
from zalobot import outbox
from zalobot.__main__ import main
from zalobot.demo import week
from zalobot.store.models import Ticket
from zalobot.workdays import LOCAL

LONELY = """
begins = 2026-11-26T08:00:00+07:00
ends = 2026-11-26T10:20:00+07:00
links = {}

[[person]]
key = "tam"
name = "Hoàng Minh Tâm"

[[person]]
key = "ha"
name = "Nguyễn Thu Hà"
agency = "SXD"
role = "officer"

[[person]]
key = "giang"
name = "Vũ Trường Giang"
agency = "SXD"
role = "head"

[[person]]
key = "binh"
name = "Đặng Quốc Bình"
agency = "VPUBND"
role = "leader"

[[story]]
name = "kho"
who = "tam"
acts = [
  { at = "26 09:00", follows = true },
  { says = "đồng ý" },
  { says = "Hồ sơ thẩm định thiết kế kho bị trả lại ba lần mà không nêu lý do" },
  { says = "bỏ qua" },
  { says = "sửa cơ quan" },
  { says = "Sở Xây dựng" },
  { says = "gửi" },
]
"""


@pytest.fixture
async def lonely(tmp_path: Path) -> AsyncIterator[Town]:
    """One ticket of this morning that nobody will touch: due on Tuesday 1 December, 17:00."""
    (tmp_path / "week.toml").write_text(LONELY, encoding="utf-8")
    async with running(tmp_path / "demo", week.load(tmp_path / "week.toml")) as town:
        yield town


async def test_a_part_nobody_touches_is_reminded_of_then_overdue_then_up_to_head_and_leader(lonely: Town) -> None:
    names = ("Nguyễn Thu Hà", "Vũ Trường Giang", "Đặng Quốc Bình", "Hoàng Minh Tâm")
    before = {name: len(lonely.heard(name)) for name in names}
    for _ in range(4):
        await lonely.do("clock", to="evening")
        await lonely.do("clock", to="morning")
    told = {
        name: [
            f"{message.at.astimezone(LOCAL):%d/%m %H:%M} {message.text.splitlines()[0].split(':')[0]}"
            for message in lonely.simulator.received(lonely.person(name))[before[name] :]
        ]
        for name in names
    }
    assert told == {
        "Nguyễn Thu Hà": [
            "27/11 08:00 Việc sáng 27/11/2026.",
            "30/11 08:00 Việc sáng 30/11/2026.",
            "30/11 11:25 Nhắc việc",
            "01/12 08:00 Việc sáng 01/12/2026.",
            "01/12 15:00 Sắp đến hạn",
            "02/12 08:00 Việc sáng 02/12/2026.",
        ],
        "Vũ Trường Giang": [
            f"{day} 08:00 Việc sáng {day}/2026 của Sở Xây dựng." for day in ("27/11", "30/11", "01/12", "02/12")
        ],
        "Đặng Quốc Bình": ["02/12 08:00 Tình hình sáng 02/12/2026 của tỉnh Quảng Ninh."],
        "Hoàng Minh Tâm": ["02/12 08:00 Hệ thống xin lỗi Quý doanh nghiệp"],
    }


async def test_an_empty_demo_has_its_officials_and_no_ticket(tmp_path: Path) -> None:
    async with running(tmp_path, week.without_stories(week.load())) as town:
        assert "0 hồ sơ" in await town.get("/hoi-dap")
        assert await town.store.read(lambda session: session.execute(select(func.count(col(Ticket.id)))).scalar()) == 0
        assert [person.following for person in town.simulator.world.people.values()] == [False] * 8 + [True] * 8
        for _ in range(600):  # what greets the officials leaves
            if set((await town.store.read(outbox.counts)).values()) == {0}:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(await town.store.read(outbox.counts))


def test_a_port_that_is_taken_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("sys.argv", ["zalobot", "demo", "--empty", "--port", str(port)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 2
    assert f"port {port} on 127.0.0.1 cannot be used" in capsys.readouterr().err


def test_a_week_with_an_unknown_person_is_refused(tmp_path: Path) -> None:
    (tmp_path / "week.toml").write_text(LONELY.replace('who = "tam"', 'who = "tan"'), encoding="utf-8")
    with pytest.raises(ValueError, match="nobody is called tan"):
        week.load(tmp_path / "week.toml")


def test_an_act_without_a_time_follows_the_one_before() -> None:
    acts = [act for act in week.load().acts if act.story == "kho"]
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    assert acts[1].at - acts[0].at == week.PAUSE


def test_no_two_people_share_an_id() -> None:
    ids = [figure.seed.id for figure in week.load().people]
    assert len(set(ids)) == len(ids) == 16
    assert all(int(one) > 2**53 for one in ids)


async def test_who_was_silent_for_more_than_seven_days_gets_a_template_of_the_province(lonely: Town) -> None:
    tam = lonely.person("Hoàng Minh Tâm")
    for _ in range(3):
        await lonely.do("clock", to="evening")
        await lonely.do("clock", to="morning")
    await lonely.do("fault", name="silent", on=True)
    await lonely.do("clock", to="evening")
    await lonely.do("clock", to="morning")
    late = lonely.simulator.received(tam)[-1]
    assert (late.kind, late.text.splitlines()[0]) == ("template", "Cập nhật tình trạng hồ sơ")
