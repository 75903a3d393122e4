"""The migrations make exactly the tables that the models describe, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from zalobot.store import models
from zalobot.store.engines import driver_url
from zalobot.store.migrations import config, pending, upgrade


def test_an_empty_database_upgraded_does_not_differ_from_the_models(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(driver_url(empty_database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        differences = compare_metadata(context, models.metadata)
    engine.dispose()
    assert differences == []


def test_a_database_is_pending_until_it_is_upgraded(empty_database_url: str) -> None:
    assert pending(empty_database_url)
    upgrade(empty_database_url)
    assert not pending(empty_database_url)


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(driver_url(empty_database_url))
    before = sorted(inspect(engine).get_table_names())
    upgrade(empty_database_url)
    assert sorted(inspect(engine).get_table_names()) == before
    assert len(before) > 5
    engine.dispose()


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(config("sqlite://")).get_heads()) == 1
