"""Statements are compiled once per process, as in a service that runs for days, not once for every store of a test.

The one rule: engines share only what one database of their kind has settled: the dialect, and what it compiled.
"""

from typing import Any

from sqlalchemy import Engine, create_engine

from zalobot.store import engines

_KEPT = 3000  # statements of a kind of engine

_first: dict[tuple[str, str | None], Engine] = {}


def share() -> None:
    """From now on in this process."""
    vars(engines)["create_engine"] = _sharing


def _sharing(url: str, **options: Any) -> Engine:
    made = create_engine(url, query_cache_size=_KEPT, **options)
    kind = (made.dialect.name, options.get("isolation_level"))
    first = _first.get(kind)
    if first is None or first.dialect.default_schema_name is None:  # none has connected yet and asked the server
        _first[kind] = made
        return made
    made.dialect = made.pool._dialect = first.dialect
    made._compiled_cache = first._compiled_cache
    return made
