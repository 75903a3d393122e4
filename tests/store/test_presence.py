"""A process is there as long as it lives; the end of its connection is the end of its presence."""

import time

import pytest
from sqlalchemy import text

from zalobot.store.database import Store
from zalobot.store.presence import Presence


def test_on_sqlite_there_is_one_process_and_everybody_else_has_ended() -> None:
    me = Presence("sqlite:///var/zalobot.db", "relay")
    assert me.announce()
    assert me.gone([me.id, "a former life"]) == {"a former life"}


@pytest.mark.postgres
def test_others_are_known_to_live_until_they_go(postgres_url: str) -> None:
    one, two = (Presence(postgres_url, "relay", confirm=0) for _ in range(2))
    assert one.announce()
    assert two.announce()
    everybody = [one.id, two.id, "died long ago"]
    assert one.gone(everybody) == two.gone(everybody) == {"died long ago"}
    one.close()
    assert two.gone(everybody) == {one.id, "died long ago"}
    two.close()


@pytest.mark.postgres
def test_who_was_cut_off_and_comes_back_was_never_gone(postgres_url: str) -> None:
    """What a restart of the database does to everybody at once."""
    one, two, store = Presence(postgres_url, "relay"), Presence(postgres_url, "relay", confirm=0.2), Store(postgres_url)
    one.announce()
    two.announce()
    store.run_now(
        lambda s: s.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    )
    assert not two.announce()
    assert two.announce()
    assert two.gone([one.id]) == set()  # it seems so, for a moment
    assert not one.announce()
    assert one.announce()
    assert two.gone([one.id]) == set()
    one.close()
    assert two.gone([one.id]) == set()
    time.sleep(0.25)
    assert two.gone([one.id]) == {one.id}
    two.close()
    store.close_now()
