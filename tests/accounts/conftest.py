"""A store that knows its province, on either engine."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from zalobot import province, reference
from zalobot.store.database import Store

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def rooms(database_url: str) -> Iterator[Store]:
    """A store with the province of Quảng Ninh."""
    pack = province.load("quang-ninh")
    made = Store(database_url, info={})
    made.run_now(reference.seed, pack, NOW)
    made.read_now(reference.open_for, pack, made.info)
    yield made
    made.close_now()
