"""The stage on each engine."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot on each engine in turn; a handler that failed fails the test."""
    made = Stage(database_url)
    yield made
    assert made.failures() == []
    made.store.close_now()
