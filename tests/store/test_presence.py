"""A process is alone in its duty, or it is not; the end of a connection is the end of its presence."""

import pytest
from sqlalchemy import text

from zalobot.store.database import Store
from zalobot.store.presence import Presence


def test_on_sqlite_there_is_one_process() -> None:
    assert Presence("sqlite:///var/zalobot.db", "relay").alone()


@pytest.mark.postgres
def test_two_of_one_duty_know_of_each_other_until_one_goes(postgres_url: str) -> None:
    one, two, other = (Presence(postgres_url, duty) for duty in ("relay", "relay", "digest"))
    assert one.alone()
    assert one.alone()
    assert not two.alone()
    assert not one.alone()
    assert other.alone()
    one.close()
    assert two.alone()
    two.close()
    other.close()


@pytest.mark.postgres
def test_after_a_lost_connection_it_is_alone_only_once_it_is_there_again(postgres_url: str) -> None:
    one, store = Presence(postgres_url, "relay"), Store(postgres_url)
    assert one.alone()
    store.run_now(
        lambda s: s.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    )
    assert not one.alone()
    assert one.alone()
    one.close()
    store.close_now()
