"""A stage with a business on it, and two operators at the console."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from tests.journeys.stage import Person, Stage
from zalobot.accounts import managing
from zalobot.store.models import Account, AccountRole


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot on each engine in turn."""
    made = Stage(database_url)
    yield made
    made.store.close_now()


@pytest.fixture
def lan(stage: Stage) -> Person:
    """A business that has consented."""
    person = stage.person("9007199254740993")
    person.agrees()
    person.pushes()
    return person


def operator(stage: Stage, name: str) -> Account:
    """An account of an operator."""

    def add(session: Session) -> Account:
        return managing.add(session, name, AccountRole.OPERATOR, stage.now)[0]

    return stage.store.run_now(add)


@pytest.fixture
def huy(stage: Stage) -> Account:
    """An operator."""
    return operator(stage, "Phạm Quốc Huy")


@pytest.fixture
def mai(stage: Stage) -> Account:
    """Another one."""
    return operator(stage, "Lê Thị Mai")
