"""The stage on each engine."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot on each engine in turn; a handler that failed fails the test."""
    yield from _played(database_url)


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Stage]:
    """The same on PostgreSQL alone."""
    yield from _played(postgres_url)


def _played(url: str) -> Iterator[Stage]:
    made = Stage(url)
    yield made
    assert made.failures() == []
    made.store.close_now()
