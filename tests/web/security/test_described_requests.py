"""`/api/v1` asked by schemathesis: whatever its description allows, and whatever it forbids, is answered as described.

`ZALOBOT_TEST_API_EXAMPLES=2000` asks that many times of each address instead; CI asks the same few questions each time.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import requests
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings

from tests import services
from tests.web import sample
from tests.web.conftest import application
from tests.web.described import SITE
from zalobot.store.database import Store
from zalobot.web.api_schema import openapi

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = int(os.environ.get("ZALOBOT_TEST_API_EXAMPLES", "10"))
PATHS = tuple(openapi(SITE)["paths"])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    store = Store(services.sqlite_database(Path(tmp_path_factory.mktemp("api"))))
    store.run_now(sample.a_week)
    async with TestServer(application(store)) as server:
        yield str(server.make_url("")).rstrip("/")
    await store.close()


def cases(path: str, mode: str) -> Iterator[object]:
    """What may be asked there (`positive`), or may not (`negative`)."""
    import schemathesis  # two thirds of a second: only where it is asked

    schema = schemathesis.openapi.from_dict(openapi(SITE))
    return schema[path]["GET"].as_strategy(generation_mode=schemathesis.GenerationMode(mode))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("path", "mode"), [*((path, "positive") for path in PATHS), ("/api/v1/tickets", "negative")])
async def test_every_question_is_answered_as_described(address: str, path: str, mode: str) -> None:
    from schemathesis.checks import positive_data_acceptance  # which fields there are is the province's: 400 is right

    asked = 0
    session = requests.Session()

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=cases(path, mode))
    def ask(case: object) -> None:
        nonlocal asked
        asked += 1
        response = case.call(base_url=address, session=session)  # type: ignore[attr-defined]
        assert response.status_code < 500
        case.validate_response(response, excluded_checks=[positive_data_acceptance])  # type: ignore[attr-defined]

    await asyncio.to_thread(ask)
    session.close()
    assert asked > 0
