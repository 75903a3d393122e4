"""Alembic's own entry: one connection, batches for SQLite."""

from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, pool, text
from sqlalchemy.engine import make_url

from zalobot.store import models

url = context.config.get_main_option("sqlalchemy.url") or ""
if url.startswith("sqlite") and (path := make_url(url).database):
    Path(path).expanduser().parent.mkdir(parents=True, exist_ok=True)
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=models.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # several processes may start at once: one after the other
            connection.execute(text("SELECT pg_advisory_xact_lock(7314909)"))
        context.run_migrations()
engine.dispose()
