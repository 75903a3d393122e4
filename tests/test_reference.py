"""The province as the database has it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.stage import MONDAY
from zalobot import province, reference
from zalobot.errors import ConfigError
from zalobot.store.database import Store


@pytest.mark.parametrize("pack", ["quang-ninh", "tests/packs/dao-nho"])
async def test_what_was_loaded_is_what_is_read(store: Store, pack: str) -> None:
    loaded = province.load(pack)
    assert store.run_now(reference.seed, loaded, MONDAY)
    read = store.read_now(reference.read, loaded)
    assert read.calendar == loaded.calendar
    assert list(read.agencies.items()) == list(loaded.agencies.items())
    assert list(read.topics.items()) == list(loaded.topics.items())
    assert read.rules == loaded.rules


async def test_a_pack_is_loaded_once(store: Store) -> None:
    loaded = province.load("tests/packs/dao-nho")
    assert store.run_now(reference.seed, loaded, MONDAY)
    assert not store.run_now(reference.seed, loaded, MONDAY)


async def test_a_database_of_another_province_is_refused(store: Store) -> None:
    store.run_now(reference.seed, province.load("tests/packs/dao-nho"), MONDAY)
    with pytest.raises(ConfigError, match="the database holds dao-nho"):
        store.read_now(reference.read, province.load("quang-ninh"))


def test_two_processes_that_start_together_load_the_pack_once(database_url: str) -> None:
    loaded, stores = province.load("tests/packs/dao-nho"), [Store(database_url), Store(database_url)]
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda store: store.run_now(reference.seed, loaded, MONDAY), stores))
    assert sorted(done) == [False, True]
    for store in stores:
        store.close_now()
