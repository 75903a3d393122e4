"""The outbox: every message is a row with a state; one person's messages leave one at a time, in order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from tests.rooms import NOW, outbox_rows, say
from zalobot import outbox
from zalobot.outbox import Leaving, Outcome
from zalobot.store.database import Store
from zalobot.store.models import OutboxMessage, OutboxState, Priority
from zalobot.templating import Rendered
from zalobot.zalo.messages import Button, Outgoing

SECOND = timedelta(seconds=1)
SENT, QUEUED, SENDING = OutboxState.SENT, OutboxState.QUEUED, OutboxState.SENDING
UNKNOWN, FAILED = OutboxState.UNKNOWN, OutboxState.FAILED


def claim(store: Store, now: datetime = NOW, limit: int = 50) -> list[str]:
    """The texts of what is claimed."""
    return [row.outgoing.text for row in store.run_now(outbox.claim, now, limit)]


def settle(store: Store, *outcomes: Outcome, now: datetime = NOW) -> None:
    store.run_now(outbox.settle, outcomes, now)


def rows(store: Store) -> list[OutboxMessage]:
    return store.read_now(outbox_rows)


def states(store: Store) -> list[OutboxState]:
    return [row.state for row in rows(store)]


async def test_a_queued_message_is_claimed_once_and_sent_with_zalos_id(store: Store) -> None:
    row_id = store.run_now(say, "lan", "Kính chào")
    assert claim(store) == ["Kính chào"]
    assert claim(store) == []
    row = rows(store)[0]
    assert (row.state, row.attempts, row.sending_since) == (SENDING, 1, NOW)
    settle(store, Outcome(row_id, SENT, "z1"), now=NOW + SECOND)
    row = rows(store)[0]
    assert (row.state, row.message_id, row.sent_at) == (SENT, "z1", NOW + SECOND)


async def test_one_persons_messages_leave_one_at_a_time_in_order(store: Store) -> None:
    ids = [store.run_now(say, "lan", word) for word in ("1", "2", "3")]
    store.run_now(say, "huy", "a")
    assert claim(store) == ["1", "a"]
    assert claim(store) == []
    settle(store, Outcome(ids[0], SENT, "z1"))
    assert claim(store) == ["2"]
    settle(store, Outcome(ids[1], FAILED, error_code=-201))
    assert claim(store) == ["3"]  # what was given up holds up nobody


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
async def test_what_nobody_knows_holds_up_the_next_message_to_the_same_person(store: Store, state: OutboxState) -> None:
    first = store.run_now(say, "lan", "1")
    store.run_now(say, "lan", "2")
    claim(store)
    settle(store, Outcome(first, state))
    assert claim(store, NOW + timedelta(hours=1)) == []


async def test_a_message_that_is_tried_again_is_not_overtaken(store: Store) -> None:
    first = store.run_now(say, "lan", "1")
    store.run_now(say, "lan", "2")
    claim(store)
    settle(store, Outcome(first, QUEUED, error_code=-32, error="too many calls", not_before=NOW + 60 * SECOND))
    assert claim(store, NOW + 59 * SECOND) == []
    assert claim(store, NOW + 60 * SECOND) == ["1"]
    row = rows(store)[0]
    assert (row.attempts, row.error_code, row.error) == (2, -32, "too many calls")


async def test_a_push_held_until_morning_holds_up_nobody(store: Store) -> None:
    """An officer who writes at night is answered at night; the push waits for the morning."""
    store.run_now(say, "officer", "a push", hold=timedelta(hours=9))
    reply = store.run_now(say, "officer", "a reply")
    assert claim(store) == ["a reply"]
    settle(store, Outcome(reply, SENT, "z1"))
    assert claim(store, NOW + timedelta(hours=8)) == []
    assert claim(store, NOW + timedelta(hours=9)) == ["a push"]


async def test_replies_go_before_status_and_status_before_reminders(store: Store) -> None:
    def queue(session: Session) -> None:
        for priority in (Priority.REMINDER, Priority.STATUS, Priority.REPLY):
            said = Rendered(priority.name, (), "test", "1")
            outbox.enqueue(session, f"to {priority.name}", said, now=NOW, priority=priority)

    store.run_now(queue)
    assert [claim(store, limit=1) for _ in range(3)] == [["REPLY"], ["STATUS"], ["REMINDER"]]


async def test_a_long_text_is_several_rows_that_leave_in_order(store: Store) -> None:
    words = "\n\n".join(f"Đoạn {number}. " + "Nội dung " * 60 for number in range(8))
    last = store.run_now(say, "lan", words, (("Đồng ý", "Đồng ý"),))
    made = rows(store)
    assert len(made) > 1
    assert made[-1].id == last
    assert all(len(row.body["text"]) <= 2000 for row in made)
    assert [bool(row.body.get("buttons")) for row in made] == [False] * (len(made) - 1) + [True]
    assert claim(store) == [made[0].body["text"]]


async def test_a_held_reply_is_taken_back(store: Store) -> None:
    row_id = store.run_now(say, "lan", "field?", hold=2 * SECOND)
    assert claim(store) == []
    store.run_now(outbox.withdraw, row_id)
    assert claim(store, NOW + 3 * SECOND) == []
    assert rows(store) == []


async def test_a_held_reply_is_taken_back_in_the_transaction_that_queued_it(store: Store) -> None:
    def turn(session: Session) -> None:
        outbox.withdraw(session, say(session, "lan", "first thought", hold=2 * SECOND))
        say(session, "lan", "second thought")

    store.run_now(turn)
    assert [row.body["text"] for row in rows(store)] == ["second thought"]


async def test_what_began_to_leave_is_not_taken_back(store: Store) -> None:
    row_id = store.run_now(say, "lan", "field?", hold=2 * SECOND)
    assert claim(store, NOW + 2 * SECOND) == ["field?"]
    store.run_now(outbox.withdraw, row_id)
    assert states(store) == [SENDING]


async def test_zalos_echo_settles_a_message_whose_answer_was_lost(store: Store) -> None:
    row_id = store.run_now(say, "lan", "Kính chào  Quý doanh nghiệp")
    claim(store)
    settle(store, Outcome(row_id, UNKNOWN, error="no answer"))
    assert store.run_now(outbox.echoed, "lan", "z1", "Kính chào Quý doanh nghiệp", NOW) is True
    row = rows(store)[0]
    assert (row.state, row.message_id, row.error) == (SENT, "z1", None)


async def test_the_echo_may_come_before_the_answer(store: Store) -> None:
    row_id = store.run_now(say, "lan", "Kính chào")
    claim(store)
    assert store.run_now(outbox.echoed, "lan", "z1", "Kính chào", NOW) is True
    settle(store, Outcome(row_id, UNKNOWN, error="no answer"))  # says nothing new
    assert states(store) == [SENT]
    settle(store, Outcome(row_id, SENT, "z1"))
    assert [row.message_id for row in rows(store)] == ["z1"]
    assert claim(store, NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize(("person", "text"), [("huy", "Kính chào"), ("lan", "other words")])
async def test_an_echo_of_something_else_settles_nothing(store: Store, person: str, text: str) -> None:
    store.run_now(say, "lan", "Kính chào")
    claim(store)
    assert store.run_now(outbox.echoed, person, "z1", text, NOW) is False
    assert states(store) == [SENDING]


async def test_an_echo_does_not_settle_what_has_not_begun_to_leave(store: Store) -> None:
    """Somebody in the OA's inbox may type the very words that wait to be sent."""
    store.run_now(say, "lan", "Kính chào")
    assert store.run_now(outbox.echoed, "lan", "z1", "Kính chào", NOW) is False
    assert claim(store) == ["Kính chào"]


