"""A stage on either engine, with a ticket on it."""

from collections.abc import Iterator

import pytest

from tests.journeys.stage import Stage


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """A bot with an officer of the department of construction."""
    made = Stage(database_url)
    made.officer("officer", "SXD")
    yield made
    made.store.close_now()
