"""What placeholders say of real facts: a part with its receipt, a ticket, a draft, an officer."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from zalobot import spoken, templating
from zalobot.deadlines import count, rule_in_force
from zalobot.message_contexts import CONTEXTS
from zalobot.paths import messages_folder
from zalobot.placeholders import PLACEHOLDERS
from zalobot.province import Province, load
from zalobot.rules import Klass
from zalobot.store.models import Part, PartState, Ticket, TicketState, Tier
from zalobot.templating import Wording, using
from zalobot.tickets.facts import PartFacts, TicketFacts
from zalobot.workdays import LOCAL

RECEIVED = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL).astimezone(UTC)
LATER = datetime(2026, 11, 26, 10, 0, tzinfo=LOCAL).astimezone(UTC)


@pytest.fixture(scope="module")
def province() -> Province:
    return load("quang-ninh")


@pytest.fixture(autouse=True)
def _words(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(using, "_current", None)
    templating.use(Wording(messages_folder(), PLACEHOLDERS, CONTEXTS, always={"channel": province}))


def ticket_of(klass: Klass = Klass.HARD) -> Ticket:
    return Ticket(
        id="T",
        code="QN-2611-00042",
        person_id="1",
        topic="xay_dung",
        klass=klass,
        state=TicketState.ASSIGNED,
        tier=Tier.NO_NAME,
        title="Hồ sơ bị trả lại",
        description="Hồ sơ bị trả lại ba lần {{ ma_ho_so }}",
        public_text="",
        rule_version="1",
        received_at=RECEIVED,
    )


def part_facts(province: Province, now: datetime = LATER, klass: Klass = Klass.HARD, **values: Any) -> PartFacts:
    ticket = ticket_of(klass)
    receipt = count(RECEIVED, rule_in_force(province.rules, RECEIVED), klass, province.calendar)
    part = Part(
        **{
            "id": "P",
            "ticket_id": "T",
            "code": "QN-2611-00042/1",
            "number": 1,
            "agency": "SXD",
            "state": PartState.ACCEPTED,
            "klass": klass,
            "received_at": RECEIVED,
            "due_at": receipt.due,
            **values,
        }
    )
    return PartFacts(ticket, part, receipt, province, now)


def ticket_facts(province: Province, **values: Any) -> TicketFacts:
    part = part_facts(province, **values)
    return TicketFacts(part.ticket, (part,), province, "https://kenh.example.vn", LATER, 2)


def test_a_part_says_its_agency_due_time_and_what_is_left(province: Province) -> None:
    said = templating.render("officer/assigned", part=part_facts(province), ticket=ticket_facts(province)).text
    assert "Phần việc mới QN-2611-00042/1 của Sở Xây dựng" in said
    assert "Hạn: 17h00 Thứ Sáu 27/11/2026, còn 1 ngày 5 giờ làm việc." in said
    assert "ba lần {{ ma_ho_so }}" in said
    assert "Tệp kèm: 2." in said


def test_a_late_part_says_by_how_much(province: Province) -> None:
    late = datetime(2026, 11, 30, 9, 30, tzinfo=LOCAL).astimezone(UTC)
    said = templating.render(
        "reminders/overdue_head", part=part_facts(province, late), ticket=ticket_facts(province)
    ).text
    assert "đã quá hạn 17h00 Thứ Sáu 27/11/2026, chậm 2 giờ làm việc" in said


def test_how_a_due_time_was_counted_is_said_in_a_line(province: Province) -> None:
    hard = part_facts(province).receipt
    assert (
        templating.render("counted/short", receipt=hard).text
        == "3 ngày làm việc, tính từ 25/11/2026, không tính 24/11 (Ngày Văn hóa Việt Nam)"
    )
    assert templating.render("counted/hard", receipt=hard).text == (
        "Ngày nhận 23/11/2026 không tính; ngày 1 là 25/11, ngày 2 là 26/11, ngày 3 là 27/11. "
        "Không tính 24/11 (Ngày Văn hóa Việt Nam). Hạn: 17h00 Thứ Sáu 27/11/2026."
    )
    simple = part_facts(province, klass=Klass.SIMPLE).receipt
    assert templating.render("counted/simple", receipt=simple).text == (
        "Việc đơn giản: 4 giờ làm việc kể từ khi tiếp nhận. Hạn: 14h30 Thứ Hai 23/11/2026."
    )


def test_a_sent_report_says_who_holds_it_and_until_when(province: Province) -> None:
    ticket = ticket_facts(province)
    said = templating.render("report_issue/sent", ticket=ticket, draft=SimpleNamespace(asks_notices=False))
    assert "Nhận thông báo" not in said.text
    assert said.text.startswith("Đã tiếp nhận phản ánh QN-2611-00042 lúc 09h00 ngày 23/11/2026.")
    assert "1. Sở Xây dựng (Đang xử lý), hạn 17h00 Thứ Sáu 27/11/2026" in said.text
    assert said.buttons[1] == ("Xem trang công khai", "https://kenh.example.vn/hoi-dap/QN-2611-00042")


def test_a_part_without_a_due_time_promises_none(province: Province) -> None:
    said = templating.render("list/part", part=part_facts(province, due_at=None)).text
    assert said == "Sở Xây dựng (Đang xử lý)"


def test_an_officer_is_named_with_the_agency() -> None:
    officer = SimpleNamespace(name="Trần Thị Hoa", agency_name="Sở Xây dựng")
    assert templating.render("officer/menu", officer=officer).text.startswith("Đồng chí Trần Thị Hoa, Sở Xây dựng.")


def test_work_beyond_the_list_is_counted(province: Province) -> None:
    said = templating.render("officer/my_work", work=[part_facts(province)] * 12).text
    assert said.startswith("12 phần việc chưa trả lời")
    assert "Còn 4 phần việc khác" in said


THINGS = ("ticket", "part", "officer", "channel", "options", "work", "receipt", "facts", "person")


@pytest.mark.parametrize("placeholder", [p for p in PLACEHOLDERS if p.needs in THINGS], ids=lambda p: p.name)
def test_every_placeholder_reads_real_facts(placeholder: templating.Placeholder, province: Province) -> None:
    ticket = ticket_facts(province)
    things = {
        "ticket": ticket,
        "part": ticket.parts[0],
        "officer": SimpleNamespace(name="Trần Thị Hoa", agency_name="Sở Xây dựng"),
        "channel": province,
        "options": ["Có", "Không"],
        "work": ticket.parts,
        "receipt": ticket.parts[0].receipt,
        "facts": {"part": "QN-2611-00042/1"},
        "person": SimpleNamespace(display_name="Công ty Hạ Long"),
    }
    assert isinstance(placeholder.value(things[placeholder.needs]), str)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "chưa đến 1 phút làm việc"),
        (timedelta(minutes=45), "45 phút làm việc"),
        (timedelta(hours=5), "5 giờ làm việc"),
        (timedelta(hours=13), "1 ngày 5 giờ làm việc"),
        (timedelta(hours=24), "3 ngày làm việc"),
    ],
)
def test_lengths_of_working_time(length: timedelta, said: str) -> None:
    assert spoken.working_time(length) == said


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert spoken.due(datetime(2026, 11, 28, 0, 0, tzinfo=LOCAL)) == "hết Thứ Sáu 27/11/2026"
    assert spoken.due(datetime(2026, 11, 27, 10, 0, tzinfo=UTC)) == "17h00 Thứ Sáu 27/11/2026"


def test_a_long_text_is_cut_between_words() -> None:
    assert spoken.excerpt("một hai ba", 9) == "một hai…"
    assert spoken.excerpt("một hai ba", 10) == "một hai ba"
    assert spoken.excerpt("x" * 50, 10) == "xxxxxxxxx…"
