"""A bot on either engine, and a business that has consented."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Person, Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot on each engine in turn; a handler that failed fails the test."""
    made = Stage(database_url)
    yield made
    assert made.failures() == []
    made.store.close_now()


@pytest.fixture
def lan(stage: Stage) -> Person:
    """A business that has consented and heard so; its id is larger than a double holds."""
    person = stage.person("9007199254740993")
    person.agrees()
    person.pushes()
    return person
