"""Failed events by kind of fault, and having them handled again."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from tests.journeys.stage import Person, Stage
from zalobot.errors import Refused
from zalobot.operating import failed_events
from zalobot.store.models import Account, AdminEvent, InboxEvent, InboxState

BROKEN = "KeyError: 'Nguyễn Văn An, số 0912345678'"


@pytest.fixture
def broken(stage: Stage, lan: Person) -> Callable[..., list[str]]:
    """Mark the newest events as failed, each with its error; their keys, the newest first."""
    for text in ("menu", "trợ giúp", "menu"):
        lan.says(text)

    def fail(*errors: str) -> list[str]:
        def verb(session: Session) -> list[str]:
            rows = session.exec(select(InboxEvent).order_by(InboxEvent.id.desc()).limit(len(errors))).all()  # type: ignore[attr-defined]
            for row, error in zip(rows, errors, strict=True):
                row.state, row.error = InboxState.FAILED, error
            return [row.id for row in rows]

        return stage.store.run_now(verb)

    return fail


def again(stage: Stage, verb: Callable[..., int], key: str, by: Account) -> int:
    def run(session: Session) -> int:
        return verb(session, key, stage.now, by=session.get_one(Account, by.id))

    number = stage.store.run_now(run)
    stage.work()
    return number


def test_faults_are_told_by_kind_the_most_frequent_first(stage: Stage, broken: Callable[..., list[str]]) -> None:
    keys = broken("ValueError: no", BROKEN, "KeyError: 'b'")
    faults = stage.store.read_now(failed_events.faults)
    assert [(fault.kind, fault.number) for fault in faults] == [("KeyError", 2), ("ValueError", 1)]
    assert [event.id for event in faults[0].events] == keys[1:]


def test_a_fault_shows_nobodys_number(stage: Stage, broken: Callable[..., list[str]]) -> None:
    broken(BROKEN)
    (fault,) = stage.store.read_now(failed_events.faults)
    assert "0912345678" in BROKEN
    assert "0912345678" not in fault.says


def test_one_event_is_handled_again_and_answered(
    stage: Stage, lan: Person, huy: Account, broken: Callable[..., list[str]]
) -> None:
    key, other = broken("KeyError: 'a'", "KeyError: 'b'")
    lan.pushes()
    assert again(stage, failed_events.replay, key, huy) == 1
    assert len(lan.pushes()) == 1
    (fault,) = stage.store.read_now(failed_events.faults)
    assert [event.id for event in fault.events] == [other]


def test_all_of_a_kind_are_handled_again_and_no_others(
    stage: Stage, huy: Account, broken: Callable[..., list[str]]
) -> None:
    keys = broken("KeyErrorToo: 'a'", "KeyError: 'a'", "KeyError: 'b'")
    assert again(stage, failed_events.replay_like, keys[1], huy) == 2
    (left,) = stage.store.read_now(failed_events.faults)
    assert left.kind == "KeyErrorToo"


def test_an_event_that_did_not_fail_is_not_handled_twice(
    stage: Stage, huy: Account, broken: Callable[..., list[str]]
) -> None:
    (key,) = broken("KeyError: 'a'")
    again(stage, failed_events.replay, key, huy)
    for verb in (failed_events.replay, failed_events.replay_like):
        with pytest.raises(Refused, match="no_failed_event"):
            again(stage, verb, key, huy)


def test_the_admin_chain_has_who_did_it_and_no_words(
    stage: Stage, huy: Account, broken: Callable[..., list[str]]
) -> None:
    (key,) = broken(BROKEN)
    again(stage, failed_events.replay, key, huy)
    noted = stage.store.read_now(lambda s: s.exec(select(AdminEvent).where(AdminEvent.kind == "events_replayed")).one())
    assert noted.account_id == huy.id
    assert noted.data == {"name": "user_send_text", "fault": "KeyError", "number": 1}
