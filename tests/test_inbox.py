"""The inbox: kept once, handled once, in order per person, and one faulty event costs only itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from tests.rooms import NOW, inbox_rows, incoming, outbox_rows, said, say, text_event
from zalobot import conversations, inbox
from zalobot.inbox import EventFailed, Failure, Waiting, Worked
from zalobot.store.database import Store
from zalobot.store.models import InboxState, Person


class Heard:
    """A handler that remembers what it was given, and fails at certain words."""

    def __init__(self, *faulty: str) -> None:
        self.texts: list[tuple[str, str]] = []
        self.faulty = faulty

    def __call__(self, session: Session, event: Waiting, now: datetime) -> None:
        say(session, event.person_id, f"reply to {said(event)}")
        talk = conversations.of(session, event.person_id, now)
        talk.answers = {"last": said(event)}
        conversations.save(session, talk, now)
        if said(event) in self.faulty:
            raise ValueError(f"a bug in the rule\0 about {said(event)}")
        self.texts.append((event.person_id, said(event)))


def keep(store: Store, *bodies: dict[str, object]) -> None:
    store.run_now(inbox.keep, [incoming(body) for body in bodies])


def work(store: Store, handle: Callable[[Session, Waiting, datetime], None], *, careful: bool = False) -> Worked:
    return store.run_now(inbox.work, handle, NOW, careful=careful)


def states(store: Store) -> list[tuple[str, InboxState, int]]:
    return [(said_of(row.body), row.state, row.attempts) for row in store.read_now(inbox_rows)]


def said_of(body: str) -> str:
    return said(Waiting("", "", NOW, body))


def replies(store: Store) -> list[tuple[str, str]]:
    return [(row.person_id, row.body["text"]) for row in store.read_now(outbox_rows)]


async def test_an_event_is_kept_and_handled_once_however_often_it_comes(store: Store) -> None:
    event, heard = text_event("lan", "xin chào"), Heard()
    keep(store, event, event)
    keep(store, event)
    assert work(store, heard) == Worked(1)
    keep(store, event)
    assert work(store, heard) == Worked(0)
    assert heard.texts == [("lan", "xin chào")]
    assert states(store) == [("xin chào", InboxState.DONE, 1)]
    assert replies(store) == [("lan", "reply to xin chào")]


async def test_keeping_is_one_statement_where_it_commits_by_itself(store: Store) -> None:
    texts = list[str]()

    def kept(session: Session) -> int:
        event.listen(session.connection(), "before_cursor_execute", lambda *of: texts.append(of[2]))
        return inbox.keep(session, [incoming(text_event("lan", "1")), incoming(text_event("huy", "1"))])

    assert await store.run_alone(kept) == 0
    assert len(texts) == (2 if store.sqlite else 1)
    assert work(store, Heard()) == Worked(2)


async def test_a_persons_events_are_handled_in_the_order_they_happened(store: Store) -> None:
    """Zalo's retries overtake one another: what counts is when it happened, not when it came."""
    second, first, third = (
        text_event("lan", word, at=NOW + timedelta(seconds=seconds)) for word, seconds in (("2", 2), ("1", 1), ("3", 3))
    )
    keep(store, second, text_event("huy", "a", at=NOW), third)
    keep(store, first)
    heard = Heard()
    work(store, heard)
    assert [text for person, text in heard.texts if person == "lan"] == ["1", "2", "3"]
    assert ("huy", "a") in heard.texts


async def test_two_events_of_one_instant_keep_the_order_in_which_they_came(store: Store) -> None:
    keep(store, text_event("lan", "1"), text_event("lan", "2"), text_event("lan", "3"))
    heard = Heard()
    work(store, heard)
    assert [text for _, text in heard.texts] == ["1", "2", "3"]


async def test_the_fast_way_gives_up_the_whole_round_at_the_first_fault(store: Store) -> None:
    keep(store, text_event("huy", "fine"), text_event("lan", "faulty"))
    with pytest.raises(EventFailed):
        work(store, Heard("faulty"))
    assert [state for _, state, _ in states(store)] == [InboxState.NEW, InboxState.NEW]
    assert replies(store) == []


async def test_a_faulty_event_is_undone_alone_and_kept_with_its_reason(store: Store) -> None:
    keep(
        store, text_event("huy", "before"), text_event("lan", "1"), text_event("lan", "faulty"), text_event("lan", "3")
    )
    heard = Heard("faulty")
    worked = work(store, heard, careful=True)
    failed = store.read_now(inbox_rows)[2]
    assert worked.handled == 4
    error = "ValueError: a bug in the rule\ufffd about faulty"
    assert worked.failed == (Failure(failed.id, "user_send_text", error),)
    assert (failed.state, failed.error) == (InboxState.FAILED, error)
    assert sorted(replies(store)) == [("huy", "reply to before"), ("lan", "reply to 1"), ("lan", "reply to 3")]
    assert store.run_now(conversations.of, "lan", NOW).answers == {"last": "3"}


async def test_the_talk_is_what_it_was_before_the_faulty_event(store: Store) -> None:
    keep(store, text_event("lan", "1"), text_event("lan", "faulty"))
    work(store, Heard("faulty"), careful=True)
    assert store.run_now(conversations.of, "lan", NOW).answers == {"last": "1"}


