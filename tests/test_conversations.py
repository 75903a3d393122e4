"""One person's talk is in one pair of hands at a time, however many workers there are."""

import threading
from datetime import datetime

import pytest
from sqlmodel import Session

from tests.rooms import NOW, incoming, text_event
from zalobot import conversations, inbox
from zalobot.inbox import Waiting, Worked
from zalobot.store.database import Store


def answer(session: Session, word: str) -> None:
    talk = conversations.of(session, "lan", NOW)
    talk.answers = {**talk.answers, word: True}
    conversations.save(session, talk, NOW)


async def test_two_changes_of_one_talk_at_the_same_time_are_both_kept(store: Store) -> None:
    """Each reads, thinks and writes; the one that had to wait reads what the other wrote, not what was there before."""
    store.run_now(answer, "first")
    both = threading.Barrier(2)

    def thoughtful(word: str) -> None:
        both.wait()
        for number in range(10):
            store.run_now(answer, f"{word}{number}")

    threads = [threading.Thread(target=thoughtful, args=(word,)) for word in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    words = {f"{word}{number}" for word in ("a", "b") for number in range(10)} | {"first"}
    assert set(store.run_now(conversations.of, "lan", NOW).answers) == words


@pytest.mark.postgres
async def test_who_is_served_by_another_worker_is_left_to_it(postgres_url: str) -> None:
    here, there = Store(postgres_url), Store(postgres_url)
    here.run_now(inbox.keep, [incoming(text_event("lan", "1")), incoming(text_event("huy", "1"))])
    served: list[str] = []

    def note(session: Session, event: Waiting, now: datetime) -> None:
        served.append(event.person_id)

    def meanwhile(session: Session) -> Worked:
        assert set(conversations.load(session, ["lan"], NOW)) == {"lan"}
        return there.run_now(inbox.work, note, NOW)

    assert here.run_now(meanwhile) == Worked(1)
    assert served == ["huy"]
    assert here.run_now(inbox.work, note, NOW) == Worked(1)
    assert served == ["huy", "lan"]
    await here.close()
    await there.close()


async def test_somebody_never_heard_of_has_an_empty_talk(store: Store) -> None:
    talk = store.run_now(conversations.of, "somebody new", NOW)
    assert (talk.flow, talk.answers, talk.follows, talk.is_staff) == ("", {}, False, False)


def test_entering_a_flow_puts_the_unfinished_one_aside() -> None:
    talk = conversations.Talk("lan", NOW)
    talk.begin("report_issue", {"description": "…"})
    talk.begin("look_up", {})
    assert talk.shelf == [{"flow": "report_issue", "answers": {"description": "…"}}]
    assert (talk.flow, talk.answers) == ("look_up", {})


def test_a_flow_without_an_answer_is_not_worth_putting_aside() -> None:
    talk = conversations.Talk("lan", NOW)
    talk.begin("look_up", {})
    talk.begin("report_issue", {"consent": "yes"})
    assert talk.shelf == []


def test_the_shelf_keeps_the_five_newest() -> None:
    talk = conversations.Talk("lan", NOW)
    for number in range(8):
        talk.begin(f"flow{number}", {"number": number})
    assert [kept["flow"] for kept in talk.shelf] == ["flow2", "flow3", "flow4", "flow5", "flow6"]
