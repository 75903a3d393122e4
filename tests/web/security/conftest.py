"""One place for all tests of a file, on SQLite: what differs between the engines is tried in `test_at_once`.

The one rule: a test that changes something for the others does it as somebody new.
"""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests import services
from tests.web.security.place import Place, opened


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place() -> AsyncIterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(services.sqlite_database(Path(folder)), Path(folder) / "files") as made:
            yield made
