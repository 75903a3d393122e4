"""A message on its way to somebody who has been silent: a simulated Zalo with its windows, and a mail server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.channels.office import CHECK_CODE, MONDAY, Office, office
from zalobot import outbox
from zalobot.channel_policy import policy
from zalobot.channels import costs, waiting
from zalobot.store.models import Channel, OutboxMessage, OutboxState, Priority

SENT, WAITING, QUEUED, RESOLVED = OutboxState.SENT, OutboxState.WAITING, OutboxState.QUEUED, OutboxState.RESOLVED
CS, PAID, UID, PHONE = Channel.CS, Channel.CS_PAID, Channel.ZBS_UID, Channel.ZBS_PHONE
MAIL, WAIT = Channel.MAIL, Channel.WAIT


@pytest.fixture
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(database_url, tmp_path) as opened:
        yield opened


async def test_within_48_hours_the_chat_is_free_then_paid_then_a_template_stands_for_the_words(here: Office) -> None:
    lan = here.business(phone="84912345678")
    here.approve("co_tra_loi")
    for hours, fate in ((47, CS), (2, PAID), (118, PAID), (2, UID)):
        here.later(hours=hours)
        here.say(lan, f"Trả lời sau {hours} giờ")
        await here.relay.drain()
        assert here.fates()[-1] == (SENT, fate)
    assert here.phone(lan)[:3] == ["Trả lời sau 47 giờ", "Trả lời sau 2 giờ", "Trả lời sau 118 giờ"]
    assert here.phone(lan)[3].startswith("Hồ sơ QN-2611-00001 của Quý doanh nghiệp đã có trả lời của")
    assert f"Mã kiểm tra tin này: {CHECK_CODE}," in here.phone(lan)[3]
    assert here.refused() == []
    assert here.attempts() == [(PAID, 0), (PAID, 0), (UID, 0)]
    spent = here.store.read_now(costs.of, MONDAY - timedelta(days=1), here.clock.now(), policy())
    assert (spent.sent, spent.spent) == ({CS: 1, PAID: 2, UID: 1}, {PAID: 110, UID: 560})
    assert (spent.calls, spent.tickets, spent.calls_per_ticket) == (4, 1, 4.0)
    assert spent.month == round(670 * (timedelta(days=30) / spent.span))
    assert replace(spent, package=1000).month == round(560 * (timedelta(days=30) / spent.span))
    assert here.simulator.stage.account.spent in (560, 670)  # the package may hold the paid ones
    assert costs.lines(spent)[-1] == f"a month at this rate: {spent.month} VND"


async def test_where_nothing_may_be_paid_for_the_paid_window_is_not_used(database_url: str, tmp_path: Path) -> None:
    async with office(database_url, tmp_path, may_pay=False) as here:
        lan = here.business(contact="Chị Lan, 0912345678, lan@congty.example.vn")
        here.later(hours=50)
        here.say(lan, "Trả lời")
        await here.relay.drain()
        assert here.fates() == [(SENT, MAIL)]


async def test_a_refusal_leads_to_the_next_way_and_is_not_repeated(here: Office) -> None:
    """Zalo says -230 though our clock says otherwise, the template is refused by user id, then by phone."""
    lan = here.business(contact="Chị Lan, 0912 345 678, lan@congty.example.vn", phone="84912345678")
    here.approve("co_tra_loi")
    here.simulator.stage.templates["t-co_tra_loi"].by_uid = False
    lan.last_interaction, lan.refuses_templates = here.clock.now() - timedelta(days=8), -139
    here.say(lan, "Kính gửi Quý doanh nghiệp, đây là trả lời.")
    await here.relay.drain()
    assert here.attempts() == [(CS, -230), (UID, -249), (PHONE, -139), (MAIL, 0)]
    assert here.fates() == [(SENT, MAIL)]
    (letter,) = here.box.letters
    assert letter["To"] == "lan@congty.example.vn"
    assert letter["Subject"] == "Thông báo từ Doanh nghiệp Quảng Ninh, hồ sơ QN-2611-00001"
    assert "đây là trả lời." in here.box.words()[0]
    here.say(lan, "Một tin nữa.")
    await here.relay.drain()
    # The person is still silent: the chat is not asked again, nor a template by user id that goes by phone only.
    assert here.attempts()[4:] == [(PHONE, -139), (MAIL, 0)]
    assert here.refused().count(-230) == 1


@pytest.mark.parametrize("code", [-213, -217, -227, -230, -232, -244, -305])
async def test_what_is_about_the_person_closes_the_chat_until_they_write(
    sqlite_url: str, tmp_path: Path, code: int
) -> None:
    async with office(sqlite_url, tmp_path, without=(MAIL, UID, PHONE)) as here:
        lan = here.business()
        lan.refuses = code
        here.say(lan, "1")
        here.say(lan, "2")
        await here.relay.drain()
        assert here.fates() == [(WAITING, WAIT), (WAITING, WAIT)]
        assert here.refused() == [code]
        lan.refuses = 0
        here.later(minutes=1)
        await here.hears(lan, "xin chào")
        await here.relay.drain()
        assert here.phone(lan)[:2] == ["1", "2"]


@pytest.mark.parametrize("code", [-211, -218, -311])
async def test_what_is_about_an_allowance_turns_this_message_elsewhere_and_not_the_next_one(
    sqlite_url: str, tmp_path: Path, code: int
) -> None:
    async with office(sqlite_url, tmp_path, without=(UID, PHONE)) as here:
        lan = here.business(contact="lan@congty.example.vn")
        lan.refuses = code
        here.say(lan, "1")
        await here.relay.drain()
        lan.refuses = 0
        here.say(lan, "2")
        await here.relay.drain()
        assert here.fates() == [(SENT, MAIL), (SENT, CS)]
        assert here.attempts() == [(CS, code), (MAIL, 0)]


async def test_an_account_without_money_does_not_keep_a_letter_back(here: Office) -> None:
    lan = here.business(contact="lan@congty.example.vn")
    here.simulator.stage.account.paid.limit = 0
    here.simulator.stage.account.balance = 0
    here.later(hours=60)
    here.say(lan, "Trả lời")
    await here.relay.drain()
    assert here.attempts() == [(PAID, -321), (MAIL, 0)]


async def test_what_nothing_can_carry_waits_and_comes_in_order_before_the_reply(here: Office) -> None:
    lan = here.business()
    here.later(days=10)
    for word in ("Trả lời một", "Trả lời hai"):
        here.say(lan, word)
    await here.relay.drain()
    assert here.fates() == [(WAITING, WAIT)] * 2
    assert here.rows()[0].error == (
        "cs: window_closed, cs_paid: window_closed, zbs_uid: not_approved, zbs_phone: not_approved, mail: no_address"
    )
    assert here.rows()[0].attempts == 0
    assert here.refused() == []
    await here.hears(lan, "xin chào")
    await here.relay.drain()
    assert here.phone(lan)[:2] == ["Trả lời một", "Trả lời hai"]
    assert [row.state for row in here.rows()] == [SENT] * 3


async def test_many_that_wait_become_one_message_with_all_their_words_and_buttons(here: Office) -> None:
    lan = here.business()
    here.later(days=10)
    for number in range(1, 5):
        here.say(lan, f"Trả lời {number}", (f"Đánh giá {number}", f"Đánh giá {number}"))
    await here.relay.drain()
    await here.hears(lan, "xin chào")
    await here.relay.drain()
    first = here.phone(lan)[0]
    assert first.startswith("Trong thời gian chưa liên lạc được, có 4 thông báo")
    assert [first.index(f"Trả lời {number}") for number in range(1, 5)] == sorted(
        first.index(f"Trả lời {number}") for number in range(1, 5)
    )
    assert len(here.simulator.received(lan)[0].buttons) == 4
    assert [row.state for row in here.rows()][:4] == [SENT] + [OutboxState.MERGED] * 3
    assert {row.merged_into for row in here.rows()[1:4]} == {here.rows()[0].id}
    assert len(here.phone(lan)) == 2  # these, and the reply


async def test_long_ones_that_wait_stay_whole(here: Office) -> None:
    lan = here.business()
    here.later(days=10)
    for number in range(1, 5):
        here.say(lan, f"{number}" + "a" * 1500)
    await here.relay.drain()
    await here.hears(lan, "xin chào")
    await here.relay.drain()
    assert [text[-1500:] for text in here.phone(lan)[:4]] == ["a" * 1500] * 4


async def test_a_reminder_that_waited_too_long_is_not_said_any_more(here: Office) -> None:
    officer = here.officer()
    here.later(days=9)
    here.say(officer, "Nhắc việc", template="reminders/half", priority=Priority.REMINDER)
    here.say(officer, "Phần việc mới", template="officer/assigned")
    await here.relay.drain()
    assert here.fates() == [(WAITING, WAIT)] * 2
    here.later(days=2)
    await here.hears(officer, "việc của tôi")
    await here.relay.drain()
    assert [row.state for row in here.rows()][:2] == [RESOLVED, SENT]
    assert here.phone(officer)[0] == "Phần việc mới"


async def test_what_staff_cannot_get_in_zalo_goes_to_their_address(here: Office) -> None:
    officer = here.officer(email="ha@so.example.vn")
    here.later(days=8)
    here.say(officer, "Phần việc mới\n\nGõ 1 Nhận xử lý.", ("1. Nhận xử lý", "Nhận QN-1"), template="officer/assigned")
    await here.relay.drain()
    assert here.fates() == [(SENT, MAIL)]
    assert here.box.letters[0]["To"] == "ha@so.example.vn"
    assert "Gõ 1" not in here.box.words()[0]
    assert "nhắn tin cho Doanh nghiệp Quảng Ninh trên Zalo: https://zalo.me/" in here.box.words()[0]


async def test_at_night_a_template_by_phone_waits_for_the_morning(sqlite_url: str, tmp_path: Path) -> None:
    evening = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 22:30
    async with office(sqlite_url, tmp_path, start=evening - timedelta(days=10), hash_phone=True) as here:
        lan = here.business(contact="0912 345 678", phone="84912345678")
        here.approve("co_tra_loi", by_uid=False)
        here.later(days=10)
        here.say(lan, "Trả lời")
        await here.relay.drain()
        (row,) = here.rows()
        assert (row.state, row.not_before) == (QUEUED, datetime(2026, 11, 23, 23, 5, tzinfo=UTC))
        here.later(hours=7, minutes=36)
        await here.relay.drain()
        assert here.fates() == [(SENT, PHONE)]
        assert here.refused() == []


async def test_a_template_that_lacks_a_value_is_passed_over_with_the_reason(here: Office) -> None:
    officer = here.officer()
    here.approve("viec_moi_can_bo")
    here.later(days=8)
    here.say(officer, "Phần việc mới", template="officer/assigned")  # without a ticket
    await here.relay.drain()
    assert here.fates() == [(WAITING, WAIT)]
    assert "zbs_uid: not_filled" in str(here.rows()[0].error)


async def test_a_template_whose_outcome_nobody_knows_is_listed_and_never_sent_again(here: Office) -> None:
    lan = here.business()
    here.approve("co_tra_loi")
    here.later(days=8)
    here.say(lan, "Trả lời")
    here.simulator.faults.start("answer_lost")
    await here.relay.drain()
    assert here.fates() == [(OutboxState.UNKNOWN, UID)]
    here.simulator.faults.stop()
    for _ in range(20):
        here.later(minutes=2)
        await here.relay.settle_unknown()
        await here.relay.drain()
    assert here.fates() == [(OutboxState.UNCLEAR, UID)]
    assert len(here.phone(lan)) == 1


async def test_who_writes_while_the_choice_is_made_is_not_left_waiting(here: Office) -> None:
    lan = here.business()
    here.later(days=10)
    here.say(lan, "Trả lời")
    (claimed,) = here.store.run_now(outbox.claim, here.clock.now(), 5)
    await here.hears(lan, "xin chào")

    def park(session: Session) -> None:
        row = session.get_one(OutboxMessage, claimed.id)
        waiting.park(session, row, claimed.last_interaction, "nothing is open", here.clock.now())

    here.store.run_now(park)
    assert here.fates()[0] == (QUEUED, CS)


async def test_everybody_has_a_window_of_their_own(here: Office) -> None:
    """Claimed together, by one statement."""
    people = [here.business(name=name) for name in ("Lan", "Huy", "Mai")]
    here.later(hours=60)
    await here.hears(people[1], "xin chào")
    await here.relay.drain()
    here.later(days=6)
    for person in people:
        here.say(person, "Trả lời")
    claimed = here.store.run_now(outbox.claim, here.clock.now(), 10)
    silent_for = {row.person_id: here.clock.now() - (row.last_interaction or MONDAY) for row in claimed}
    assert [round(silent_for[person.id] / timedelta(days=1), 1) for person in people] == [8.5, 6.0, 8.5]


async def test_at_night_a_business_gets_its_messages_one_after_the_other_though_staff_wait(here: Office) -> None:
    lan, officer = here.business(), here.officer()
    here.say(officer, "Phần việc mới", template="officer/assigned")
    for word in ("Trả lời một", "Trả lời hai"):
        here.say(lan, word)
    night = here.clock.now() + timedelta(hours=12)
    claimed = here.store.run_now(outbox.claim, night, 10, closed=True)
    assert [row.outgoing.text for row in claimed] == ["Trả lời một"]


async def test_an_echo_or_a_receipt_settles_a_template_that_was_in_doubt(here: Office) -> None:
    lan, huy = here.business(), here.business(name="Huy", contact="0912 345 678", phone="84912345678")
    here.approve("co_tra_loi")
    here.approve("can_bo_sung", by_uid=False)
    here.later(days=8)
    here.say(lan, "Trả lời")
    here.say(huy, "Câu hỏi", template="status/question")
    here.simulator.faults.start("answer_lost")
    here.simulator.faults.start("answer_lost", "zbs")
    await here.relay.drain()
    assert here.fates() == [(OutboxState.UNKNOWN, UID), (OutboxState.UNKNOWN, PHONE)]
    message = here.simulator.received(lan)[0]
    here.tells(here.simulator.stage.payloads.echo(message, ""))
    (by_phone,) = here.simulator.received(huy)
    here.tells(here.simulator.stage.payloads.template_received(by_phone, "84912345678", here.rows()[1].id))
    assert here.fates() == [(SENT, UID), (SENT, PHONE)]
    assert [row.message_id for row in here.rows()] == [message.id, by_phone.id]
