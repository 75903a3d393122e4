"""What many ask for at once is read once, and is never older than the ledger or the minute."""

from datetime import timedelta

from sqlmodel import Session

from tests.journeys.stage import Stage
from tests.ledger.test_writing import open_one
from zalobot.store.freshest import Freshest


def test_it_is_made_anew_when_something_happened_or_a_minute_has_passed(stage: Stage) -> None:
    kept: Freshest[int] = Freshest()
    made: list[str] = []

    def asked(session: Session, key: str = "a", seconds: int = 0) -> int:
        def make() -> int:
            made.append(key)
            return len(made)

        return kept.at(session, key, stage.now + timedelta(seconds=seconds), make)

    assert [stage.store.read_now(asked) for _ in range(3)] == [1, 1, 1]
    assert stage.store.read_now(asked, "b") == 2
    assert stage.store.read_now(asked) == 1
    stage.store.run_now(open_one)
    assert stage.store.read_now(asked) == 3
    assert stage.store.read_now(asked, "a", 60) == 4
    assert made == ["a", "b", "a", "a"]
