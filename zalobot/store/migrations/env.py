"""Alembic's own entry: one connection, batches for SQLite."""

from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import make_url

from zalobot.store import models

url = context.config.get_main_option("sqlalchemy.url") or ""
if url.startswith("sqlite") and (path := make_url(url).database):
    Path(path).expanduser().parent.mkdir(parents=True, exist_ok=True)
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=models.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
