"""What an agency said of being late, on the part card and in the history."""

from typing import Any

from sqlmodel import Session, col, select

from tests.calendars import at
from tests.web.conftest import Town
from tests.web.sample import _next
from tests.web.test_public_pages import words
from zalobot.store.models import EventKind, Part, Ticket, TicketEvent

CODE = "QN-2611-00042"
WHY = "Hồ sơ cần ý kiến của Bộ Xây dựng."


def happened(town: Town, kind: EventKind, moment: str, **data: Any) -> None:
    """An entry about part 1 (Sở Xây dựng) of the warehouse."""

    def write(session: Session) -> None:
        ticket = session.exec(select(Ticket).where(col(Ticket.code) == CODE)).one()
        session.add(
            TicketEvent(
                seq=_next(session),
                ticket_id=ticket.id,
                ticket_code=CODE,
                part_number=1,
                kind=kind,
                at=at(moment),
                actor_role="head",
                agency="SXD",
                data=data,
                commitments={},
                prev_hash="",
                hash="",
            )
        )

    town.write(write)


async def test_an_explanation_stands_on_the_card_and_in_the_history(town: Town) -> None:
    happened(town, EventKind.EXPLAINED, "2026-11-26 10:00", day="2026-12-02", why=WHY)
    text = words(await town.get(f"/hoi-dap/{CODE}"))
    assert f"Giải trình {WHY} Ngày trả lời mới: Thứ Tư 02/12/2026" in text
    assert f"Sở Xây dựng giải trình việc chậm trả lời phần 1: {WHY} Ngày trả lời mới: Thứ Tư 02/12/2026" in text


async def test_silence_is_said_until_somebody_speaks(town: Town) -> None:
    happened(town, EventKind.NOT_EXPLAINED, "2026-11-26 09:00", until="2026-11-26T09:00:00+07:00")
    text = words(await town.get(f"/hoi-dap/{CODE}"))
    assert "Giải trình Không giải trình trong hạn" in text
    assert "Không giải trình trong hạn, phần 1 : Sở Xây dựng" in text
    happened(town, EventKind.EXPLAINED, "2026-11-26 10:00", day="2026-12-02", why=WHY)
    assert "Giải trình Không giải trình" not in words(await town.get(f"/hoi-dap/{CODE}"))


async def test_a_new_clock_starts_without_a_word(town: Town) -> None:
    happened(town, EventKind.NOT_EXPLAINED, "2026-11-26 09:00")

    def second_clock(session: Session) -> None:
        query = select(Part).where(col(Part.code) == f"{CODE}/1")
        session.exec(query).one().clock_started_at = at("2026-11-26 10:00")

    town.write(second_clock)
    assert "Giải trình Không giải trình" not in words(await town.get(f"/hoi-dap/{CODE}"))


async def test_what_the_clock_did_is_told_as_such(town: Town) -> None:
    happened(town, EventKind.PAUSE_ENDED, "2026-11-26 09:00")
    happened(town, EventKind.CLOSED, "2026-11-26 10:00", who="silence")
    text = words(await town.get(f"/hoi-dap/{CODE}"))
    assert "Hết thời gian chờ doanh nghiệp, phần 1; đồng hồ chạy tiếp." in text
    assert "Không đánh giá, đã đóng phần 1." in text