async def test_what_the_database_refuses_is_a_fault_of_its_event_alone(store: Store) -> None:
    """A rule may leave a row that cannot be written; the savepoint holds the writing too."""

    def careless(session: Session, event: Waiting, now: datetime) -> None:
        Heard()(session, event, now)
        if said(event) == "faulty":
            session.add(Person(id=event.person_id, created_at=now))  # there is one of this id already

    keep(store, text_event("huy", "fine"), text_event("lan", "faulty"), text_event("mai", "fine"))
    worked = work(store, careless, careful=True)
    assert [state for _, state, _ in states(store)] == [InboxState.DONE, InboxState.FAILED, InboxState.DONE]
    assert "IntegrityError" in worked.failed[0].error
    assert sorted(replies(store)) == [("huy", "reply to fine"), ("mai", "reply to fine")]


async def test_a_failed_event_is_handled_again_when_it_is_replayed(store: Store) -> None:
    keep(store, text_event("lan", "faulty"))
    work(store, Heard("faulty"), careful=True)
    assert work(store, Heard()) == Worked(0)
    (row,) = store.read_now(inbox_rows)
    assert store.run_now(inbox.replay, row.id) is True
    assert work(store, Heard()) == Worked(1)
    assert states(store) == [("faulty", InboxState.DONE, 2)]
    assert store.read_now(inbox_rows)[0].error is None
    assert replies(store) == [("lan", "reply to faulty")]


async def test_only_what_failed_is_replayed(store: Store) -> None:
    keep(store, text_event("lan", "fine"))
    work(store, Heard())
    (row,) = store.read_now(inbox_rows)
    assert store.run_now(inbox.replay, row.id) is False
    assert store.run_now(inbox.replay, "no such event") is False
    assert work(store, Heard()) == Worked(0)


async def test_an_event_of_nobody_is_kept_and_done_with(store: Store) -> None:
    body = {"app_id": "x", "event_name": "change_oa_daily_quota", "oaId": "1", "timestamp": "1795402800000"}
    keep(store, body)
    assert store.run_now(inbox.work, lambda *_: None, NOW) == Worked(1)
    assert store.read_now(inbox_rows)[0].state is InboxState.DONE


async def test_the_backlog_says_how_many_wait_since_when_and_how_many_failed(store: Store) -> None:
    assert store.read_now(inbox.backlog) == (0, None, 0)
    keep(store, text_event("lan", "faulty"))
    work(store, Heard("faulty"), careful=True)
    keep(store, text_event("lan", "1"), text_event("huy", "2"))
    assert store.read_now(inbox.backlog) == (2, NOW, 1)


async def test_more_people_than_a_round_serves_are_served_by_the_next(store: Store) -> None:
    keep(store, *(text_event(f"p{number}", "1", at=NOW + timedelta(seconds=number)) for number in range(5)))
    heard = Heard()
    assert store.run_now(inbox.work, heard, NOW, people=3) == Worked(3)
    assert store.run_now(inbox.work, heard, NOW, people=3) == Worked(2)
    assert [person for person, _ in heard.texts] == ["p0", "p1", "p2", "p3", "p4"]


async def test_it_says_how_many_deliveries_were_known_already(store: Store) -> None:
    first, second = incoming(text_event("lan", "1", message_id="m-a")), incoming(text_event("lan", "2"))
    assert store.run_now(inbox.keep, [first]) == 0
    assert store.run_now(inbox.keep, [first, second]) == 1
    assert store.run_now(inbox.keep, [first, second, first]) == 3


async def test_people_are_looked_for_among_the_oldest_events_and_behind_them_where_those_are_taken(
    database_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person sent more than the window holds: who is second is not forgotten while the first is being served."""
    monkeypatch.setattr(inbox, "_first", inbox._whose(inbox._oldest.limit(3).subquery()))
    keep(store, *(text_event("busy", str(number), at=NOW + timedelta(seconds=number)) for number in range(5)))
    keep(store, text_event("lan", "1", at=NOW + timedelta(minutes=1)))
    if database_url.startswith("sqlite"):  # one writer at a time: nobody is being served meanwhile
        assert store.run_now(inbox.work, Heard(), NOW) == Worked(5)
        assert store.run_now(inbox.work, Heard(), NOW) == Worked(1)
        return
    heard, other = Heard(), Store(database_url, info=store.info)

    def meanwhile(session: Session) -> Worked:
        inbox.work(session, Heard(), NOW)
        return other.run_now(inbox.work, heard, NOW)

    assert store.run_now(meanwhile) == Worked(1)
    other.close_now()
    assert heard.texts == [("lan", "1")]


async def test_the_oldest_are_found_along_an_index(store: Store) -> None:
    def plan(session: Session) -> str:
        dialect = session.get_bind().dialect
        on_sqlite = dialect.name == "sqlite"
        if not on_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole otherwise
        asked = inbox._first.compile(dialect=type(dialect)(paramstyle="named"))
        explain = text(f"{'EXPLAIN QUERY PLAN' if on_sqlite else 'EXPLAIN'} {asked}")
        return "\n".join(str(row) for row in session.execute(explain, {**asked.params, "people": 64}))

    keep(store, text_event("lan", "1"))
    assert "ix_inbox_oldest" in store.run_now(plan)
