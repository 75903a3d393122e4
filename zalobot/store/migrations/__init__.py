"""How the database gets its tables: Alembic, called from code so that no file has to be found on disk."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from zalobot.store.database import driver_url


def upgrade(url: str) -> None:
    """Bring the database to the newest version; an empty one gets everything."""
    command.upgrade(config(url), "head")


def pending(url: str) -> bool:
    """Whether the database is not at the newest version."""
    from alembic.runtime.migration import MigrationContext

    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current != ScriptDirectory.from_config(config(url)).get_current_head()


def config(url: str) -> Config:
    """Alembic's settings for this database."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("sqlalchemy.url", driver_url(url).replace("%", "%%"))
    return made