async def test_an_echo_that_comes_again_does_not_settle_the_next_message_of_the_same_words(store: Store) -> None:
    first = store.run_now(say, "lan", "Đã nhận")
    store.run_now(say, "lan", "Đã nhận")
    claim(store)
    settle(store, Outcome(first, SENT, "z1"))
    claim(store)
    assert store.run_now(outbox.echoed, "lan", "z1", "Đã nhận", NOW) is True
    assert states(store) == [SENT, SENDING]


async def test_receipts_note_the_first_instant(store: Store) -> None:
    row_id = store.run_now(say, "lan", "Kính chào")
    claim(store)
    settle(store, Outcome(row_id, SENT, "z1"))
    for later in (1, 2):
        store.run_now(outbox.arrived, ["z1", "not ours"], seen=False, at=NOW + later * SECOND)
        store.run_now(outbox.arrived, ["z1"], seen=True, at=NOW + later * 10 * SECOND)
    row = rows(store)[0]
    assert (row.delivered_at, row.seen_at) == (NOW + SECOND, NOW + 10 * SECOND)


async def test_rows_of_unknown_outcome_and_those_a_dead_process_left_are_found(store: Store) -> None:
    ids = {person: store.run_now(say, person, "1") for person in ("unknown", "later", "sent")}
    store.run_now(outbox.claim, NOW, 50, holder="mine")
    for person in ("left", "stale"):
        store.run_now(say, person, "1")
    store.run_now(outbox.claim, NOW, 1, holder="dead")
    store.run_now(outbox.claim, NOW, 50, holder="living")
    settle(
        store,
        Outcome(ids["unknown"], UNKNOWN),
        Outcome(ids["later"], UNKNOWN, not_before=NOW + SECOND),
        Outcome(ids["sent"], SENT, "z"),
    )

    def found(now: datetime, before: datetime, left_by: Sequence[str], stale: datetime) -> set[str]:
        rows: Sequence[Leaving] = store.read_now(outbox.unsettled, now, before, left_by, stale)
        return {row.person_id for row in rows}

    past = NOW - SECOND
    assert store.read_now(outbox.holders, past) == set()
    assert store.read_now(outbox.holders, NOW) == {"dead", "living"}
    assert found(NOW, past, ["dead", "living"], past) == set()  # too early
    assert found(NOW, NOW, [], past) == {"unknown"}
    assert found(NOW, NOW, ["dead"], past) == {"unknown", "left"}
    assert found(NOW, NOW, [], NOW) == {"unknown", "left", "stale"}
    assert found(NOW + SECOND, NOW, [], past) == {"unknown", "later"}


