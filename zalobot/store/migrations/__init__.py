"""How the database gets its tables: Alembic, called from code so that no file has to be found on disk."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from zalobot.store.engines import driver_url


def upgrade(url: str) -> None:
    """Bring the database to the newest version; an empty one gets everything."""
    command.upgrade(config(url), "head")


def pending(url: str) -> bool:
    """Whether the database is not at the newest version; a SQLite file that is not there is not."""
    from alembic.runtime.migration import MigrationContext

    file = make_url(url).database if url.startswith("sqlite") else None
    if file and not Path(file).expanduser().exists():
        return True
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