async def test_the_buttons_of_the_newest_message_the_person_has_got_are_the_offer(store: Store) -> None:
    def offer() -> list[str]:
        return [button.value for button in store.read_now(outbox.last_offer, "lan", NOW)]

    first = store.run_now(say, "lan", "which?", (("Đất đai", "đất đai"), ("Thuế", "thuế")))
    assert offer() == []  # not yet on the phone
    claim(store)
    settle(store, Outcome(first, SENT, "z1"))
    assert offer() == ["đất đai", "thuế"]
    second = store.run_now(say, "lan", "words without buttons")
    claim(store)
    settle(store, Outcome(second, SENT, "z2"))
    assert offer() == ["đất đai", "thuế"]


WEB = "https://kenh.example.vn/hoi-dap"


@pytest.mark.parametrize(
    ("payload", "kind", "value", "plain"),
    [
        (WEB, "url", WEB, f"which?\ntitle: {WEB}"),
        ("tel:1022", "phone", "1022", "which?\ntitle: 1022"),
        ("Nhận QN-2611-00042/1", "query", "Nhận QN-2611-00042/1", "which?"),  # its typed twin is in the words
    ],
)
async def test_a_button_is_what_its_payload_says(store: Store, payload: str, kind: str, value: str, plain: str) -> None:
    store.run_now(say, "lan", "which?", (("title", payload),))
    (leaving,) = store.run_now(outbox.claim, NOW, 1)
    assert leaving.outgoing.buttons == (Button(title="title", kind=kind, value=value),)
    assert leaving.outgoing.plain() == Outgoing(text=plain)


async def test_the_next_due_row_is_one_that_lies_ahead(store: Store) -> None:
    """What is due already and was not claimed waits for an earlier one: to look again at once would be to spin."""
    assert store.read_now(outbox.next_due, NOW) is None
    store.run_now(say, "lan", "due now")
    assert store.read_now(outbox.next_due, NOW) is None
    store.run_now(say, "lan", "held", hold=9 * SECOND)
    assert store.read_now(outbox.next_due, NOW) == NOW + 9 * SECOND


async def test_what_zalo_says_in_characters_no_database_keeps_is_written_down_all_the_same(store: Store) -> None:
    row_id = store.run_now(say, "lan", "1")
    claim(store)
    settle(store, Outcome(row_id, FAILED, error_code=-201, error="bad\0 word \ud800"))
    assert (rows(store)[0].state, rows(store)[0].error) == (FAILED, "bad\ufffd word ?")


async def test_unfinished_and_failed_rows_are_counted(store: Store) -> None:
    ids = [store.run_now(say, f"p{number}", "1") for number in range(5)]
    claim(store, limit=4)
    settle(store, Outcome(ids[0], UNKNOWN), Outcome(ids[1], FAILED), Outcome(ids[2], OutboxState.UNCLEAR))
    assert store.read_now(outbox.counts) == {"queued": 1, "sending": 1, "unknown": 1, "unclear": 1, "failed": 1}


@pytest.mark.postgres
async def test_two_relays_never_claim_the_same_row_nor_two_of_one_person(postgres_url: str) -> None:
    here, there = Store(postgres_url), Store(postgres_url)
    for person in ("lan", "huy", "mai"):
        here.run_now(say, person, f"{person} 1")
        here.run_now(say, person, f"{person} 2")

    def meanwhile(session: Session) -> tuple[list[str], list[str]]:
        mine = [row.outgoing.text for row in outbox.claim(session, NOW, 2)]
        return mine, claim(there)

    assert here.run_now(meanwhile) == (["lan 1", "huy 1"], ["mai 1"])
    await here.close()
    await there.close()
